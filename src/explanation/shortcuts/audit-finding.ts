/**
 * An audit as a finding: sentences, checks, the table, figures.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import type { Check, FigureData, Finding, FindingTable } from '../finding.ts';
import type { AuditResult } from './audit.ts';
import { type Audited, bestOf, verdicts } from './verdict.ts';

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
const interval = ({ value, low, high }: Estimate) =>
  `${(value * 100).toFixed(1)} % [${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`;
/** For tables, where sentences give the decimals. */
const rounded = ({ value, low, high }: Estimate) =>
  `${percent(value)} [${(low * 100).toFixed(0)}, ${(high * 100).toFixed(0)}]`;
const hundredfold = ({ value, low, high }: Estimate) => ({ value: value * 100, low: low * 100, high: high * 100 });

/** The table of what cannot be in the questions. */
export const absentTitle = 'Not here';

export function auditFinding(result: AuditResult): Finding {
  const { shortcuts, questions, patients, accuracy, chance, level, unasked, unseen } = result;
  const of = (verdict: Audited['verdict']) => shortcuts.filter((shortcut) => shortcut.verdict === verdict);
  const [used, usable] = [of('used'), of('usable, not used')];
  const names = (list: readonly Audited[]) => list.map(({ title }) => title).join('; ');
  const title =
    used.length > 0
      ? `Shortcuts in use: ${names(used)}`
      : usable.length > 0
        ? `No shortcut is in use; usable: ${names(usable)}`
        : 'No shortcut of the catalogue is in use or usable';
  const sentences = [
    ...(unasked === undefined ? [] : [`No questions could be put: ${unasked}.`]),
    ...[...used, ...usable].map((entry) => sentenceOf(entry)),
    ...(used.length + usable.length === 0 ? [`Cleared: ${names(of('not usable')) || 'none'}.`] : []),
  ];
  const taken = `${questions} questions about ${patients} patients${unseen ? '' : ', training patients among them'}`;
  const intervals = `intervals by bootstrap over patients, each of ${(level * 100).toFixed(1)} %, so that all of them together hold in 95 %`;
  return {
    instrument: 'shortcuts',
    title,
    sentences,
    checks: [
      ...(accuracy === undefined || chance === undefined
        ? []
        : [
            {
              statement: 'The network answers its questions better than guessing, so that there is something to move',
              passed: accuracy.low > chance,
              detail: `balanced accuracy ${interval(accuracy)}, ${percent(chance)} by guessing`,
            },
          ]),
      {
        statement: 'Answers are judged on patients the network was not trained on',
        passed: unseen,
        detail: unseen ? `${patients} patients` : 'fewer than 8 held-out patients: training patients were taken in',
      },
      ...controlCheck(shortcuts),
    ],
    figures: figuresOf(shortcuts, taken, intervals),
    tables: [...verdictTables(shortcuts), ...retrainTable(shortcuts)],
    data: result,
  };
}

/** Of answers dealt anew among the questions no shortcut may say anything. */
function controlCheck(shortcuts: readonly Audited[]): Check[] {
  const controls = shortcuts.flatMap(({ title, dealt }) => (dealt === undefined ? [] : [{ title, dealt }]));
  if (controls.length === 0) return [];
  const best = controls.reduce((a, b) => (b.dealt.accuracy.value > a.dealt.accuracy.value ? b : a));
  return [
    {
      statement: 'Answers dealt anew among the questions are guessed, whatever the shortcut says',
      passed: controls.every(({ dealt }) => dealt.accuracy.low <= dealt.chance),
      detail: `at most ${interval(best.dealt.accuracy)} (${best.title}), ${percent(best.dealt.chance)} by guessing`,
    },
  ];
}

function sentenceOf({ title, verdict, swap, alone, decoded, next }: Audited): string {
  const parts: string[] = [];
  if (swap !== undefined && verdict === 'used') {
    parts.push(
      `put in from another question it takes ${interval(swap.pull)} more answers with it than a neutral exchange does`,
    );
  }
  if (alone !== undefined) {
    parts.push(`alone it answers ${interval(alone.accuracy)} of the questions (guessing ${percent(alone.chance)})`);
  }
  for (const entry of decoded) {
    const best = bestOf(entry);
    if (best === undefined) continue;
    const before = best.untrained === undefined ? '' : `, ${percent(best.untrained)} untrained`;
    parts.push(`${entry.fact} can be read from ${best.tap}, ${interval(best.share)} of the way to perfect${before}`);
  }
  return `${title}: ${verdict}; ${parts.join('; ')}. ${next}`;
}

/** What was measured of the shortcuts that are here, those in use first; columns that say nothing of any are left out. */
function verdictTables(shortcuts: readonly Audited[]): FindingTable[] {
  const here = verdicts.slice(0, -1).flatMap((verdict) => shortcuts.filter((entry) => entry.verdict === verdict));
  const chance = here.find(({ alone }) => alone !== undefined)?.alone?.chance;
  const columns: readonly (readonly [string, (entry: Audited) => string | undefined])[] = [
    ['shortcut', ({ title }) => title],
    ['verdict', ({ verdict }) => verdict],
    [
      `alone${chance === undefined ? '' : `, guessing ${percent(chance)}`}`,
      ({ alone }) => (alone === undefined ? undefined : rounded(alone.accuracy)),
    ],
    ['pull', ({ swap }) => (swap === undefined ? undefined : rounded(swap.pull))],
    [
      'by content, shortcut, neither, %',
      ({ swap }) => {
        if (swap === undefined) return undefined;
        const { content, shortcut, neither } = swap.conflict;
        return [content, shortcut, neither].map(({ value }) => (value * 100).toFixed(0)).join(', ');
      },
    ],
    ['on its area, ×', ({ mass }) => (mass === undefined ? undefined : mass.ratio.value.toFixed(2))],
  ];
  const said = columns.filter(([, of]) => here.some((entry) => of(entry) !== undefined));
  const absent = shortcuts.flatMap(({ title, absent: why }) =>
    why === undefined ? [] : [[title, `${why[0].toUpperCase()}${why.slice(1)}`]],
  );
  return [
    ...(here.length === 0
      ? []
      : [
          {
            title: 'Verdicts',
            columns: said.map(([name]) => name),
            rows: here.map((entry) => said.map(([, of]) => of(entry) ?? '–')),
          },
        ]),
    ...heldTable(shortcuts),
    ...(absent.length === 0 ? [] : [{ title: absentTitle, columns: ['shortcut', 'why'], rows: absent }]),
  ];
}

/** What frozen features hold, at the layer that holds it best. */
function heldTable(shortcuts: readonly Audited[]): FindingTable[] {
  const rows = shortcuts.flatMap(({ decoded }) =>
    decoded.flatMap((entry) => {
      const best = bestOf(entry);
      if (best === undefined) return [];
      return [
        [entry.fact, best.tap, rounded(best.share), best.untrained === undefined ? '–' : percent(best.untrained)],
      ];
    }),
  );
  const columns = ['held by features', 'at', 'of the way to perfect', 'untrained'];
  return rows.length === 0 ? [] : [{ title: 'What frozen features hold, each where it is held best', columns, rows }];
}

function retrainTable(shortcuts: readonly Audited[]): FindingTable[] {
  const rows = shortcuts.flatMap(({ title, retrained }) =>
    retrained.map(({ option, guarded, open, steps, pretext, probe, index }) => [
      title,
      `${option}: ${String(guarded)} → ${String(open)}`,
      String(steps),
      interval(pretext),
      probe === undefined ? '–' : `${interval(probe)} (${probe.label})`,
      index === undefined ? '–' : (index * 100).toFixed(1),
    ]),
  );
  if (rows.length === 0) return [];
  const columns = ['shortcut', 'counter-measure taken away', 'steps', 'Δ pretext', 'Δ probe', 'shortcut index'];
  return [{ title: 'What the counter-measures buy: open less guarded', columns, rows }];
}

function figuresOf(shortcuts: readonly Audited[], taken: string, sure: string): FigureData[] {
  const figures: FigureData[] = [];
  const pulled = shortcuts.flatMap(({ title, swap }) => (swap === undefined ? [] : [{ title, swap }]));
  if (pulled.length > 0) {
    figures.push({
      kind: 'intervals',
      name: 'pull',
      title: 'How many answers each shortcut takes with it when it contradicts the content',
      caption: `Answers that follow a shortcut put in from another question, less those of a neutral exchange; ${taken}; ${sure}.`,
      quantity: 'pull, points of per cent',
      entries: pulled.map(({ title, swap }) => ({ name: title, ...hundredfold(swap.pull) })),
      levels: [{ name: 'none', value: 0 }],
    });
  }
  const read = shortcuts.flatMap(({ title, alone }) => (alone === undefined ? [] : [{ title, alone }]));
  if (read.length > 0) {
    figures.push({
      kind: 'intervals',
      name: 'alone',
      title: 'How many questions each shortcut answers alone',
      caption: `Balanced accuracy of a linear classifier that sees the shortcut and nothing else, on patients it was not fitted on; ${read[0].alone.questions} questions about ${read[0].alone.patients} patients; ${sure}.`,
      quantity: 'balanced accuracy, %',
      entries: read.map(({ title, alone }) => ({ name: title, ...hundredfold(alone.accuracy) })),
      levels: [{ name: 'guessing', value: read[0].alone.chance * 100 }],
    });
  }
  const held = shortcuts.flatMap(({ decoded }) => decoded.filter(({ taps }) => taps.length > 0));
  if (held.length > 0) {
    const taps = held[0].taps.map(({ tap }) => tap);
    const rows = held.flatMap((entry) => [entry, ...(entry.taps[0].untrained === undefined ? [] : [entry])]);
    figures.push({
      kind: 'heat-map',
      name: 'held',
      title: 'What frozen features hold of each shortcut',
      caption: `0 is guessing, 1 is perfect. Underlined: trained and untrained differ; ${sure}.`,
      rows: rows.map((entry, i) => (rows[i - 1] === entry ? `${entry.fact}, untrained` : entry.fact)),
      columns: taps,
      values: rows.map((entry, i) =>
        taps.map((tap) => {
          const at = entry.taps.find((one) => one.tap === tap);
          return rows[i - 1] === entry ? at?.untrained : at?.share.value;
        }),
      ),
      marked: rows.map((entry, i) =>
        taps.map((tap) => {
          const gain = entry.taps.find((one) => one.tap === tap)?.gain;
          return rows[i - 1] !== entry && gain !== undefined && (gain.low > 0 || gain.high < 0);
        }),
      ),
      quantity: 'share of the way from guessing to perfect',
      domain: [0, 1],
      scale: 'sequential',
      rowTitle: 'shortcut',
      columnTitle: 'layer',
    });
  }
  return figures;
}
