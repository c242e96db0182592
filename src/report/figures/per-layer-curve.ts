/**
 * The signature figure: how much a linear probe can read from every tap, first layer to last; one line an encoder with
 * its band, random initialisation and supervision beside it, chance at the bottom.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import { markup } from '../markup.ts';
import { formatEstimate, formatInterval, formatMeasured, type Measure, measureStyle } from '../numbers.ts';
import { ink } from '../palette.ts';
import { encoderLines, left, rightEdge } from './encoder-lines.ts';
import type { DrawnEncoder } from './encoder-style.ts';
import { figure, label, shortened, textWidth } from './figure.ts';

export interface LayerScore {
  readonly tap: string;
  readonly score: Estimate;
  /** One value a seed, drawn as faint points. */
  readonly seeds?: readonly number[];
  /** True where the paired test tells this encoder from random initialisation: a filled mark. */
  readonly differs?: boolean;
}

export interface EncoderCurve extends DrawnEncoder {
  readonly taps: readonly LayerScore[];
}

export interface PerLayerCurve {
  /** What is read from the features, e.g. `view`. */
  readonly label: string;
  readonly measure: Measure;
  readonly chance: number;
  readonly encoders: readonly EncoderCurve[];
}

/** Draws the curve; `width` and `height` in pixels. */
export function perLayerCurve(data: PerLayerCurve, { width = 720, height = 380 } = {}): string {
  const { encoders } = data;
  const taps = tapsOf(encoders);
  const right = rightEdge(data, width);
  const [from, room] = [left + 12, right - left - 24];
  const step = room / Math.max(1, taps.length - 1);
  const slanted = taps.some((tap) => textWidth(tap) > step - 8);
  const below = slanted ? 28 + 0.64 * Math.max(...taps.map((tap) => Math.min(textWidth(tap), 110))) : 48;
  const x = (tap: string) => (taps.length === 1 ? from + room / 2 : from + step * taps.indexOf(tap));
  const lines = encoders.map((encoder) => ({
    ...encoder,
    points: encoder.taps.map(({ tap, score, seeds, differs }) => ({
      x: x(tap),
      score,
      ...(seeds === undefined ? {} : { repeats: seeds }),
      ...(differs === undefined ? {} : { filled: differs }),
    })),
  }));
  const names = taps.map((tap) =>
    slanted
      ? label(x(tap) + 4, height - below + 18, shortened(tap, 110), {
          anchor: 'end',
          fill: ink('secondary'),
          rotate: -40,
        })
      : label(x(tap), height - below + 20, tap, { anchor: 'middle', fill: ink('secondary') }),
  );
  const body = markup`${encoderLines({ ...data, encoders: lines }, { width, right, bottom: height - below })}${names}
${label(right, height - 4, 'layers, first to last →', { anchor: 'end', fill: ink('secondary') })}`;
  return figure({ width, height, title: finding(data), description: description(data), body });
}

/** The finding in one sentence, also used as the report's title. */
export function finding({ label: read, measure, chance, encoders }: PerLayerCurve): string {
  const random = encoders.find((encoder) => encoder.role === 'random');
  const main = encoders.find((encoder) => encoder.role === 'pretrained') ?? encoders[0];
  if (main === undefined || main.taps.length === 0) return `Nothing was measured for ${read}.`;
  const best = main.taps.reduce((a, b) => (b.score.value > a.score.value ? b : a));
  const beside = random?.taps.find((tap) => tap.tap === best.tap);
  const written = ({ score }: LayerScore) =>
    `${formatMeasured(score.value, measure)} ${formatInterval(score, measure)}`;
  const atRandom = beside === undefined ? '' : `; random initialisation reaches ${written(beside)} there`;
  return `${main.name} peaks at ${best.tap}, ${written(best)} ${measureStyle(measure).name} for ${read}${atRandom}; chance is ${formatMeasured(chance, measure)}`;
}

function description({ measure, encoders }: PerLayerCurve): string {
  const lines = encoders.map(
    ({ name, taps }) => `${name}: ${taps.map((tap) => `${tap.tap} ${formatEstimate(tap.score, measure)}`).join('; ')}.`,
  );
  return lines.join(' ');
}

function tapsOf(encoders: readonly EncoderCurve[]): string[] {
  const longest = encoders.toSorted((a, b) => b.taps.length - a.taps.length);
  return [...new Set(longest.flatMap((encoder) => encoder.taps.map((tap) => tap.tap)))];
}
