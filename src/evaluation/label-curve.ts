/**
 * The frame of protocols that ask how a score grows with labels: a classifier is learned again for every number of
 * labels and every repeat, and the headline number is the mean of the curve over the logarithm of that number.
 * @module
 */
import { Random } from '../base/random.ts';
import { clusterCodes } from '../statistics/bootstrap.ts';
import { quantileOfSorted, standardDeviation } from '../statistics/descriptive.ts';
import { classStatistics, namesOfMeasures, unitShares } from './class-measures.ts';
import type { ClassProbe } from './class-probe.ts';
import type { ClassTask } from './class-task.ts';
import { chanceOf } from './classification-score.ts';
import { type Classifier, truthOf } from './classifier.ts';
import type { ExamplePart } from './examples.ts';
import type { FeatureTable } from './feature-table.ts';
import type { MatrixProduct } from './matrix-product.ts';
import { mostProbable } from './metrics/confusion.ts';
import type { CurvePoint, Estimate, ProbeResult, TapScore } from './probe-result.ts';
import type { IntervalOptions } from './protocols/protocol.ts';

/** One number of labels: the training part of each repeat. */
export interface CurveStep {
  readonly at: number;
  readonly repeats: readonly ExamplePart[];
  /** What hyper-parameters are chosen by in each repeat; default: all validation units. */
  readonly validation?: readonly ExamplePart[];
}

export interface CurveSettings extends IntervalOptions {
  readonly measure: 'accuracy' | 'balancedAccuracy';
}

/** Measures every tap at every step. */
export function probeCurve(
  classifier: Classifier,
  task: ClassTask,
  steps: readonly CurveStep[],
  axis: string,
  settings: CurveSettings,
): Pick<ClassProbe, 'measureTap' | 'chance'> {
  const { test } = task.examples;
  const truth = truthOf(test);
  const classes = task.classes.length;
  const share = unitShares(truth, classes, settings.measure);

  const learn = async (table: FeatureTable, train: ExamplePart, validation: ExamplePart, product: MatrixProduct) => {
    const lesson = { names: task.classes, train, validation, test };
    const { scores, validation: held } = await classifier.learn(table, lesson, product);
    const answers = mostProbable(scores, classes);
    const { probabilities } = classifier;
    return {
      right: truth.map((target, unit) => (answers[unit] === target ? share[target] : 0)),
      measures: classStatistics({ classes, truth, answers, scores, probabilities })(),
      held,
    };
  };

  const measureTap = async (table: FeatureTable, product: MatrixProduct): Promise<TapScore> => {
    const learned: Learned[][] = [];
    for (const { repeats, validation } of steps) {
      const ofStep: Learned[] = [];
      for (const [repeat, train] of repeats.entries()) {
        ofStep.push(await learn(table, train, validation?.[repeat] ?? task.examples.validation, product));
      }
      learned.push(ofStep);
    }
    const names = namesOfMeasures(classifier.probabilities);
    return {
      tap: table.tap,
      dimensions: table.columns,
      ...scoreCurve(learned, test, { at: steps.map(({ at }) => at), axis, names, measure: settings.measure }, settings),
      hyperparameters: {},
    };
  };
  return { measureTap, chance: chanceOf(task, settings.measure) };
}

/** Says what the number beside a layer is, where the curve has more than one point. */
export const headlineNotes = (steps: readonly CurveStep[], axis: string): readonly string[] =>
  steps.length < 2 ? [] : [`The score of a layer is the mean of its curve over the logarithm of ${axis}.`];

/** What one repeat of one step has learned. */
export interface Learned {
  /** What each test unit adds to the headline number, which is their mean. */
  readonly right: readonly number[];
  /** Further measures; NaN where one is undefined. */
  readonly measures: readonly number[];
  /** On validation patients. */
  readonly held: number;
}

/** What a curve is of. */
export interface CurveFrame {
  readonly at: readonly number[];
  readonly axis: string;
  /** Names of the further measures. */
  readonly names: readonly string[];
  readonly measure: ProbeResult['measure'];
}

/** The curve over all steps, with its intervals; the headline number is its mean over the logarithm of `at`. */
export function scoreCurve(
  learned: readonly (readonly Learned[])[],
  { units }: ExamplePart,
  { at, axis, names, measure }: CurveFrame,
  interval: IntervalOptions,
): Pick<TapScore, 'score' | 'measures' | 'validation' | 'curve' | 'items'> {
  const weights = logarithmicWeights(at);
  const right = learned.map((ofStep) => ofStep.map((repeat) => repeat.right));
  const drawn = measure === 'balancedAccuracy' ? perClassWeights(units) : plainWeights;
  const patients = units.map((unit) => unit.patient);
  const { headline, estimates } = curveIntervals(right, patients, drawn, weights, interval);
  const points = at.map((place, step): CurvePoint => {
    const repeats = right[step].map(meanOf);
    const means = names.map((_, i) => meanOf(learned[step].map(({ measures }) => measures[i])));
    return {
      at: place,
      score: estimates[step],
      repeats,
      ...(repeats.length > 1 ? { deviation: standardDeviation(repeats) } : {}),
      measures: Object.fromEntries(names.flatMap((name, i) => (Number.isNaN(means[i]) ? [] : [[name, means[i]]]))),
    };
  });
  const held = learned.map((ofStep) => meanOf(ofStep.map((repeat) => repeat.held)));
  return {
    score: headline,
    measures: {},
    validation: weighted(held, weights),
    curve: { axis, points },
    items: units.map(({ item, patient, target }, unit) => {
      const along = right.map((ofStep) => meanOf(ofStep.map((repeat) => repeat[unit])));
      return { item, patient, truth: target, correct: weighted(along, weights), along };
    }),
  };
}

/** Shares of each point in the mean of a curve over the logarithm of `at` by the trapezium rule; they sum to 1. */
export function logarithmicWeights(at: readonly number[]): number[] {
  if (at.length === 1) return [1];
  const span = Math.log(at[at.length - 1] / at[0]);
  return at.map((_, i) => Math.log(at[Math.min(i + 1, at.length - 1)] / at[Math.max(i - 1, 0)]) / (2 * span));
}

/** From how often each unit was drawn to what its share of the headline number counts. */
type UnitWeights = (times: Float64Array) => Float64Array;

const plainWeights: UnitWeights = (times) => {
  const total = times.reduce((sum, drawn) => sum + drawn, 0);
  return times.map((drawn) => drawn / total);
};

/** For balanced accuracy, whose shares fit the classes as they are: classes drawn more often must not count for more. */
function perClassWeights(units: ExamplePart['units']): UnitWeights {
  const classes = 1 + Math.max(...units.map((unit) => unit.target));
  const shares = unitShares(truthOf({ units }), classes, 'balancedAccuracy');
  return (times) => {
    const totals = new Float64Array(classes);
    for (let unit = 0; unit < units.length; unit++) totals[units[unit].target] += times[unit];
    const occurring = totals.reduce((sum, total) => sum + (total > 0 ? 1 : 0), 0);
    return times.map((drawn, unit) => {
      const k = units[unit].target;
      return drawn === 0 ? 0 : drawn / (shares[k] * totals[k] * occurring);
    });
  };
}

/** Intervals of every point and of the weighted mean, drawing patients and, at each point, repeats. */
function curveIntervals(
  right: readonly (readonly (readonly number[])[])[],
  patients: readonly string[],
  unitWeights: UnitWeights,
  weights: readonly number[],
  { resamples, level, seed }: IntervalOptions,
): { headline: Estimate; estimates: Estimate[] } {
  const { codes, count } = clusterCodes(patients);
  const values = right.map((ofStep) => meanOf(ofStep.map(meanOf)));
  const draws = right.map(() => new Float64Array(resamples));
  const headlines = new Float64Array(resamples);
  const random = new Random(seed).split('curve bootstrap');
  const times = new Float64Array(count);
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let i = 0; i < count; i++) times[random.integer(count)]++;
    const counted = unitWeights(Float64Array.from(codes, (code) => times[code]));
    right.forEach((ofStep, step) => {
      let sum = 0;
      for (let i = 0; i < ofStep.length; i++) {
        const repeat = ofStep[random.integer(ofStep.length)];
        for (let unit = 0; unit < counted.length; unit++) sum += counted[unit] * repeat[unit];
      }
      draws[step][resample] = sum / ofStep.length;
      headlines[resample] += weights[step] * draws[step][resample];
    });
  }
  const estimate = (value: number, drawn: Float64Array): Estimate => {
    drawn.sort();
    return {
      value,
      low: quantileOfSorted(drawn, (1 - level) / 2),
      high: quantileOfSorted(drawn, (1 + level) / 2),
    };
  };
  return {
    headline: estimate(weighted(values, weights), headlines),
    estimates: draws.map((drawn, step) => estimate(values[step], drawn)),
  };
}

function weighted(values: readonly number[], weights: readonly number[]): number {
  return values.reduce((sum, value, i) => sum + weights[i] * value, 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
