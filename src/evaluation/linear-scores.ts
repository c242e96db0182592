/**
 * The two passes over features that every linear classifier is fitted with: scores from weights, gradients from
 * residuals.
 * @module
 */

/** Rows of numbers, row-major `[rows, columns]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

/** Adds `features · weightsᵀ + bias` of rows `from … to` to `scores [to − from, classes]`. */
export function addScores(
  weights: Float64Array,
  { data, columns }: Matrix,
  classes: number,
  from: number,
  to: number,
  scores: Float64Array,
): void {
  let row = from;
  // Four rows share each weight that is loaded.
  for (; row + 4 <= to; row += 4) {
    const x0 = row * columns;
    const x1 = x0 + columns;
    const x2 = x1 + columns;
    const x3 = x2 + columns;
    for (let k = 0; k < classes; k++) {
      const w = k * (columns + 1);
      const bias = weights[w + columns];
      let s0 = bias;
      let s1 = bias;
      let s2 = bias;
      let s3 = bias;
      for (let p = 0; p < columns; p++) {
        const weight = weights[w + p];
        s0 += weight * data[x0 + p];
        s1 += weight * data[x1 + p];
        s2 += weight * data[x2 + p];
        s3 += weight * data[x3 + p];
      }
      const at = (row - from) * classes + k;
      scores[at] += s0;
      scores[at + classes] += s1;
      scores[at + 2 * classes] += s2;
      scores[at + 3 * classes] += s3;
    }
  }
  for (; row < to; row++) {
    for (let k = 0; k < classes; k++) {
      const w = k * (columns + 1);
      let sum = weights[w + columns];
      for (let p = 0; p < columns; p++) sum += weights[w + p] * data[row * columns + p];
      scores[(row - from) * classes + k] += sum;
    }
  }
}

/** Adds `residualsᵀ · [features, 1]` of rows `from … to` to `gradient [classes, columns + 1]`. */
export function addGradient(
  residuals: Float64Array,
  { data, columns }: Matrix,
  classes: number,
  from: number,
  to: number,
  gradient: Float64Array,
): void {
  let row = from;
  for (; row + 4 <= to; row += 4) {
    const x0 = row * columns;
    const x1 = x0 + columns;
    const x2 = x1 + columns;
    const x3 = x2 + columns;
    for (let k = 0; k < classes; k++) {
      const at = (row - from) * classes + k;
      const r0 = residuals[at];
      const r1 = residuals[at + classes];
      const r2 = residuals[at + 2 * classes];
      const r3 = residuals[at + 3 * classes];
      const g = k * (columns + 1);
      for (let p = 0; p < columns; p++) {
        gradient[g + p] += r0 * data[x0 + p] + r1 * data[x1 + p] + r2 * data[x2 + p] + r3 * data[x3 + p];
      }
      gradient[g + columns] += r0 + r1 + r2 + r3;
    }
  }
  for (; row < to; row++) {
    for (let k = 0; k < classes; k++) {
      const r = residuals[(row - from) * classes + k];
      const g = k * (columns + 1);
      for (let p = 0; p < columns; p++) gradient[g + p] += r * data[row * columns + p];
      gradient[g + columns] += r;
    }
  }
}
