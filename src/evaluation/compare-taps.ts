/**
 * Two encoders on the same test patients, tap by tap.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { type BootstrapOptions, bootstrapP, clusterBootstrap } from '../statistics/bootstrap.ts';
import { clusteredRocAreaDifference } from '../statistics/delong.ts';
import { headlineOf } from './headline.ts';
import type { ProbeResult, TapDifference, TapScore } from './probe-result.ts';

/** The test behind a comparison's p values, in words. */
export function testOf(result: ProbeResult): string {
  return isRocArea(result) ? 'DeLong’s test, clustered by patient' : 'paired bootstrap over patients';
}

/**
 * Differences `a − b` of the headline number at every tap that both have, with intervals and p values: by resampling
 * patients, or for the area under the ROC curve of two classes by DeLong's test for clustered observations. Options
 * default to those of `a`'s own intervals, with 10 000 resamples.
 * Throws `usage` where the two were not measured on the same test items in the same way.
 */
export function compareTaps(a: ProbeResult, b: ProbeResult, options: BootstrapOptions = {}): readonly TapDifference[] {
  requireAlike(a, b);
  const settings = { resamples: 10_000, level: a.interval.level, seed: a.interval.seed, ...options };
  return a.taps.flatMap((tap): TapDifference[] => {
    const other = b.taps.find((candidate) => candidate.tap === tap.tap);
    if (other === undefined) return [];
    const [ours, theirs] = pairedItems(tap, other, a, b);
    const patients = ours.map((item) => item.patient);
    if (isRocArea(a)) {
      const positive = ours.map(({ truth }) => truth === 1);
      const [first, second] = [ours, theirs].map((items) => items.map(({ scores }) => scores![1]));
      const found = clusteredRocAreaDifference(positive, first, second, patients, settings.level);
      if (found !== undefined) {
        const { value, low, high, p } = found;
        return [{ tap: tap.tap, difference: { value, low, high }, p }];
      }
    }
    const [mine, its] = [headlineOf(a, tap), headlineOf(b, other)];
    const { intervals, draws } = clusterBootstrap(patients, (weights) => [mine(weights) - its(weights)], settings);
    return [{ tap: tap.tap, difference: intervals[0], p: Math.max(bootstrapP(draws[0]), leastP(patients)) }];
  });
}

function isRocArea({ measure, classes }: ProbeResult): boolean {
  return measure === 'auroc' && classes?.length === 2;
}

/** Throws `usage` for results of different protocols, labels or measures. */
export function requireAlike(a: ProbeResult, b: ProbeResult): void {
  for (const property of ['protocol', 'label', 'measure'] as const) {
    if (a[property] === b[property]) continue;
    throw usageError(`${a.encoder.name} and ${b.encoder.name} were measured with a different ${property}`, {
      found: `${a[property]} and ${b[property]}`,
      hint: 'measure both in the same way',
    });
  }
}

type Items = NonNullable<TapScore['items']>;

/**
 * The smallest two-sided p value that so many patients can give, were their differences all of one sign: 2 / 2ⁿ. Below a
 * handful of patients the bootstrap promises more.
 */
export function leastP(patients: readonly string[]): number {
  return 2 ** (1 - new Set(patients).size);
}

/** The items of both, made sure to be the same. */
export function pairedItems(tap: TapScore, other: TapScore, a: ProbeResult, b: ProbeResult): [Items, Items] {
  const ours = tap.items;
  const theirs = other.items;
  if (
    ours !== undefined &&
    theirs !== undefined &&
    ours.length === theirs.length &&
    ours.every((item, i) => item.patient === theirs[i].patient && item.item === theirs[i].item)
  ) {
    return [ours, theirs];
  }
  throw usageError(`${a.encoder.name} and ${b.encoder.name} were not measured on the same test items`, {
    where: `tap ${tap.tap}`,
    hint: 'probe both on the same data and split',
  });
}
