/**
 * How a score grows with labels (or neighbours): one line an encoder at the tap it is best read from, its band, the single
 * repeats as faint points, random initialisation and supervision beside it, chance at the bottom.
 * @module
 */
import type { CurvePoint } from '../../evaluation/probe-result.ts';
import { type Markup, markup } from '../markup.ts';
import { formatEstimate, formatMeasured, formatNumber, type Measure, measureStyle } from '../numbers.ts';
import { categories, ink } from '../palette.ts';
import { bandPath, type EndLabel, endLabels, linearScale, linePath, niceDomain, yAxis } from './chart.ts';
import { type DrawnEncoder, rank, type Style, stroke, styleOf } from './encoder-style.ts';
import { figure, label, round, textWidth } from './figure.ts';

export interface EncoderScores extends DrawnEncoder {
  readonly tap: string;
  readonly points: readonly CurvePoint[];
}

export interface ScoreCurveDrawing {
  readonly label: string;
  readonly measure: Measure;
  readonly chance: number;
  /** What grows, e.g. `% of labelled patients`; drawn on a logarithmic axis. */
  readonly axis: string;
  readonly encoders: readonly EncoderScores[];
}

/** Draws the curves; `width` and `height` in pixels. */
export function scoreCurve(data: ScoreCurveDrawing, { width = 720, height = 360 } = {}): string {
  const { measure, chance, axis, encoders } = data;
  const { name, unit, factor } = measureStyle(measure);
  const at = [...new Set(encoders.flatMap(({ points }) => points.map((point) => point.at)))].sort((a, b) => a - b);
  const widest = Math.max(
    textWidth(`chance ${formatMeasured(chance, measure)}`),
    ...encoders.map((encoder) => textWidth(encoder.name)),
  );
  const right = width - Math.min(width * 0.34, 44 + widest);
  const bottom = height - 52;
  const values = encoders.flatMap(({ points }) =>
    points.flatMap(({ score, repeats }) => [score.low, score.high, ...repeats]),
  );
  const [low, high] = niceDomain(Math.min(chance, ...values), Math.max(chance, ...values), 5);
  const ends = at.length === 1 ? ([at[0] / 2, at[0] * 2] as const) : ([at[0], at[at.length - 1]] as const);
  const along = linearScale([Math.log(ends[0]), Math.log(ends[1])], [60, right - 12]);
  const plot = { x: linearScale([0, 1], [48, right]), y: linearScale([low, Math.min(1, high)], [bottom, 34]) };
  const x = (value: number) => along(Math.log(value));

  let order = 0;
  const drawn = encoders.map((encoder) => {
    const style = styleOf(encoder, () => categories[order++ % categories.length]);
    return { encoder, style, curve: curve(encoder, style, x, plot.y) };
  });
  const labels: EndLabel[] = drawn.map(({ encoder, style }) => ({
    y: plot.y(encoder.points.at(-1)?.score.value ?? chance),
    text: encoder.name,
    stroke: stroke(style),
    weight: encoder.role === 'pretrained' ? 600 : undefined,
  }));
  labels.push({
    y: plot.y(chance),
    text: `chance ${formatMeasured(chance, measure)}`,
    stroke: markup`stroke="${ink('secondary')}"`,
  });
  const marks = at.map(
    (value) =>
      markup`<path d="M${round(x(value))} ${bottom}v4" stroke="${ink('secondary')}"/>${label(x(value), bottom + 18, String(value), { anchor: 'middle', fill: ink('secondary') })}`,
  );
  const body = markup`${yAxis(plot, `${capitalised(name)} for ${data.label}${unit === '' ? '' : `, ${unit}`}`, (value) => formatNumber(value * factor, factor === 1 ? 1 : 0))}
<path d="M48 ${round(plot.y(chance))}H${round(right)}" stroke="${ink('secondary')}"/>
${drawn.toSorted((a, b) => rank(a.encoder) - rank(b.encoder)).map((entry) => markup`${entry.curve}\n`)}${marks}
${label(right, bottom + 40, axis, { anchor: 'end', fill: ink('secondary') })}
${endLabels(right, labels, [34, bottom], width - right)}`;
  return figure({ width, height, title: finding(data), description: description(data), body });
}

/** The finding in one sentence. */
export function finding({ label: read, measure, axis, encoders }: ScoreCurveDrawing): string {
  const main = encoders.find((encoder) => encoder.role === 'pretrained') ?? encoders[0];
  const first = main?.points[0];
  const last = main?.points.at(-1);
  if (main === undefined || first === undefined || last === undefined) return `Nothing was measured for ${read}.`;
  const written = (point: CurvePoint) => formatEstimate(point.score, measure);
  const random = encoders.find((encoder) => encoder.role === 'random')?.points.find(({ at }) => at === first.at);
  const beside = random === undefined ? '' : `; random initialisation starts at ${written(random)}`;
  return `${main.name} at ${main.tap} reaches ${written(first)} ${measureStyle(measure).name} for ${read} at ${first.at} ${axis} and ${written(last)} at ${last.at}${beside}`;
}

function description({ measure, encoders }: ScoreCurveDrawing): string {
  return encoders
    .map(
      ({ name, tap, points }) =>
        `${name} at ${tap}: ${points.map(({ at, score }) => `${at} ${formatEstimate(score, measure)}`).join('; ')}.`,
    )
    .join(' ');
}

function curve(
  { points, role }: EncoderScores,
  style: Style,
  x: (at: number) => number,
  y: (score: number) => number,
): Markup {
  const line = linePath(points.map(({ at, score }) => [x(at), y(score.value)]));
  const band =
    points.length > 1
      ? markup`<path d="${bandPath(points.map(({ at, score }) => [x(at), y(score.low), y(score.high)]))}" fill="${style.colour}" fill-opacity="${role === 'pretrained' ? 0.18 : 0.1}"/>`
      : points.map(
          ({ at, score }) =>
            markup`<path d="M${round(x(at))} ${round(y(score.low))}V${round(y(score.high))}" stroke="${style.colour}"/>`,
        );
  const repeats = points.flatMap(({ at, repeats: values }) =>
    values.length < 2
      ? []
      : values.map(
          (value) =>
            markup`<circle cx="${round(x(at))}" cy="${round(y(value))}" r="1.75" fill="${style.colour}" fill-opacity="0.45"/>`,
        ),
  );
  const marks = points.map(
    ({ at, score }) =>
      markup`<circle cx="${round(x(at))}" cy="${round(y(score.value))}" r="${role === 'pretrained' ? 3.5 : 1.75}" fill="${style.colour}"/>`,
  );
  return markup`<g>${band}<path d="${line}" fill="none" stroke-linejoin="round" ${stroke(style)}/>${repeats}${marks}</g>`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
