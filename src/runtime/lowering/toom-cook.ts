/**
 * Fast correlation along one axis: products at a few points instead of one for every pair of output and tap.
 * A. Toom 1963, S. Cook 1966; as minimal filtering S. Winograd 1980; for networks A. Lavin and S. Gray,
 * "Fast algorithms for convolutional neural networks", CVPR 2016.
 * @module
 */

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/** Small numbers, so that float32 loses little; 1 comes first, where every output has weight 1. */
const finitePoints = [1, 0, -1, 2, -2, 0.5] as const;

/** More products at once would lose too many digits. */
export const mostPoints = finitePoints.length + 1;

/**
 * `y[i] = Σ_k g[k] d[i + k]`, i < outputs, k < taps, as `y = outputᵀ((kernel · g) ⊙ (input · d))` with
 * `outputs + taps − 1` products.
 */
export interface FastCorrelation {
  /** `[products, taps]` */
  readonly kernel: Matrix;
  /** `[products, outputs + taps − 1]` */
  readonly input: Matrix;
  /** `[products, outputs]`; the first row is ones. */
  readonly output: Matrix;
}

/**
 * The transpose of multiplying polynomials by their values at points: with V the powers of the points,
 * `kernel = V`, `output = V`, `input = V⁻ᵀ`.
 */
export function fastCorrelation(outputs: number, taps: number): FastCorrelation {
  const products = outputs + taps - 1;
  if (products > mostPoints) throw new RangeError(`${products} products, at most ${mostPoints} are accurate`);
  return {
    kernel: powers(products, taps),
    input: transposed(inverse(powers(products, products))),
    output: powers(products, outputs),
  };
}

/** Row a point: 1, a, a², …; the last point is infinity, where only the highest power counts. */
function powers(points: number, length: number): Matrix {
  return Array.from({ length: points }, (_, row) =>
    Array.from({ length }, (_, power) => {
      if (points > 1 && row === points - 1) return power === length - 1 ? 1 : 0;
      return finitePoints[row] ** power;
    }),
  );
}

function transposed(matrix: Matrix): Matrix {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}

/** By elimination with row exchanges, in float64. */
function inverse(matrix: Matrix): Matrix {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column; i < size; i++) if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    const scale = rows[column][column];
    rows[column] = rows[column].map((value) => value / scale);
    for (let i = 0; i < size; i++) {
      const factor = rows[i][column];
      if (i !== column && factor !== 0) rows[i] = rows[i].map((value, j) => value - factor * rows[column][j]);
    }
  }
  return rows.map((row) => row.slice(size));
}
