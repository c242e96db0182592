/**
 * A chart of encoders: one line each with its band, its single repeats as faint points, a mark at every score and its name
 * at the end; chance at the bottom.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import { type Markup, markup } from '../markup.ts';
import { formatMeasured, formatNumber, type Measure, measureStyle } from '../numbers.ts';
import { categories, ink } from '../palette.ts';
import { bandPath, type EndLabel, endLabels, linearScale, linePath, niceDomain, yAxis } from './chart.ts';
import { type DrawnEncoder, rank, type Style, stroke, styleOf } from './encoder-style.ts';
import { round, textWidth } from './figure.ts';

export interface ScoredPoint {
  /** Pixels. */
  readonly x: number;
  readonly score: Estimate;
  /** One value a seed or a draw. */
  readonly repeats?: readonly number[];
  /** True for a filled mark; pre-trained encoders only. */
  readonly filled?: boolean;
}

export interface EncoderLinesDrawing {
  /** What is read from the features, e.g. `view`. */
  readonly label: string;
  readonly measure: Measure;
  readonly chance: number;
  readonly encoders: readonly (DrawnEncoder & { readonly points: readonly ScoredPoint[] })[];
}

/** Where scores may stand, in pixels of a figure `width` wide. */
export interface EncoderLinesPlace {
  readonly width: number;
  readonly right: number;
  readonly bottom: number;
}

export const left = 48;
const top = 34;

/** The right edge of the lines: names of encoders stand beyond it. */
export function rightEdge(
  {
    measure,
    chance,
    encoders,
  }: Pick<EncoderLinesDrawing, 'measure' | 'chance'> & {
    readonly encoders: readonly DrawnEncoder[];
  },
  width: number,
): number {
  const texts = [`chance ${formatMeasured(chance, measure)}`, ...encoders.map(({ name }) => name)];
  return width - Math.min(width * 0.34, 44 + Math.max(...texts.map((text) => textWidth(text))));
}

/** Axis of scores, chance, lines and names; the axis along is the caller's. */
export function encoderLines(data: EncoderLinesDrawing, { width, right, bottom }: EncoderLinesPlace): Markup {
  const { measure, chance, encoders } = data;
  const { name, unit, factor } = measureStyle(measure);
  const values = encoders.flatMap(({ points }) =>
    points.flatMap(({ score, repeats = [] }) => [score.low, score.high, ...repeats]),
  );
  const [low, high] = niceDomain(Math.min(chance, ...values), Math.max(chance, ...values), 5);
  const most = measure === 'r2' ? high : Math.min(1, high);
  const plot = { x: linearScale([0, 1], [left, right]), y: linearScale([low, most], [bottom, top]) };
  let order = 0;
  const drawn = encoders.map((encoder) => {
    const style = styleOf(encoder, () => categories[order++ % categories.length]);
    return { encoder, style, line: line(encoder, style, plot.y) };
  });
  const names: EndLabel[] = drawn.map(({ encoder, style }) => ({
    y: plot.y(encoder.points.at(-1)?.score.value ?? chance),
    text: encoder.name,
    stroke: stroke(style),
    weight: encoder.role === 'pretrained' ? 600 : undefined,
  }));
  names.push({
    y: plot.y(chance),
    text: `chance ${formatMeasured(chance, measure)}`,
    stroke: markup`stroke="${ink('secondary')}"`,
  });
  const heading = `${name.charAt(0).toUpperCase()}${name.slice(1)} for ${data.label}${unit === '' ? '' : `, ${unit}`}`;
  return markup`${yAxis(plot, heading, (value) => formatNumber(value * factor, factor === 1 ? 1 : 0))}
<path d="M${left} ${round(plot.y(chance))}H${round(right)}" stroke="${ink('secondary')}"/>
${drawn.toSorted((a, b) => rank(a.encoder) - rank(b.encoder)).map((entry) => markup`${entry.line}\n`)}
${endLabels(right, names, [top, bottom], width - right)}`;
}

function line(
  { points, role }: EncoderLinesDrawing['encoders'][number],
  style: Style,
  y: (score: number) => number,
): Markup {
  const main = role === 'pretrained';
  const interval =
    points.length > 1
      ? markup`<path d="${bandPath(points.map(({ x, score }) => [x, y(score.low), y(score.high)]))}" fill="${style.colour}" fill-opacity="${main ? 0.18 : 0.1}"/>`
      : points.map(
          ({ x, score }) =>
            markup`<path d="M${round(x)} ${round(y(score.low))}V${round(y(score.high))}" stroke="${style.colour}"/>`,
        );
  const repeats = points.flatMap(({ x, repeats: values = [] }) =>
    values.map(
      (value) =>
        markup`<circle cx="${round(x)}" cy="${round(y(value))}" r="1.75" fill="${style.colour}" fill-opacity="0.45"/>`,
    ),
  );
  const marks = points.map(({ x, score, filled }) => {
    const place = markup`cx="${round(x)}" cy="${round(y(score.value))}"`;
    if (!main) return markup`<circle ${place} r="1.75" fill="${style.colour}"/>`;
    return markup`<circle ${place} r="4" fill="${filled ? style.colour : ink('ground')}" stroke="${style.colour}" stroke-width="1.75"/>`;
  });
  const path = linePath(points.map(({ x, score }) => [x, y(score.value)]));
  return markup`<g>${interval}<path d="${path}" fill="none" stroke-linejoin="round" ${stroke(style)}/>${repeats}${marks}</g>`;
}
