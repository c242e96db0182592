/**
 * What trials under several seeds say together: tap by tap, one encoder against another that was trained with the same
 * seeds and judged on the same patients.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { mean } from '../statistics/descriptive.ts';
import { adjustHolm } from '../statistics/multiple-comparisons.ts';
import { nestedPairedBootstrap } from '../statistics/nested-bootstrap.ts';
import type { Measurement } from './measurement.ts';

/** One tap of two encoders, `a` and `b`. Scores are means over seeds on test patients. */
export interface TapContrast {
  readonly tap: string;
  readonly a: number;
  readonly b: number;
  readonly difference: { readonly value: number; readonly low: number; readonly high: number };
  /** Two-sided, corrected over taps by Holm. */
  readonly p: number;
  /** Mean over seeds on validation patients: what a tap may be chosen by. */
  readonly validation: { readonly a: number; readonly b: number };
}

export interface Contrast {
  readonly seeds: number;
  readonly measure: Measurement['measure'];
  readonly chance: number;
  readonly patients: number;
  readonly items: number;
  /** First layer to last, at the taps both have. */
  readonly taps: readonly TapContrast[];
  /** Each side at the tap that did best on validation patients: what a user would take. */
  readonly best: TapContrast & { readonly otherTap: string };
}

/**
 * `a[s]` and `b[s]` are results under seed s. Intervals come from resampling seeds and, within them, patients.
 * Throws `usage` where the two were not measured alike.
 */
export function contrastOf(a: readonly Measurement[], b: readonly Measurement[], resamples = 4000): Contrast {
  const [first] = a;
  const alike = ({ label, measure, items }: Measurement) =>
    label === first.label && measure === first.measure && items.join() === first.items.join();
  if (a.length === 0 || a.length !== b.length || ![...a, ...b].every(alike)) {
    throw usageError('two encoders can be compared under the same seeds and the same measure only', {
      found: `${a.length} results against ${b.length}`,
    });
  }
  const shared = first.taps.map(({ tap }) => tap).filter((tap) => b[0].taps.some((other) => other.tap === tap));
  const between = (tap: string, otherTap: string): TapContrast => {
    const [ours, theirs] = [correctOf(a, tap), correctOf(b, otherTap)];
    const { difference, p } = nestedPairedBootstrap(ours, theirs, first.patients, { resamples });
    return {
      tap,
      a: meanOver(a, tap, 'score'),
      b: meanOver(b, otherTap, 'score'),
      difference,
      p,
      validation: { a: meanOver(a, tap, 'validation'), b: meanOver(b, otherTap, 'validation') },
    };
  };
  const taps = shared.map((tap) => between(tap, tap));
  const adjusted = adjustHolm(taps.map(({ p }) => p));
  const [mine, other] = [bestTap(a), bestTap(b)];
  return {
    seeds: a.length,
    measure: first.measure,
    chance: first.chance,
    patients: new Set(first.patients).size,
    items: first.items.length,
    taps: taps.map((tap, i) => ({ ...tap, p: adjusted[i] })),
    best: { ...between(mine, other), otherTap: other },
  };
}

/** The tap with the highest mean on validation patients; the earlier one where two are equal. */
export function bestTap(results: readonly Measurement[]): string {
  const scores = results[0].taps.map(({ tap }) => meanOver(results, tap, 'validation'));
  return results[0].taps[scores.indexOf(Math.max(...scores))].tap;
}

function meanOver(results: readonly Measurement[], tap: string, which: 'score' | 'validation'): number {
  return mean(results.map(({ taps }) => taps.find((candidate) => candidate.tap === tap)![which]));
}

/** What each test item was scored with at a tap, seed by seed. */
export function correctOf(results: readonly Measurement[], tap: string): (readonly number[])[] {
  return results.map(({ taps }) => taps.find((candidate) => candidate.tap === tap)!.correct);
}
