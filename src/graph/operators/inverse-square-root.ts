/**
 * The symmetric inverse square root of a positive definite matrix, as deep canonical correlation analysis whitens with.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { float32 } from '../../tensor/host-array.ts';
import { divide, literal, matmul, multiply, reduceSumSquare, sqrt, subtract } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

/**
 * A^(−1/2) of symmetric positive definite matrices `[…, n, n]` by the coupled Newton-Schulz iteration:
 * Y ← A/‖A‖, Z ← I, then T ← (3 I − Z Y)/2, Y ← Y T, Z ← T Z, which tends to Z = (A/‖A‖)^(−1/2) (Higham, "Functions of
 * matrices", 2008, section 6.7; Denman and Beavers' stable coupling).
 *
 * An eigenvalue far below the largest is lifted 2.25-fold by each step and converges quadratically once it is near 1:
 * about ln(κ √n) / ln 2.25 + 5 steps for a condition number κ. The default of 20 serves κ √n up to 2·10⁵; add a ridge to
 * A where it may be worse. Gradients go through the steps.
 */
export function inverseSquareRoot(matrix: Tensor, iterations = 20): Tensor {
  return emit('InverseSquareRoot', [matrix], { iterations });
}

function identityMatrix(n: number, value: number): Tensor {
  const array = float32([n, n], 0);
  for (let i = 0; i < n; i++) array.data[i * (n + 1)] = value;
  return literal(array);
}

export const inverseSquareRootOperators: readonly Operator[] = [
  defineOperator<{ iterations: number }>({
    type: 'InverseSquareRoot',
    domain: 'sonde',
    infer: ([a]) => {
      const [rows, columns] = a.shape.slice(-2);
      if (a.shape.length < 2 || rows !== columns) {
        throw new SondeError('shape/mismatch', 'only a square matrix has a square root', {
          hint: 'multiply a matrix with its own transpose to make it square',
        });
      }
      return [{ dtype: a.dtype, shape: a.shape }];
    },
    gradient: 'expand',
    expand: ([a], { iterations }) => {
      const rank = a.shape.length;
      const n = a.shape[rank - 1];
      const norm = sqrt(reduceSumSquare(a, { axes: [rank - 2, rank - 1], keep: true }));
      const threeHalves = identityMatrix(n, 1.5);
      let y = divide(a, norm);
      let z: Tensor | undefined;
      for (let i = 0; i < iterations; i++) {
        const t = subtract(threeHalves, multiply(z === undefined ? y : matmul(z, y), 0.5));
        y = matmul(y, t);
        z = z === undefined ? t : matmul(t, z);
      }
      return [divide(z ?? identityMatrix(n, 1), sqrt(norm))];
    },
  }),
];
