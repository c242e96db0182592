/**
 * An audit as a finding: sentences, checks, the table, figures.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import type { FigureData, Finding, FindingTable } from '../finding.ts';
import type { AuditResult } from './audit.ts';
import { type Audited, bestOf } from './verdict.ts';

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
const interval = ({ value, low, high }: Estimate) =>
  `${(value * 100).toFixed(1)} % [${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`;
const hundredfold = ({ value, low, high }: Estimate) => ({ value: value * 100, low: low * 100, high: high * 100 });

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
    ],
    figures: figuresOf(shortcuts, taken, intervals),
    tables: [verdictTable(shortcuts), ...retrainTable(shortcuts)],
    data: result,
  };
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

function verdictTable(shortcuts: readonly Audited[]): FindingTable {
  return {
    title: 'Verdicts',
    columns: [
      'shortcut',
      'verdict',
      'alone',
      'guessing',
      'pull',
      'by content / shortcut / neither',
      'attribution',
      'held',
      'next',
    ],
    rows: shortcuts.map(({ title, verdict, absent, alone, swap, mass, decoded, next }) => {
      const held = decoded.flatMap((entry) => {
        const best = bestOf(entry);
        return best === undefined ? [] : [`${entry.fact} ${interval(best.share)} at ${best.tap}`];
      });
      return [
        title,
        verdict,
        alone === undefined ? '–' : interval(alone.accuracy),
        alone === undefined ? '–' : percent(alone.chance),
        swap === undefined ? '–' : interval(swap.pull),
        swap === undefined
          ? '–'
          : [swap.conflict.content, swap.conflict.shortcut, swap.conflict.neither]
              .map(({ value }) => percent(value))
              .join(' / '),
        mass === undefined ? '–' : `${mass.ratio.value.toFixed(2)} × its area`,
        held.length === 0 ? '–' : held.join('; '),
        absent === undefined ? next : `${absent[0].toUpperCase()}${absent.slice(1)}.`,
      ];
    }),
  };
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
