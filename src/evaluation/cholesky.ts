/**
 * Cholesky factors of symmetric matrices, row-major.
 * @module
 */

/**
 * Overwrites a symmetric positive definite `a [n, n]` with its lower factor (the upper half is left as it was).
 * Throws `RangeError` where `a` is not positive definite.
 */
export function choleskyFactor(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    const rowJ = j * n;
    for (let i = j; i < n; i++) {
      const rowI = i * n;
      let sum = a[rowI + j];
      for (let p = 0; p < j; p++) sum -= a[rowI + p] * a[rowJ + p];
      if (i > j) {
        a[rowI + j] = sum / a[rowJ + j];
      } else {
        if (!(sum > 0)) throw new RangeError(`the matrix is not positive definite (pivot ${j} is ${sum})`);
        a[rowJ + j] = Math.sqrt(sum);
      }
    }
  }
}

/** Replaces `x` by the solution of `factor · factorᵀ · solution = x`. */
export function solveWithFactor(factor: Float64Array, x: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let p = 0; p < i; p++) sum -= factor[i * n + p] * x[p];
    x[i] = sum / factor[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i] / factor[i * n + i];
    x[i] = value;
    for (let p = 0; p < i; p++) x[p] -= factor[i * n + p] * value;
  }
}

/** Solves `a x = b` for a symmetric positive definite `a [n, n]`, which is overwritten with its factor. */
export function solvePositiveDefinite(a: Float64Array, b: Float64Array, n: number): Float64Array {
  choleskyFactor(a, n);
  const x = Float64Array.from(b);
  solveWithFactor(a, x, n);
  return x;
}

/** Rows in the order of `pivots`; `factor` is row-major `[n, rank]` with `gram = factor · factorᵀ`. */
export interface PivotedCholesky {
  readonly rank: number;
  /** Which rows of the matrix were chosen, best first; `factor` restricted to them is lower triangular. */
  readonly pivots: Int32Array;
  readonly factor: Float64Array;
}

/**
 * Factor of a symmetric positive semi-definite matrix of any rank, taking the largest remaining diagonal first and
 * stopping when it falls below `tolerance` times the largest of all.
 */
export function pivotedCholesky(
  gram: ArrayLike<number>,
  n: number,
  stride: number,
  tolerance: number,
): PivotedCholesky {
  const remaining = new Float64Array(n);
  for (let i = 0; i < n; i++) remaining[i] = gram[i * stride + i];
  const largest = remaining.reduce((most, value) => Math.max(most, value), 0);
  const work = new Float64Array(n * n);
  const pivots: number[] = [];
  const chosen = new Uint8Array(n);
  for (let step = 0; step < n; step++) {
    let pivot = -1;
    for (let i = 0; i < n; i++) if (!chosen[i] && (pivot < 0 || remaining[i] > remaining[pivot])) pivot = i;
    if (!(remaining[pivot] > tolerance * largest)) break;
    const root = Math.sqrt(remaining[pivot]);
    const rowPivot = pivot * n;
    for (let i = 0; i < n; i++) {
      if (chosen[i]) continue;
      const row = i * n;
      if (i === pivot) {
        work[row + step] = root;
        continue;
      }
      let sum = gram[i * stride + pivot];
      for (let p = 0; p < step; p++) sum -= work[row + p] * work[rowPivot + p];
      const entry = sum / root;
      work[row + step] = entry;
      remaining[i] -= entry * entry;
    }
    chosen[pivot] = 1;
    pivots.push(pivot);
  }
  const rank = pivots.length;
  const factor = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) factor.set(work.subarray(i * n, i * n + rank), i * rank);
  return { rank, pivots: Int32Array.from(pivots), factor };
}
