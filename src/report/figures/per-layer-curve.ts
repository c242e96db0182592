/**
 * The signature figure: how much a linear probe can read from every tap, first layer to last; one line an encoder with
 * its band, random initialisation and supervision beside it, chance at the bottom.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import { type Markup, markup } from '../markup.ts';
import {
  formatEstimate,
  formatInterval,
  formatMeasured,
  formatNumber,
  type Measure,
  measureStyle,
} from '../numbers.ts';
import { categories, ink } from '../palette.ts';
import { bandPath, type EndLabel, endLabels, linearScale, linePath, niceDomain, yAxis } from './chart.ts';
import { type DrawnEncoder, rank, type Style, stroke, styleOf } from './encoder-style.ts';
import { figure, label, round, shortened, textWidth } from './figure.ts';

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
  const { measure, chance, encoders } = data;
  const { name, unit, factor } = measureStyle(measure);
  const taps = tapsOf(encoders);
  const labelWidth = Math.min(
    width * 0.34,
    44 + Math.max(textWidth(`chance ${formatMeasured(chance, measure)}`), ...encoders.map((e) => textWidth(e.name))),
  );
  const right = width - labelWidth;
  const step = (right - 48 - 24) / Math.max(1, taps.length - 1);
  const slanted = taps.some((tap) => textWidth(tap) > step - 8);
  const below = slanted ? 28 + 0.64 * Math.max(...taps.map((tap) => Math.min(textWidth(tap), 110))) : 48;
  const values = encoders.flatMap((e) =>
    e.taps.flatMap((tap) => [tap.score.low, tap.score.high, ...(tap.seeds ?? [])]),
  );
  const [low, high] = niceDomain(Math.min(chance, ...values), Math.max(chance, ...values), 5);
  const top = measure === 'r2' ? high : Math.min(1, high);
  const plot = { x: linearScale([0, 1], [48, right]), y: linearScale([low, top], [height - below, 34]) };
  const position = (tap: string) =>
    taps.length === 1 ? (48 + right) / 2 : 48 + 12 + ((right - 48 - 24) * taps.indexOf(tap)) / (taps.length - 1);

  let order = 0;
  const drawn = encoders.map((encoder) => {
    const style = styleOf(encoder, () => categories[order++ % categories.length]);
    return { encoder, style, curve: curve(encoder, style, position, plot.y) };
  });
  const labels: EndLabel[] = drawn.map(({ encoder, style }) => ({
    y: plot.y(encoder.taps.at(-1)?.score.value ?? chance),
    text: encoder.name,
    stroke: stroke(style),
    weight: encoder.role === 'pretrained' ? 600 : undefined,
  }));
  labels.push({
    y: plot.y(chance),
    text: `chance ${formatMeasured(chance, measure)}`,
    stroke: markup`stroke="${ink('secondary')}"`,
  });

  const names = taps.map((tap) =>
    slanted
      ? label(position(tap) + 4, height - below + 18, shortened(tap, 110), {
          anchor: 'end',
          fill: ink('secondary'),
          rotate: -40,
        })
      : label(position(tap), height - below + 20, tap, { anchor: 'middle', fill: ink('secondary') }),
  );
  const body = markup`${yAxis(plot, `${capitalised(name)} for ${data.label}${unit === '' ? '' : `, ${unit}`}`, (value) => formatNumber(value * factor, factor === 1 ? 1 : 0))}
<path d="M48 ${round(plot.y(chance))}H${round(right)}" stroke="${ink('secondary')}"/>
${drawn.toSorted((a, b) => rank(a.encoder) - rank(b.encoder)).map(({ curve }) => markup`${curve}\n`)}${names}
${label(right, height - 4, 'layers, first to last →', { anchor: 'end', fill: ink('secondary') })}
${endLabels(right, labels, [34, height - below], labelWidth)}`;
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

function curve(encoder: EncoderCurve, style: Style, x: (tap: string) => number, y: (value: number) => number): Markup {
  const { taps } = encoder;
  const line = linePath(taps.map((tap) => [x(tap.tap), y(tap.score.value)]));
  const interval =
    taps.length > 1
      ? markup`<path d="${bandPath(taps.map(({ tap, score }) => [x(tap), y(score.low), y(score.high)]))}" fill="${style.colour}" fill-opacity="${encoder.role === 'pretrained' ? 0.18 : 0.1}"/>`
      : taps.map(
          ({ tap, score }) =>
            markup`<path d="M${round(x(tap))} ${round(y(score.low))}V${round(y(score.high))}" stroke="${style.colour}"/>`,
        );
  const seeds = taps.flatMap(({ tap, seeds: values = [] }) =>
    values.map(
      (value) =>
        markup`<circle cx="${round(x(tap))}" cy="${round(y(value))}" r="1.75" fill="${style.colour}" fill-opacity="0.45"/>`,
    ),
  );
  const marks = taps.map(({ tap, score, differs }) => {
    const place = markup`cx="${round(x(tap))}" cy="${round(y(score.value))}"`;
    if (encoder.role !== 'pretrained') return markup`<circle ${place} r="1.75" fill="${style.colour}"/>`;
    return markup`<circle ${place} r="4" fill="${differs ? style.colour : ink('ground')}" stroke="${style.colour}" stroke-width="1.75"/>`;
  });
  return markup`<g>${interval}<path d="${line}" fill="none" stroke-linejoin="round" ${stroke(style)}/>${seeds}${marks}</g>`;
}

function tapsOf(encoders: readonly EncoderCurve[]): string[] {
  const longest = encoders.toSorted((a, b) => b.taps.length - a.taps.length);
  return [...new Set(longest.flatMap((encoder) => encoder.taps.map((tap) => tap.tap)))];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
