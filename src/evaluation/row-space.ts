/**
 * Rewrites features in the space that the training rows span. With fewer rows than columns this shortens every row
 * from P to at most N numbers, and a linear model with an L2 penalty is unchanged by it: its weights lie in that
 * space (the representer theorem), and the change of basis is orthonormal, so products between rows stay as they were.
 * @module
 */
import { pivotedCholesky } from './cholesky.ts';
import type { Matrix } from './linear-scores.ts';
import type { MatrixProduct } from './matrix-product.ts';

/** Directions with less than this share of the largest row's energy are rounding of the products. */
const negligible = { single: 1e-5, double: 1e-10 };

/**
 * Training rows and further sets of rows, in the coordinates of the training rows' span: `Zᵢ · Zⱼ = Xᵢ · Xⱼ` for
 * training rows i, j, and likewise for the products of other rows with them.
 */
export async function projectOntoRows(
  train: Matrix & { readonly data: Float32Array },
  others: readonly (Matrix & { readonly data: Float32Array })[],
  product: MatrixProduct,
): Promise<{ train: Matrix; others: Matrix[] }> {
  const n = train.rows;
  const gram = await product(train.data, train.data, n, n, train.columns);
  const tolerance = gram instanceof Float32Array ? negligible.single : negligible.double;
  const { rank, pivots, factor } = pivotedCholesky(gram, n, n, tolerance);
  const projected: Matrix[] = [];
  for (const other of others) {
    const crossed = await product(other.data, train.data, other.rows, n, train.columns);
    const data = new Float64Array(other.rows * rank);
    for (let row = 0; row < other.rows; row++) {
      const at = row * rank;
      for (let step = 0; step < rank; step++) {
        const pivot = pivots[step] * rank;
        let sum = crossed[row * n + pivots[step]];
        for (let p = 0; p < step; p++) sum -= data[at + p] * factor[pivot + p];
        data[at + step] = sum / factor[pivot + step];
      }
    }
    projected.push({ rows: other.rows, columns: rank, data });
  }
  return { train: { rows: n, columns: rank, data: factor }, others: projected };
}

/**
 * Whether projecting costs less than it saves over a whole path of penalties, counted in multiplications. Some 500
 * evaluations of the objective is what a path of nine penalties takes on wide features.
 */
export function projectionPays(trainRows: number, otherRows: number, columns: number, outputs: number): boolean {
  if (columns <= trainRows) return false;
  const evaluations = 500;
  const setting = trainRows * columns * (trainRows / 2 + otherRows) + trainRows ** 3 / 3;
  const saved = 2 * evaluations * trainRows * outputs * (columns - trainRows);
  return setting < saved;
}
