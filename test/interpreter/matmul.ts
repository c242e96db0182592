/**
 * Matrix products.
 * @module
 */
import { broadcastReader, broadcastShape, type Kernel, tabulate, type Values } from './values.ts';

/** Sums over the inner axis, one entry of the result after the other. */
function product(a: Values, b: Values, transposeA: boolean, transposeB: boolean): Values {
  const [rows, inner] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
  const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)];
  const batch = broadcastShape([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const readA = broadcastReader(a);
  const readB = broadcastReader(b);
  return tabulate([...batch, rows, columns], (index) => {
    const at = index.slice(0, -2);
    const [row, column] = index.slice(-2);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      const left = readA(transposeA ? [...at, k, row] : [...at, row, k]);
      sum += left * readB(transposeB ? [...at, column, k] : [...at, k, column]);
    }
    return sum;
  });
}

const matmul: Kernel<{ transposeA: boolean; transposeB: boolean }> = ([a, b], { transposeA, transposeB }) =>
  product(a, b, transposeA, transposeB);

const fusedMatMul: Kernel<{ transA: number; transB: number }> = ([a, b], { transA, transB }) =>
  product(a, b, transA === 1, transB === 1);

const gemm: Kernel<{ transA: number; transB: number; alpha: number; beta: number }> = ([a, b, c], attributes) => {
  const { transA, transB, alpha, beta } = attributes;
  const y = product(a, b, transA === 1, transB === 1);
  const offset = c === undefined ? () => 0 : broadcastReader(c);
  const read = broadcastReader(y);
  return tabulate(y.shape, (index) => alpha * read(index) + beta * offset(index));
};

export const matmulKernels: Record<string, Kernel> = { MatMul: matmul, FusedMatMul: fusedMatMul, Gemm: gemm };
