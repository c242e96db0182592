/**
 * Intervals of statistics that repeated rows would spoil (dimensions, ranks, neighbourhoods: a bootstrap draws rows
 * twice): the jackknife that leaves out one group of patients at a time.
 * @module
 */
import type { Estimate } from '../evaluation/probe-result.ts';

export interface JackknifeOptions {
  /** Groups that patients are dealt into, default 10; fewer patients make as many groups. */
  readonly groups?: number;
  /** Width in standard errors, default 1.96 for 95 %. */
  readonly width?: number;
}

/**
 * The statistics of all rows, each with an interval of `width` standard errors (Efron and Tibshirani, An Introduction to
 * the Bootstrap, 11.5). `statistics` gets the rows to use; one that is not a number without a group is left out there.
 */
export function groupedJackknife(
  patients: readonly string[],
  statistics: (rows: readonly number[]) => readonly number[],
  { groups = 10, width = 1.96 }: JackknifeOptions = {},
): Estimate[] {
  const all = patients.map((_, row) => row);
  const values = statistics(all);
  const distinct = [...new Set(patients)];
  const groupOf = new Map(distinct.map((patient, i) => [patient, i % Math.min(groups, distinct.length)]));
  const count = Math.min(groups, distinct.length);
  if (count < 2) return values.map((value) => ({ value, low: Number.NaN, high: Number.NaN }));
  const without = Array.from({ length: count }, (_, group) =>
    statistics(all.filter((row) => groupOf.get(patients[row]) !== group)),
  );
  return values.map((value, i) => {
    const draws = without.map((entry) => entry[i]).filter(Number.isFinite);
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const spread = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0);
    const error = Math.sqrt(((draws.length - 1) / draws.length) * spread);
    return { value, low: value - width * error, high: value + width * error };
  });
}
