/**
 * Two layers of the same networks against each other, on the same patients: does the later one know less?
 * @module
 */
import type { PairedDifference } from '../statistics/bootstrap.ts';
import { nestedPairedBootstrap } from '../statistics/nested-bootstrap.ts';
import { correctOf } from './contrast.ts';
import type { Measurement } from './measurement.ts';

/** Score of `tap` less that of `otherTap`, of the same network under each seed; seeds and patients are resampled. */
export function layerContrast(results: readonly Measurement[], tap: string, otherTap: string): PairedDifference {
  return nestedPairedBootstrap(correctOf(results, tap), correctOf(results, otherTap), results[0].patients);
}

/** The same difference in one set of networks less that in another that was begun with the same seeds. */
export function layerContrastBeyond(
  results: readonly Measurement[],
  others: readonly Measurement[],
  tap: string,
  otherTap: string,
): PairedDifference {
  const within = (sets: readonly Measurement[]) => {
    const [a, b] = [correctOf(sets, tap), correctOf(sets, otherTap)];
    return a.map((row, s) => row.map((value, i) => value - b[s][i]));
  };
  return nestedPairedBootstrap(within(results), within(others), results[0].patients);
}
