/**
 * The lasso: least squares with few weights that are not zero. Tibshirani 1996, by coordinate descent on the Gram matrix
 * (Friedman, Hastie and Tibshirani, J. Stat. Softw. 2010). Minimises ‖y − Xw‖² / 2n + penalty · ‖w‖₁.
 * @module
 */

/** What a fit needs of rows of standardised columns. */
export interface LassoProblem {
  readonly columns: number;
  /** XᵀX / n, row-major. */
  readonly gram: Float64Array;
}

/** Of row-major `x [rows, columns]`, as it is: bring columns to mean 0 first. */
export function lassoProblem(x: ArrayLike<number>, rows: number, columns: number): LassoProblem {
  const gram = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    for (let a = 0; a < columns; a++) {
      const scaled = x[row * columns + a] / rows;
      if (scaled === 0) continue;
      for (let b = 0; b <= a; b++) gram[a * columns + b] += scaled * x[row * columns + b];
    }
  }
  for (let a = 0; a < columns; a++) for (let b = 0; b < a; b++) gram[b * columns + a] = gram[a * columns + b];
  return { columns, gram };
}

/** Xᵀy / n. */
export function correlationWith(x: ArrayLike<number>, y: ArrayLike<number>, columns: number): Float64Array {
  const out = new Float64Array(columns);
  for (let row = 0; row < y.length; row++) {
    for (let k = 0; k < columns; k++) out[k] += (x[row * columns + k] * y[row]) / y.length;
  }
  return out;
}

/**
 * Weights for each penalty, largest first for speed: each begins from the one before. Stops where no weight moves by more
 * than `tolerance`, or after `sweeps`.
 */
export function lassoPath(
  { columns, gram }: LassoProblem,
  correlation: Float64Array,
  penalties: readonly number[],
  { tolerance = 1e-6, sweeps = 500 } = {},
): Float64Array[] {
  const weights = new Float64Array(columns);
  // Xᵀ(y − Xw) / n, kept up to date.
  const slope = correlation.slice();
  return penalties.map((penalty) => {
    for (let sweep = 0; sweep < sweeps; sweep++) {
      let moved = 0;
      for (let k = 0; k < columns; k++) {
        const own = gram[k * columns + k];
        if (!(own > 0)) continue;
        const free = slope[k] + own * weights[k];
        const next = (Math.sign(free) * Math.max(0, Math.abs(free) - penalty)) / own;
        const step = next - weights[k];
        if (step === 0) continue;
        weights[k] = next;
        moved = Math.max(moved, Math.abs(step));
        for (let j = 0; j < columns; j++) slope[j] -= step * gram[k * columns + j];
      }
      if (moved <= tolerance) break;
    }
    return weights.slice();
  });
}
