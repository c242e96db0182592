/**
 * Large matrix products through ONNX Runtime, several times faster than loops.
 * @module
 */
import { matmul, placeholder } from '../graph/index.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../runtime/evaluate.ts';
import { hostArray } from '../tensor/host-array.ts';
import { type MatrixProduct, plainMatrixProduct } from './matrix-product.ts';

/** Below this many multiplications a session costs more than it saves. */
const worthwhile = 2e7;

/** `a · bᵀ` in float32. */
export const runtimeMatrixProduct: MatrixProduct = async (a, b, m, n, k) => {
  if (m * n * k < worthwhile) return plainMatrixProduct(a, b, m, n, k);
  const left = placeholder('a', 'float32', [m, k]);
  const right = placeholder('b', 'float32', [n, k]);
  const feeds = new Map([
    [left, hostArray('float32', [m, k], a)],
    [right, hostArray('float32', [n, k], b)],
  ]);
  const [product] = await evaluate([matmul(left, right, { transposeB: true })], feeds, processor);
  return product.data as Float32Array;
};
