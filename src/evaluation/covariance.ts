/**
 * Second moments of features, with which fits of linear classifiers are steered.
 * @module
 */
import type { Matrix } from './linear-scores.ts';
import type { MatrixProduct } from './matrix-product.ts';

/** A factorisation for each penalty costs columns³; it saves some forty passes over rows, columns and classes. */
export function steeringPays(rows: number, columns: number, classes: number): boolean {
  return columns > 0 && columns * columns < 100 * rows * classes;
}

/** `featuresᵀ · features / rows`, row-major `[columns, columns]`. */
export async function covarianceOf({ data, rows, columns }: Matrix, product: MatrixProduct): Promise<Float64Array> {
  const turned = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let p = 0; p < columns; p++) turned[p * rows + row] = data[row * columns + p];
  return Float64Array.from(await product(turned, turned, columns, columns, rows), (sum) => sum / rows);
}
