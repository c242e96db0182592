/**
 * Many methods on many data sets: Friedman's test, its F form by Iman and Davenport, and Nemenyi's critical difference
 * (Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7, 2006).
 * @module
 */
import { chiSquareUpper, fUpper } from './distributions.ts';
import { rank } from './ranks.ts';
import { studentisedRangeQuantile } from './studentised-range.ts';

export interface FriedmanResult {
  /** Mean rank of each method over data sets; 1 is best. */
  readonly meanRanks: readonly number[];
  readonly chiSquare: number;
  readonly p: number;
  /** Iman and Davenport's F, less conservative, with its p value. */
  readonly f: number;
  readonly fP: number;
}

/** `scores[d][m]`: score of method m on data set d, higher is better. Needs two data sets and two methods. */
export function friedmanTest(scores: readonly (readonly number[])[]): FriedmanResult {
  const sets = scores.length;
  const methods = scores[0]?.length ?? 0;
  if (sets < 2 || methods < 2 || scores.some((row) => row.length !== methods)) {
    throw new RangeError('friedmanTest: needs two data sets and two methods, each data set with every method');
  }
  const meanRanks = new Array<number>(methods).fill(0);
  let ties = 0;
  for (const row of scores) {
    const ranking = rank(row.map((score) => -score));
    for (let m = 0; m < methods; m++) meanRanks[m] += ranking.ranks[m] / sets;
    for (const t of ranking.ties) ties += t * (t * t - 1);
  }
  const squares = meanRanks.reduce((sum, r) => sum + r * r, 0);
  const uncorrected = ((12 * sets) / (methods * (methods + 1))) * (squares - (methods * (methods + 1) ** 2) / 4);
  const correction = 1 - ties / (sets * methods * (methods * methods - 1));
  const chiSquare = correction > 0 ? uncorrected / correction : 0;
  const rest = sets * (methods - 1) - chiSquare;
  const f = rest > 0 ? ((sets - 1) * chiSquare) / rest : Number.POSITIVE_INFINITY;
  return {
    meanRanks,
    chiSquare,
    p: chiSquareUpper(chiSquare, methods - 1),
    f,
    fP: fUpper(f, methods - 1, (methods - 1) * (sets - 1)),
  };
}

/** Mean ranks that lie further apart than this differ at level `alpha` (critical-difference diagrams). */
export function nemenyiCriticalDifference(methods: number, sets: number, alpha = 0.05): number {
  const q = studentisedRangeQuantile(1 - alpha, methods) / Math.SQRT2;
  return q * Math.sqrt((methods * (methods + 1)) / (6 * sets));
}
