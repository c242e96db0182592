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

/**
 * Positions moved apart so that neighbours keep a gap, inside bounds where there is room; given and returned in the same
 * order.
 */
export function separated(positions: readonly number[], gap: number, bounds: readonly [number, number]): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b]);
  const places = positions.slice();
  order.forEach((entry, i) => {
    if (i > 0) places[entry] = Math.max(places[entry], places[order[i - 1]] + gap);
  });
  let ceiling = bounds[1];
  for (const entry of order.toReversed()) {
    places[entry] = Math.min(places[entry], ceiling);
    ceiling = places[entry] - gap;
  }
  return places;
}

/** Labels beside line ends, pushed apart where they would touch; each keeps the stroke of its line. */
export function endLabels(
  x: number,
  labels: readonly EndLabel[],
  bounds: readonly [number, number],
  width: number,
): Markup {
  const heights = labels.map((entry) => entry.y);
  const places = separated(heights, LINE_HEIGHT - 2, bounds);
  const sorted = labels.map((entry, i) => ({ ...entry, at: places[i] })).sort((a, b) => a.at - b.at);
  return markup`${sorted.map(
    ({ at, text, stroke, weight }) =>
      markup`<path d="M${round(x + 8)} ${round(at)}h16" ${stroke}/>${label(x + 30, at + 4.5, shortened(text, width - 30), { weight })}`,
  )}`;
}
