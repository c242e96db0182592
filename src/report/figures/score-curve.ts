/**
 * How a score grows with labels (or neighbours): one line an encoder at the tap it is best read from, its band, the single
 * repeats as faint points, random initialisation and supervision beside it, chance at the bottom.
 * @module
 */
import type { CurvePoint } from '../../evaluation/probe-result.ts';
import { markup } from '../markup.ts';
import { formatEstimate, type Measure, measureStyle } from '../numbers.ts';
import { ink } from '../palette.ts';
import { linearScale } from './chart.ts';
import { encoderLines, left, rightEdge } from './encoder-lines.ts';
import type { DrawnEncoder } from './encoder-style.ts';
import { figure, label, round } from './figure.ts';

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
  const { axis, encoders } = data;
  const at = [...new Set(encoders.flatMap(({ points }) => points.map((point) => point.at)))].sort((a, b) => a - b);
  const right = rightEdge(data, width);
  const bottom = height - 52;
  const ends = at.length === 1 ? ([at[0] / 2, at[0] * 2] as const) : ([at[0], at[at.length - 1]] as const);
  const along = linearScale([Math.log(ends[0]), Math.log(ends[1])], [left + 12, right - 12]);
  const x = (value: number) => along(Math.log(value));
  const lines = encoders.map((encoder) => ({
    ...encoder,
    points: encoder.points.map((point) => ({
      x: x(point.at),
      score: point.score,
      repeats: point.repeats.length < 2 ? [] : point.repeats,
      filled: true,
    })),
  }));
  const marks = at.map(
    (value) =>
      markup`<path d="M${round(x(value))} ${bottom}v4" stroke="${ink('secondary')}"/>${label(x(value), bottom + 18, String(value), { anchor: 'middle', fill: ink('secondary') })}`,
  );
  const body = markup`${encoderLines({ ...data, encoders: lines }, { width, right, bottom })}${marks}
${label(right, bottom + 40, axis, { anchor: 'end', fill: ink('secondary') })}`;
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
