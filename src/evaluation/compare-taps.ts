/**
 * Two encoders on the same test patients, tap by tap.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { type BootstrapOptions, pairedBootstrap } from '../statistics/bootstrap.ts';
import type { ProbeResult, TapDifference, TapScore } from './probe-result.ts';

/**
 * Differences `a − b` of the headline number at every tap that both have, with intervals and p values by resampling
 * patients. Options default to those of `a`'s own intervals, with 10 000 resamples.
 * Throws `usage` where the two were not measured on the same test items in the same way.
 */
export function compareTaps(a: ProbeResult, b: ProbeResult, options: BootstrapOptions = {}): readonly TapDifference[] {
  for (const property of ['protocol', 'label', 'measure'] as const) {
    if (a[property] === b[property]) continue;
    throw usageError(`${a.encoder.name} and ${b.encoder.name} were measured with a different ${property}`, {
      found: `${a[property]} and ${b[property]}`,
      hint: 'measure both in the same way',
    });
  }
  const settings = { level: a.interval.level, seed: a.interval.seed, ...options };
  return a.taps.flatMap((tap): TapDifference[] => {
    const other = b.taps.find((candidate) => candidate.tap === tap.tap);
    if (other === undefined) return [];
    const [ours, theirs] = pairedItems(tap, other, a, b);
    const { difference, p } = pairedBootstrap(
      ours.map((item) => item.correct),
      theirs.map((item) => item.correct),
      ours.map((item) => item.patient),
      settings,
    );
    return [{ tap: tap.tap, difference, p }];
  });
}

type Items = NonNullable<TapScore['items']>;

function pairedItems(tap: TapScore, other: TapScore, a: ProbeResult, b: ProbeResult): [Items, Items] {
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
