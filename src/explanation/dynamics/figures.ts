/**
 * Learning as it went, drawn: curves over steps, moments against moments, questions, filters and embeddings on the way.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import type { Picture } from '../../pretext/drawing.ts';
import type { MetricsRecord } from '../../training/run-record.ts';
import { embeddingMap } from '../embedding-maps.ts';
import type { FigureData, LinesFigure, PicturesFigure, Series, ShownPicture } from '../finding.ts';
import type { Bank } from '../first-filters.ts';
import type { TapFeatures } from '../laboratory.ts';
import type { Course, TapMoment } from './moments.ts';
import { type AskedQuestion, difficultyOf, forgettingEvents, learnedFrom, type QuestionCourse } from './questions.ts';

/** A line a layer over the moments. */
export function overSteps(
  { moments }: Course,
  of: (tap: TapMoment) => { readonly value: number; readonly low?: number; readonly high?: number } | undefined,
): Series[] {
  return moments[0].taps.map(
    ({ tap }, t): Series => ({
      name: tap,
      role: 'other',
      points: moments.flatMap(({ step, taps }) => {
        const value = of(taps[t]);
        return value === undefined || !Number.isFinite(value.value) ? [] : [{ x: step, ...value }];
      }),
    }),
  );
}

export function stepChart(
  name: string,
  title: string,
  y: string,
  caption: string,
  series: readonly Series[],
  levels: LinesFigure['levels'] = [],
): LinesFigure {
  return { kind: 'lines', name, title, caption, x: 'training step', y, series, levels };
}

/** Moments against moments at the first and the last layer. */
export function epochGrids({ moments, epochs }: Course, shown: string): FigureData[] {
  const names = moments.map(({ step }) => String(step));
  const taps = moments[0].taps.map(({ tap }) => tap);
  return [...new Set([0, taps.length - 1])].map((t) => ({
    kind: 'heat-map',
    name: `moments-${t === 0 ? 'first' : 'last'}`,
    title: `How alike ${taps[t]} is to itself at other moments of training`,
    caption: `Unbiased linear CKA, step against step, ${shown}. A block of high values is a time in which little changed.`,
    quantity: 'unbiased CKA',
    rows: names,
    columns: names,
    rowTitle: 'step',
    columnTitle: 'step',
    values: epochs[t],
    domain: [0, 1],
    scale: 'sequential',
  }));
}

/** Factor by moment at one layer. */
export function factorCourse({ moments }: Course, factors: readonly string[], t: number, shown: string): FigureData {
  return {
    kind: 'heat-map',
    name: 'factors',
    title: `When ${moments[0].taps[t].tap} comes to hold each known factor`,
    caption: `Ridge probe of each moment’s layer, every patient answered by a fit on others; 0 is guessing, 1 perfect. Underlined: above guessing, 95 % by bootstrap over patients. ${shown}.`,
    quantity: 'share of the way from guessing to perfect',
    rows: factors,
    columns: moments.map(({ step }) => String(step)),
    columnTitle: 'step',
    values: factors.map((_, f) => moments.map(({ taps }) => taps[t].factors[f].value)),
    marked: factors.map((_, f) => moments.map(({ taps }) => taps[t].factors[f].low > 0)),
    domain: [0, 1],
    scale: 'sequential',
  };
}

/** Weights above which drawing each one’s updates is a thicket. */
const mostWeights = 7;

/** How far each step moves the weights, by weight, from the metrics of the run. */
export function updateRatios(metrics: readonly MetricsRecord[]): LinesFigure | undefined {
  const records = metrics.filter(({ updateRatio }) => updateRatio !== undefined);
  if (records.length < 2) return undefined;
  const names = Object.keys(records[0].updateRatio!);
  const stride = Math.max(1, names.length / mostWeights);
  const shown = [...new Set(names.map((_, i) => names[Math.min(names.length - 1, Math.round(i * stride))]))].slice(
    0,
    mostWeights,
  );
  return stepChart(
    'updates',
    'How far each step moves the weights',
    'log₁₀ ‖ΔW‖ / ‖W‖',
    `${shown.length} of ${names.length} weights, as the run recorded them; about −3 is healthy.`,
    shown.map((name) => ({
      name: name.replace(/^trunk\./, '').replace(/\.weight$/, ''),
      role: 'other',
      points: records.flatMap(({ step, updateRatio }) => {
        const ratio = updateRatio![name];
        return ratio > 0 ? [{ x: step, value: Math.log10(ratio) }] : [];
      }),
    })),
    [{ name: 'healthy', value: -3 }],
  );
}

/** Pretext accuracy against what the last layer holds, a point a moment. */
export function pretextAgainstProbe(
  steps: readonly number[],
  pretext: readonly Estimate[],
  probe: readonly Estimate[],
  { label, tap, questions }: { readonly label: string; readonly tap: string; readonly questions: number },
): FigureData {
  return {
    kind: 'scatter',
    name: 'pretext-against-probe',
    title: `What ${tap} holds of ${label} against how well the pretext task is solved`,
    caption: `One point a moment: ${questions} held-out questions put to the network at that step, and the ridge probe of ${tap} at that step.`,
    x: 'pretext questions answered right',
    y: `${label}, 0 guessing to 1 perfect`,
    points: steps.map((step, i) => ({ x: pretext[i].value, y: probe[i].value, value: step })),
    quantity: 'step',
  };
}

/** Questions shown of either end. */
const extremes = 5;

export function extremeQuestions(course: QuestionCourse): PicturesFigure {
  const { asked, steps, layout } = course;
  const { order } = difficultyOf(asked);
  const taken = new Map<string, number>();
  const pick = (list: readonly number[]) =>
    list
      .filter((i) => {
        const { patient } = asked[i].question;
        const times = taken.get(patient) ?? 0;
        if (times < 2) taken.set(patient, times + 1);
        return times < 2;
      })
      .slice(0, extremes);
  const easy = pick(order);
  taken.clear();
  const hard = pick(order.toReversed());
  const shown = (i: number): ShownPicture => ({
    picture: questionPicture(asked[i], layout),
    caption: historyOf(asked[i], steps),
  });
  return {
    kind: 'pictures',
    name: 'questions',
    title: 'The easiest questions and the hardest',
    caption: `By mean loss over ${steps.length} moments, at most two a patient; ${layout.views > 1 ? `the ${layout.views} parts of a question side by side` : 'as the network sees them'}.`,
    columns: layout.views > 3 ? 3 : extremes,
    rows: [
      { label: 'easiest', pictures: easy.map(shown) },
      { label: 'hardest', pictures: hard.map(shown) },
    ],
  };
}

function historyOf({ right }: AskedQuestion, steps: readonly number[]): string {
  const learned = learnedFrom(right);
  const times = forgettingEvents(right);
  const forgotten = times === 0 ? '' : times === 1 ? ', forgotten once' : `, forgotten ${times} times`;
  if (learned === undefined) return right.includes(true) ? `wrong in the end${forgotten}` : 'never right';
  return learned === 0 ? 'right all along' : `right from ${steps[learned]}${forgotten}`;
}

/** The parts of a question beside each other, each between black and white. */
function questionPicture({ question }: AskedQuestion, layout: QuestionCourse['layout']): Picture {
  const { views, channels, frames, height, width } = layout;
  const shown = channels === 3 ? 3 : 1;
  const data = new Float32Array(frames * height * views * width * shown);
  const part = channels * frames * height * width;
  for (let view = 0; view < views; view++) {
    const own = question.data.subarray(view * part, (view + 1) * part);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of own) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const area = frames * height * width;
    for (let i = 0; i < area; i++) {
      const [t, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
      const to = ((t * height + y) * views + view) * width + x;
      for (let c = 0; c < shown; c++) {
        let value = 0;
        if (channels === 3) value = own[c * area + i];
        else for (let k = 0; k < channels; k++) value += own[k * area + i] / channels;
        data[to * shown + c] = high > low ? (value - low) / (high - low) : 0;
      }
    }
  }
  return { data, shape: [frames, height, views * width, shown] };
}

/** Filters drawn of every moment. */
const filtersShown = 10;

/** The same filters at every moment, each on a scale of its own around grey. */
export function filtersForming(banks: readonly (readonly [step: number, bank: Bank])[]): PicturesFigure {
  const [, last] = banks.at(-1)!;
  const size = last.data.length / last.shape[0];
  const norm = (i: number) => last.data.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value ** 2, 0);
  const chosen = Array.from({ length: last.shape[0] }, (_, i) => i)
    .sort((a, b) => norm(b) - norm(a))
    .slice(0, filtersShown);
  return {
    kind: 'pictures',
    name: 'filters',
    title: `How filters of ${last.layer.replace(/^trunk\./, '').replace(/\.weight$/, '')} came to be`,
    caption: `The ${chosen.length} strongest of ${last.shape[0]} at the end, a row a moment; grey is zero, every filter on its own scale${last.shape.length === 5 ? ', the middle plane of each' : ''}.`,
    columns: filtersShown,
    rows: banks.map(([step, bank]) => ({
      label: step === 0 ? 'untrained' : `step ${step}`,
      pictures: chosen.map((i) => ({ picture: filterPicture(bank, i) })),
    })),
  };
}

function filterPicture({ shape, data }: Bank, i: number): Picture {
  const [, channels, ...sides] = shape;
  const [frames, height, width] = sides.length === 3 ? sides : [1, ...sides];
  const shown = channels === 3 ? 3 : 1;
  const area = height * width;
  const own = data.subarray(i * channels * frames * area, (i + 1) * channels * frames * area);
  const most = own.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const middle = (frames >> 1) * area;
  const out = new Float32Array(area * shown);
  for (let at = 0; at < area; at++) {
    for (let c = 0; c < shown; c++) {
      let value = 0;
      if (shown === 3) value = own[c * frames * area + middle + at];
      else for (let k = 0; k < channels; k++) value += own[k * frames * area + middle + at] / channels;
      out[at * shown + c] = 0.5 + (0.5 * value) / most;
    }
  }
  return { data: out, shape: [1, height, width, shown] };
}

/** The two directions of largest variance of one layer at some moments. */
export function embeddingForming(
  tables: readonly (readonly [step: number, table: TapFeatures])[],
  groups: readonly (string | undefined)[],
  label: string | undefined,
  shown: string,
): FigureData {
  const panels = tables.map(([step, table]) => {
    const { points, variance } = embeddingMap(table, 'pca', 0, Math.max(1, Math.min(10, (table.rows >> 1) - 1)));
    return {
      title: `${step === 0 ? 'untrained' : `step ${step}`}, ${((variance ?? 0) * 100).toFixed(0)} %`,
      points: points.map(([x, y], i) => ({ x, y, ...(groups[i] === undefined ? {} : { group: groups[i] }) })),
    };
  });
  return {
    kind: 'scatter-panels',
    name: 'embedding',
    title: `How the map of ${tables[0][1].tap} came to be`,
    caption: `Principal plane of each moment with its share of the variance, ${shown}${label === undefined ? '' : `, coloured by ${label}`}. A picture, no evidence.`,
    panels,
  };
}
