/**
 * Ridge regression in closed form, through whichever Gram matrix is smaller. The minimised value is
 * `mean squared error + l2 · Σ weights²` over centred targets, so `l2 = alpha / rows` in scikit-learn's terms.
 * @module
 */
import { solvePositiveDefinite } from './cholesky.ts';
import type { Matrix } from './linear-scores.ts';
import type { MatrixProduct } from './matrix-product.ts';

export interface RidgeModel {
  readonly l2: number;
  readonly weights: Float64Array;
  readonly bias: number;
}

/**
 * One model a penalty. The columns of `features` must have mean 0 over its rows (as standardised columns have), so that
 * the bias is the mean target and goes unpenalised.
 */
export async function fitRidge(
  features: Matrix & { readonly data: Float32Array },
  targets: ArrayLike<number>,
  penalties: readonly number[],
  product: MatrixProduct,
): Promise<RidgeModel[]> {
  const { rows, columns, data } = features;
  let bias = 0;
  for (let row = 0; row < rows; row++) bias += targets[row] / rows;
  const centred = Float64Array.from({ length: rows }, (_, row) => targets[row] - bias);
  const moments = weightedSum(features, centred);
  const dual = rows < columns;
  const size = dual ? rows : columns;
  const side = dual ? data : transposed(features);
  const gram = await product(side, side, size, size, dual ? columns : rows);
  // Rounding of a product in single precision must not make the smallest eigenvalues negative.
  let rounding = 0;
  if (gram instanceof Float32Array)
    for (let i = 0; i < size; i++) rounding = Math.max(rounding, 1e-6 * gram[i * (size + 1)]);
  return penalties.map((l2) => {
    const system = Float64Array.from(gram);
    for (let i = 0; i < size; i++) system[i * (size + 1)] += l2 * rows + rounding;
    const solution = solvePositiveDefinite(system, dual ? centred : moments, size);
    return { l2, bias, weights: dual ? weightedSum(features, solution) : solution };
  });
}

/** A number for each row of `features`. */
export function predictNumbers(model: RidgeModel, { rows, columns, data }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = model.bias;
    for (let p = 0; p < columns; p++) sum += model.weights[p] * data[row * columns + p];
    return sum;
  });
}

/** `featuresᵀ · shares`: rows added up, each times its share. */
function weightedSum({ rows, columns, data }: Matrix, shares: Float64Array): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let p = 0; p < columns; p++) sums[p] += shares[row] * data[row * columns + p];
  }
  return sums;
}

function transposed({ rows, columns, data }: Matrix): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) for (let p = 0; p < columns; p++) out[p * rows + row] = data[row * columns + p];
  return out;
}
