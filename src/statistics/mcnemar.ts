/**
 * McNemar's test: do two classifiers err on different items equally often?
 * @module
 */
import { binomialCdf, chiSquareUpper } from './distributions.ts';

export interface McNemarResult {
  /** Items that only the first, and only the second, answered right. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided, exact binomial. */
  readonly p: number;
  /** (b − c)² / (b + c) and its chi-square p value, for many disagreements. */
  readonly statistic: number;
  readonly asymptoticP: number;
}

/** `a[i]`, `b[i]`: was item i answered right? Items must be independent, one a patient; else use the paired bootstrap. */
export function mcNemarTest(a: ArrayLike<number | boolean>, b: ArrayLike<number | boolean>): McNemarResult {
  if (a.length !== b.length) throw new RangeError(`mcNemarTest: ${a.length} answers against ${b.length}`);
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && !b[i]) onlyFirst++;
    if (b[i] && !a[i]) onlySecond++;
  }
  const differing = onlyFirst + onlySecond;
  const statistic = differing === 0 ? 0 : (onlyFirst - onlySecond) ** 2 / differing;
  return {
    onlyFirst,
    onlySecond,
    p: differing === 0 ? 1 : Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), differing, 0.5)),
    statistic,
    asymptoticP: chiSquareUpper(statistic, 1),
  };
}
