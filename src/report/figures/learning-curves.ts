/**
 * Loss and pretext accuracy over training, on training and held-out patients, against what guessing reaches.
 * @module
 */
import type { MetricsRecord, RunManifest } from '../../training/run-record.ts';
import { type Markup, markup } from '../markup.ts';
import { formatCount, formatLoss, formatNumber, formatPercent, listOf } from '../numbers.ts';
import { categories, ink } from '../palette.ts';
import { bandPath, type EndLabel, endLabels, linearScale, linePath, niceDomain, xAxis, yAxis } from './chart.ts';
import { figure, label, round, textWidth } from './figure.ts';

export interface LearningCurves {
  readonly method: string;
  readonly colour?: string;
  readonly chance: RunManifest['chance'];
  readonly metrics: readonly MetricsRecord[];
}

interface Series {
  /** Steps with the mean, least and greatest value around them. */
  readonly points: readonly (readonly [step: number, mean: number, low: number, high: number])[];
  readonly last: number | undefined;
}

/** Draws loss beside accuracy; methods that answer no question with a right answer get the loss alone. */
export function learningCurves(data: LearningCurves, { width = 720, height = 280 } = {}): string {
  const { metrics, chance } = data;
  const colour = data.colour ?? categories[0];
  const loss = { training: series(metrics, (r) => r.loss), heldOut: series(metrics, (r) => r.validationLoss) };
  const accuracy = {
    training: series(metrics, (r) => r.accuracy),
    heldOut: series(metrics, (r) => r.validationAccuracy),
  };
  const withAccuracy = accuracy.training.last !== undefined || accuracy.heldOut.last !== undefined;
  const lastStep = Math.max(1, metrics.at(-1)?.step ?? 1);
  const panelWidth = withAccuracy ? (width - 16) / 2 : width;
  const alarms = metrics.filter((record) => record.alarm !== undefined);
  const common = { colour, lastStep, width: panelWidth, height, alarms };
  const body = markup`${panel({ ...common, left: 0, title: 'Loss', curves: loss, chance: chance.loss, format: formatLoss, percent: false })}
${withAccuracy && panel({ ...common, left: panelWidth + 16, title: 'Pretext accuracy, %', curves: accuracy, chance: chance.accuracy, format: (value) => formatPercent(value), percent: true })}`;
  const parts = [
    sentence('Loss', loss, chance.loss, formatLoss),
    ...(withAccuracy
      ? [sentence('Pretext accuracy', accuracy, chance.accuracy, (value) => formatPercent(value, 1))]
      : []),
  ];
  return figure({
    width,
    height,
    title: `${data.method} after ${formatCount(lastStep)} steps: ${parts[0]}`,
    description: parts
      .slice(1)
      .concat(alarms.map((record) => `Alarm at step ${record.step}: ${record.alarm}.`))
      .join(' '),
    body,
  });
}

interface PanelOptions {
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly colour: string;
  readonly lastStep: number;
  readonly curves: { readonly training: Series; readonly heldOut: Series };
  readonly chance: number | undefined;
  readonly alarms: readonly MetricsRecord[];
  readonly format: (value: number) => string;
  readonly percent: boolean;
}

function panel(options: PanelOptions): Markup {
  const { left, width, height, title, colour, lastStep, curves, chance, alarms, format, percent } = options;
  const { training, heldOut } = curves;
  const texts = {
    training: training.last === undefined ? '' : `training ${format(training.last)}`,
    heldOut: heldOut.last === undefined ? '' : `held-out ${format(heldOut.last)}`,
    chance: chance === undefined ? '' : `chance ${format(chance)}`,
  };
  const labelWidth = 38 + Math.max(...Object.values(texts).map((text) => textWidth(text)));
  const values = [...training.points, ...heldOut.points].flatMap((p) => p.slice(1)).filter(Number.isFinite);
  if (chance !== undefined) values.push(chance);
  const [low, high] = percent ? [0, 1] : niceDomain(Math.min(0, ...values), quantileCeiling(values), 4);
  const x = linearScale([0, lastStep], [left + 40, left + width - labelWidth]);
  const y = linearScale([low, high], [height - 48, 34]);
  const clipped = (value: number) => Math.max(y(value), 34);
  const line = ({ points }: Series) => linePath(points.map(([step, mean]) => [x(step), clipped(mean)]));
  const ends: EndLabel[] = [];
  const end = (text: string, value: number | undefined, stroke: Markup, weight?: number) => {
    if (value !== undefined && Number.isFinite(value)) ends.push({ y: clipped(value), text, stroke, weight });
  };
  end(texts.training, training.last, markup`stroke="${colour}" stroke-width="1.25"`);
  end(texts.heldOut, heldOut.last, markup`stroke="${colour}" stroke-width="2.75"`, 600);
  end(texts.chance, chance, markup`stroke="${ink('secondary')}"`);
  const format2 = (value: number) =>
    percent ? formatNumber(value * 100, 0) : formatNumber(value, high - low < 1 ? 2 : 1);
  return markup`<g>${yAxis({ x, y }, title, format2, 4)}${xAxis({ x, y }, 'steps', formatCount, 3)}
${chance !== undefined && markup`<path d="M${round(x.range[0])} ${round(y(chance))}H${round(x.range[1])}" stroke="${ink('secondary')}"/>`}
${alarms.map((record) => markup`<path d="M${round(x(record.step))} ${round(y.range[0])}V34" stroke="${ink('bad')}" stroke-dasharray="2 3"/>${label(x(record.step) - 4, 46, 'alarm', { anchor: 'end', fill: ink('bad') })}`)}
<path d="${bandPath(training.points.map(([step, , least, most]) => [x(step), clipped(least), clipped(most)]))}" fill="${colour}" fill-opacity="0.16"/>
<path d="${line(training)}" fill="none" stroke="${colour}" stroke-width="1.25" stroke-linejoin="round"/>
<path d="${line(heldOut)}" fill="none" stroke="${colour}" stroke-width="2.75" stroke-linejoin="round"/>
${heldOut.points.length <= 40 && heldOut.points.map(([step, mean]) => markup`<circle cx="${round(x(step))}" cy="${round(clipped(mean))}" r="2.75" fill="${colour}"/>`)}
${endLabels(x.range[1], ends, [34, height - 48], labelWidth)}</g>`;
}

/** At most 120 stretches of steps, each with its mean and extremes. */
function series(metrics: readonly MetricsRecord[], value: (record: MetricsRecord) => number | undefined): Series {
  const kept = metrics.flatMap((record) => {
    const found = value(record);
    return found === undefined ? [] : [[record.step, found] as const];
  });
  const size = Math.ceil(kept.length / 120);
  const points: Series['points'][number][] = [];
  for (let start = 0; start < kept.length; start += size) {
    const stretch = kept.slice(start, start + size);
    const values = stretch.map(([, found]) => found);
    points.push([
      stretch.at(-1)![0],
      values.reduce((a, b) => a + b) / values.length,
      Math.min(...values),
      Math.max(...values),
    ]);
  }
  return { points, last: points.at(-1)?.[1] };
}

/** A few wild first losses shall not flatten the rest: the axis ends above 98 % of the values. */
function quantileCeiling(values: readonly number[]): number {
  if (values.length === 0) return 1;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.98))];
}

function sentence(
  what: string,
  { training, heldOut }: { training: Series; heldOut: Series },
  chance: number | undefined,
  format: (value: number) => string,
): string {
  const parts = [
    ...(training.last === undefined ? [] : [`${format(training.last)} on training patients`]),
    ...(heldOut.last === undefined ? [] : [`${format(heldOut.last)} on held-out patients`]),
  ];
  const against = chance === undefined ? '' : ` (chance ${format(chance)})`;
  return parts.length === 0 ? `${what} was not measured.` : `${what} ${listOf(parts)}${against}.`;
}
