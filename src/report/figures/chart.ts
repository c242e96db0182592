/**
 * The parts charts share: linear scales with round ticks, axes, lines, bands, and labels that stand at line ends
 * without touching each other.
 * @module
 */
import { type Content, type Markup, markup } from '../markup.ts';
import { ink } from '../palette.ts';
import { LINE_HEIGHT, label, round, shortened } from './figure.ts';

export interface Scale {
  (value: number): number;
  readonly domain: readonly [low: number, high: number];
  readonly range: readonly [from: number, to: number];
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  const scale = (value: number) => range[0] + ((value - domain[0]) / span) * (range[1] - range[0]);
  return Object.assign(scale, { domain, range });
}

/** Round values (1, 2 or 5 times a power of ten) inside an interval, about `count` of them. */
export function ticks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low];
  const step = tickStep(low, high, count);
  const values: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    values.push(Number((i * step).toPrecision(12)));
  }
  return values;
}

/** The interval widened to the ticks around it. */
export function niceDomain(low: number, high: number, count = 5): [number, number] {
  const step = tickStep(low, high > low ? high : low + 1, count);
  const nice = (value: number, toward: (x: number) => number) => Number((toward(value / step) * step).toPrecision(12));
  return [nice(low, (x) => Math.floor(x + 1e-9)), nice(high > low ? high : low + 1, (x) => Math.ceil(x - 1e-9))];
}

function tickStep(low: number, high: number, count: number): number {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor >= 7.07 ? 10 : factor >= 3.16 ? 5 : factor >= 1.41 ? 2 : 1);
}

export interface Plot {
  readonly x: Scale;
  readonly y: Scale;
}

/** Horizontal hairlines with their values at the left, and what they measure written above them. */
export function yAxis({ x, y }: Plot, title: string, format: (value: number) => string, count = 5): Markup {
  const [left, right] = x.range;
  const lines = ticks(y.domain[0], y.domain[1], count).map(
    (value) =>
      markup`<path d="M${round(left)} ${round(y(value))}H${round(right)}" stroke="${ink('hairline')}"/>${label(left - 8, y(value) + 4.5, format(value), { anchor: 'end', fill: ink('secondary') })}`,
  );
  return markup`${lines}${label(left, y.range[1] - 14, title, { fill: ink('secondary') })}`;
}

/** Values under the chart and what they count at the right, below them. */
export function xAxis({ x, y }: Plot, title: string, format: (value: number) => string, count = 4): Markup {
  const bottom = y.range[0];
  const marks = ticks(x.domain[0], x.domain[1], count).map(
    (value) =>
      markup`<path d="M${round(x(value))} ${round(bottom)}v4" stroke="${ink('secondary')}"/>${label(x(value), bottom + 18, format(value), { anchor: 'middle', fill: ink('secondary') })}`,
  );
  return markup`${marks}${label(x.range[1], bottom + 18 + LINE_HEIGHT, title, { anchor: 'end', fill: ink('secondary') })}`;
}

export type Point = readonly [x: number, y: number];

/** The path through points; a point that is not finite breaks it. */
export function linePath(points: readonly Point[]): string {
  let path = '';
  let open = false;
  for (const [x, y] of points) {
    const finite = Number.isFinite(x) && Number.isFinite(y);
    if (finite) path += `${open ? 'L' : 'M'}${round(x)} ${round(y)}`;
    open = finite;
  }
  return path;
}

/** The area between two lines that share their x positions. */
export function bandPath(points: readonly (readonly [x: number, low: number, high: number])[]): string {
  const kept = points.filter((point) => point.every(Number.isFinite));
  if (kept.length === 0) return '';
  const upper = kept.map(([x, , high]): Point => [x, high]);
  const lower = kept.map(([x, low]): Point => [x, low]).reverse();
  return `${linePath([...upper, ...lower])}Z`;
}

export interface EndLabel {
  readonly y: number;
  readonly text: string;
  /** Shown as a short stroke before the text. */
  readonly stroke: Content;
  readonly weight?: number;
}

/** Labels beside line ends, pushed apart where they would touch; each keeps the stroke of its line. */
export function endLabels(
  x: number,
  labels: readonly EndLabel[],
  bounds: readonly [number, number],
  width: number,
): Markup {
  const sorted = labels.map((entry) => ({ ...entry, at: entry.y })).sort((a, b) => a.y - b.y);
  for (let i = 1; i < sorted.length; i++) sorted[i].at = Math.max(sorted[i].at, sorted[i - 1].at + LINE_HEIGHT - 2);
  const over = (sorted.at(-1)?.at ?? 0) - bounds[1];
  if (over > 0) {
    sorted[sorted.length - 1].at -= over;
    for (let i = sorted.length - 2; i >= 0; i--)
      sorted[i].at = Math.min(sorted[i].at, sorted[i + 1].at - LINE_HEIGHT + 2);
  }
  return markup`${sorted.map(
    ({ at, text, stroke, weight }) =>
      markup`<path d="M${round(x + 8)} ${round(at)}h16" ${stroke}/>${label(x + 30, at + 4.5, shortened(text, width - 30), { weight })}`,
  )}`;
}
