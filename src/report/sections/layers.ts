/**
 * What every layer has learned: the per-layer curve and its table, one of each for every protocol and label.
 * @module
 */
import type { ProbeResult } from '../../evaluation/probe-result.ts';
import { finding, perLayerCurve } from '../figures/per-layer-curve.ts';
import { scoreCurve } from '../figures/score-curve.ts';
import { againstRandom, curveOf, inTableOrder, isClear, type ProbeGroup, scoreCurveOf } from '../findings.ts';
import { type Content, type Markup, markup } from '../markup.ts';
import {
  alignEstimates,
  countOf,
  formatCount,
  formatMeasured,
  formatP,
  formatPercent,
  measureStyle,
} from '../numbers.ts';
import type { ReportData } from '../report-data.ts';
import { figureBlock, type Section } from './figure-block.ts';

/** Each method's own colour, by the names probes may call a run. */
export function coloursOf({ runs }: ReportData): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    runs.flatMap(({ manifest, card }) => [
      [manifest.method.title, card.colour],
      [manifest.id, card.colour],
    ]),
  );
}

/** The figure of one group, with the caption that makes it readable alone. */
export function layerFigure(group: ProbeGroup, data: ReportData): Markup {
  const [first] = group.probes;
  const { judged = 'test' } = first;
  const { name } = measureStyle(group.measure);
  const compared = group.differences.length > 0;
  const text = markup`${capitalised(name)} of a ${group.protocol} probe for ${group.label} at every tap, from the first layer to the last, on ${countOf(first.counts[judged].patients, `${judged === 'train' ? 'training' : 'test'} patient`)} (${countOf(first.counts[judged].items, data.data.counts.itemName)}), ${seeds(data)}. Bands: ${formatPercent(first.interval.level)} intervals, ${first.interval.method} (${formatCount(first.interval.resamples)} resamples).${compared && ' Filled marks: the paired test tells the tap from random initialisation.'}`;
  return figureBlock(perLayerCurve(curveOf(group, coloursOf(data))), {
    text,
    command: data.commands?.layers ?? data.command,
  });
}

/** The numbers behind the figure. */
export function layersSection(group: ProbeGroup, index: number, data: ReportData): Section {
  const curve = curveOf(group);
  const random = group.probes.find((probe) => probe.encoder.role === 'random');
  const asked = group.probes.find((probe) => probe.encoder.role !== 'random') ?? group.probes[0];
  const shown = inTableOrder(group);
  const tests = [...new Set(group.differences.map((entry) => entry.test))];
  const taps = curve.encoders[0].taps.map(({ tap }) => tap);
  const columns = shown.map((probe) => column(probe, taps, group));
  const bodyRows = taps.map((tap, row) => {
    const dimensions = shown.flatMap((probe) => probe.taps.filter((t) => t.tap === tap))[0]?.dimensions;
    return markup`<tr><th scope="row">${tap}</th><td>${dimensions === undefined ? '' : formatCount(dimensions)}</td>${columns.map((cells) => cells[row])}</tr>
`;
  });
  const table = markup`<div class="scroll"><table>
<thead><tr><th scope="col">tap</th><th scope="col">features</th>${shown.map((probe) => headings(probe, group))}</tr></thead>
<tbody>
${bodyRows}</tbody></table></div>
<p class="note">${unitNote(group)}${random !== undefined && tests.length > 0 && ` Difference: to ${random.encoder.name}, ${tests.join('; ')}. Bold: the better of the two where the test tells them apart (p < 0.05 and an interval without zero).`} Guessing reaches ${formatMeasured(group.chance, group.measure)}.</p>
`;
  const { counts, judged } = group.probes[0];
  const steps =
    judged === 'train'
      ? markup`tuned on ${countOf(counts.validation.patients, 'patient')}, judged on ${formatCount(counts.train.patients)}, each before it was learned from`
      : markup`fitted on ${countOf(counts.train.patients, 'patient')}, tuned on ${formatCount(counts.validation.patients)}, judged on ${formatCount(counts.test.patients)} that neither has seen`;
  const notes = [...new Set(group.probes.flatMap((probe) => probe.notes ?? []))];
  const body: Content = markup`<p>A ${group.protocol} probe reads ${group.label} from the frozen features of each tap: ${steps}. A trunk with random weights goes through the very same steps; what it reaches is what the architecture gives for nothing.</p>
${index > 0 && layerFigure(group, data)}${table}${notes.map(
  (note) => markup`<p class="note">${note}</p>
`,
)}${growthFigure(group, data)}`;
  return {
    id: index === 0 ? 'layers' : `layers-${index + 1}`,
    heading: finding(curve),
    short: `Layers of ${asked.encoder.name}: ${group.label}`,
    body,
  };
}

/** How the score grows with labels or neighbours, where the protocol asks that. */
function growthFigure(group: ProbeGroup, data: ReportData): Markup | undefined {
  const drawing = scoreCurveOf(group, coloursOf(data));
  if (drawing === undefined) return undefined;
  const [{ counts, interval }] = group.probes;
  const text = markup`${capitalised(measureStyle(group.measure).name)} of a ${group.protocol} probe for ${group.label} against ${drawing.axis}, each encoder at the tap chosen on validation patients, on ${countOf(counts.test.patients, 'test patient')}. Bands: ${formatPercent(interval.level)} intervals over patients and repeats; faint points: repeats.`;
  return figureBlock(scoreCurve(drawing), { text, command: data.commands?.layers ?? data.command });
}

function headings({ encoder }: ProbeResult, group: ProbeGroup): Markup {
  const compared = againstRandom(group, encoder.name) !== undefined;
  return markup`<th scope="col">${encoder.name}</th>${compared && markup`<th scope="col">difference</th><th scope="col">p</th>`}`;
}

/** The cells of one encoder, one entry a tap: its estimates and, where it was compared, its differences. */
function column(probe: ProbeResult, taps: readonly string[], group: ProbeGroup): Markup[] {
  const { measure } = group;
  const scores = alignEstimates(
    taps.map((tap) => probe.taps.find((entry) => entry.tap === tap)?.score),
    measure,
  );
  const cells = scores.map(({ value, interval }, row) => {
    const bold = isBetter(probe, taps[row], group);
    return markup`<td>${bold ? markup`<b>${value}</b>` : value} ${interval}</td>`;
  });
  const comparison = againstRandom(group, probe.encoder.name);
  if (comparison === undefined) return cells;
  const entries = taps.map((tap) => comparison.taps.find((difference) => difference.tap === tap));
  const differences = alignEstimates(
    entries.map((entry) => entry?.difference),
    measure,
    { signed: true },
  );
  return cells.map((cell, row) => {
    const entry = entries[row];
    const { value, interval } = differences[row];
    return markup`${cell}<td>${value} ${interval}</td><td class="quiet">${entry === undefined ? '' : formatP(entry.p)}</td>`;
  });
}

/** True where every clear comparison at a tap speaks for this encoder, and there is one. */
function isBetter({ encoder }: ProbeResult, tap: string, { differences }: ProbeGroup): boolean {
  const sign = encoder.role === 'random' ? -1 : 1;
  const mine = differences.filter((entry) => (sign < 0 ? entry.against : entry.encoder) === encoder.name);
  const clear = mine.flatMap(({ taps }) => taps.filter((entry) => entry.tap === tap && isClear(entry)));
  return clear.length > 0 && clear.every(({ difference }) => sign * difference.value > 0);
}

function unitNote({ measure, probes }: ProbeGroup): string {
  const { name, unit } = measureStyle(measure);
  return `${capitalised(name)}${unit === '' ? '' : ` in ${unit}`} with ${formatPercent(probes[0].interval.level)} interval.`;
}

function seeds({ runs }: ReportData): string {
  return countOf(new Set(runs.map((run) => run.manifest.training.seed)).size || 1, 'seed');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
