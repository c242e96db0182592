/**
 * Several runs of one method with different seeds, each measured on the same patients: one result whose intervals are
 * about other seeds and other patients, and its comparison with another such set.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { bootstrapP, type WeightedStatistics } from '../statistics/bootstrap.ts';
import { standardDeviation } from '../statistics/descriptive.ts';
import { nestedBootstrap } from '../statistics/nested-bootstrap.ts';
import { classStatistics, namesOfMeasures } from './class-measures.ts';
import { leastP, pairedItems, requireAlike } from './compare-taps.ts';
import { answersOf, headlineOf } from './headline.ts';
import type {
  AnsweredItem,
  ClassScore,
  CurvePoint,
  Estimate,
  ProbeResult,
  TapDifference,
  TapScore,
} from './probe-result.ts';

/**
 * The mean of results over seeds, with intervals by resampling seeds and patients. One result is returned as it is.
 * Throws `usage` where they were not measured on the same test items in the same way.
 */
export function combineSeeds(results: readonly ProbeResult[], name: string): ProbeResult {
  const [first, ...others] = results;
  if (others.length === 0) return first;
  for (const other of others) requireAlike(first, other);
  const { level, resamples, seed } = first.interval;
  return {
    ...first,
    encoder: { name, role: first.encoder.role, seeds: results.map(({ encoder }) => encoder.name) },
    chance: first.chance,
    interval: { method: 'bootstrap over seeds and patients', level, resamples, seed },
    notes: [...new Set(results.flatMap(({ notes = [] }) => notes))],
    taps: first.taps.map(({ tap }) => combineTap(results, tap)),
  };
}

/**
 * Differences `a − b` of means over seeds at every tap, resampling seeds and patients; `a[s]` and `b[s]` are of one seed.
 * Throws `usage` as `combineSeeds` does, and for different numbers of seeds.
 */
export function compareSeeds(a: readonly ProbeResult[], b: readonly ProbeResult[]): readonly TapDifference[] {
  if (a.length !== b.length) {
    throw usageError(`${a[0].encoder.name} was trained with ${a.length} seeds, ${b[0].encoder.name} with ${b.length}`, {
      hint: 'compare the same seeds of both',
    });
  }
  const { level, seed } = a[0].interval;
  return a[0].taps.flatMap(({ tap }): TapDifference[] => {
    if (b[0].taps.every((other) => other.tap !== tap)) return [];
    const [reference] = a.map((result) => tapOf(result, tap));
    const ofSeed = a.map((result, s): WeightedStatistics => {
      requireAlike(a[0], result);
      requireAlike(result, b[s]);
      const [own, other] = [tapOf(result, tap), tapOf(b[s], tap)];
      pairedItems(reference, own, a[0], result);
      pairedItems(own, other, result, b[s]);
      const [mine, its] = [headlineOf(result, own), headlineOf(b[s], other)];
      return (weights) => [mine(weights) - its(weights)];
    });
    const patients = reference.items!.map((item) => item.patient);
    const { intervals, draws } = nestedBootstrap(ofSeed, patients, { resamples: 10_000, level, seed });
    return [{ tap, difference: intervals[0], p: Math.max(bootstrapP(draws[0]), leastP(patients)) }];
  });
}

function combineTap(results: readonly ProbeResult[], tap: string): TapScore {
  const scores = results.map((result) => tapOf(result, tap));
  const [first] = scores;
  scores.forEach((score, s) => {
    pairedItems(first, score, results[0], results[s]);
  });
  const patients = first.items!.map((item) => item.patient);
  const classes = results[0].classes ?? [];
  const scored = first.items!.every((item) => item.scores !== undefined);
  const probabilities = first.measures.ece !== undefined;
  const names = scored ? namesOfMeasures(probabilities) : [];
  const steps = first.curve?.points.length ?? 0;
  const along = first.items!.every((item) => item.along !== undefined) ? steps : 0;
  const ofSeed = scores.map((score, s): WeightedStatistics => {
    const headline = headlineOf(results[s], score);
    const measures = scored ? classStatistics({ ...answersOf(score.items!, classes.length), probabilities }) : () => [];
    const points = Array.from({ length: along }, (_, step) =>
      headlineOf(results[s], { tap, items: score.items!.map((item) => ({ ...item, correct: item.along![step] })) }),
    );
    return (weights) => [headline(weights), ...measures(weights), ...points.map((point) => point(weights))];
  });
  const { intervals } = nestedBootstrap(ofSeed, patients, results[0].interval);
  const measures: Record<string, Estimate> = {};
  names.forEach((name, i) => {
    if (!Number.isNaN(intervals[1 + i].value)) measures[name] = intervals[1 + i];
  });
  return {
    tap,
    dimensions: first.dimensions,
    score: intervals[0],
    measures,
    validation: meanOf(scores.map(({ validation }) => validation)),
    hyperparameters: {},
    ...(first.confusion === undefined ? {} : { confusion: sumOfConfusions(scores) }),
    ...(first.perClass === undefined ? {} : { perClass: first.perClass.map((_, k) => meanOfClass(scores, k)) }),
    ...(first.curve === undefined || along === 0
      ? {}
      : {
          curve: {
            axis: first.curve.axis,
            points: first.curve.points.map((_, step) =>
              combinePoint(
                scores.map(({ curve }) => curve!.points[step]),
                intervals[1 + names.length + step],
              ),
            ),
          },
        }),
    items: first.items!.map((item, i) =>
      meanOfItem(
        item,
        scores.map(({ items }) => items![i]),
      ),
    ),
    seeds: scores.map(({ score }) => score.value),
  };
}

function tapOf(result: ProbeResult, tap: string): TapScore {
  const found = result.taps.find((candidate) => candidate.tap === tap);
  if (found !== undefined) return found;
  throw usageError(`${result.encoder.name} has no tap '${tap}'`, {
    expected: result.taps.map((candidate) => candidate.tap).join(', '),
    hint: 'measure runs of one trunk together',
  });
}

function combinePoint(points: readonly CurvePoint[], score: Estimate): CurvePoint {
  const repeats = points.flatMap((point) => point.repeats);
  const names = Object.keys(points[0].measures ?? {});
  return {
    at: points[0].at,
    score,
    repeats,
    ...(repeats.length > 1 ? { deviation: standardDeviation(repeats) } : {}),
    measures: Object.fromEntries(names.map((name) => [name, meanOf(points.map(({ measures }) => measures![name]))])),
  };
}

/** Answers of single seeds are gone: they would not make the mean. */
function meanOfItem({ item, patient, truth, control }: AnsweredItem, all: readonly AnsweredItem[]): AnsweredItem {
  const { along } = all[0];
  return {
    item,
    patient,
    correct: meanOf(all.map(({ correct }) => correct)),
    ...(truth === undefined ? {} : { truth }),
    ...(control === undefined ? {} : { control }),
    ...(along === undefined ? {} : { along: along.map((_, step) => meanOf(all.map((one) => one.along![step]))) }),
  };
}

function meanOfClass(scores: readonly TapScore[], k: number): ClassScore {
  const all = scores.map(({ perClass }) => perClass![k]);
  const { name, items, patients } = all[0];
  const mean = (measure: 'recall' | 'precision' | 'f1' | 'averagePrecision') => {
    const values = all.flatMap((one) => one[measure] ?? []);
    return values.length === 0 ? {} : { [measure]: meanOf(values) };
  };
  return { name, items, patients, ...mean('recall'), ...mean('precision'), ...mean('f1'), ...mean('averagePrecision') };
}

function sumOfConfusions(scores: readonly TapScore[]): number[][] {
  return scores[0].confusion!.map((row, k) =>
    row.map((_, j) => scores.reduce((sum, { confusion }) => sum + confusion![k][j], 0)),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
