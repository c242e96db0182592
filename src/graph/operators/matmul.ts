/**
 * Matrix products, batched and broadcast like NumPy's `matmul`, either operand transposed on request.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { broadcastShapes, formatShape, sameShape } from '../../base/shape.ts';
import { add, matmul, multiply, unbroadcast } from '../primitives.ts';
import { defineOperator, type Operator } from '../tensor.ts';

type MatmulAttributes = { transposeA: boolean; transposeB: boolean };
type GemmAttributes = { transA: number; transB: number; alpha: number; beta: number };

export const matmulOperators: readonly Operator[] = [
  defineOperator<MatmulAttributes>({
    type: 'MatMul',
    domain: '',
    infer: ([a, b], { transposeA, transposeB }) => {
      if (a.shape.length < 2 || b.shape.length < 2) {
        throw new SondeError('shape/mismatch', 'a matrix product needs operands of rank 2 or more', {
          hint: 'reshape a vector to a row or a column',
        });
      }
      const [rowsA, columnsA] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
      const [rowsB, columnsB] = transposeB ? b.shape.slice(-2).reverse() : b.shape.slice(-2);
      if (columnsA !== rowsB) {
        throw new SondeError('shape/mismatch', `inner lengths ${columnsA} and ${rowsB} of the product differ`, {
          hint: `operands are ${formatShape(a.shape)} and ${formatShape(b.shape)}; transpose one`,
        });
      }
      const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
      return [{ dtype: a.dtype, shape: [...batch, rowsA, columnsB] }];
    },
    // Y = A B: dA = dY Bᵀ, dB = Aᵀ dY; a transposed operand gets the transposed product.
    gradient: ({ inputs: [a, b], attributes: { transposeA, transposeB }, gradients: [dy], wanted }) => {
      const da = transposeA
        ? () => matmul(b, dy!, { transposeA: transposeB, transposeB: true })
        : () => matmul(dy!, b, { transposeB: !transposeB });
      const db = transposeB
        ? () => matmul(dy!, a, { transposeA: true, transposeB: transposeA })
        : () => matmul(a, dy!, { transposeA: !transposeA });
      return [wanted[0] ? unbroadcast(da(), a.shape) : undefined, wanted[1] ? unbroadcast(db(), b.shape) : undefined];
    },
    onnx: { omit: ['transposeA', 'transposeB'] },
  }),
  defineOperator<GemmAttributes>({
    type: 'Gemm',
    domain: '',
    infer: ([a, b, c], { transA, transB }) => {
      if (a.shape.length !== 2 || b.shape.length !== 2) {
        throw new SondeError('shape/mismatch', 'both factors must be matrices', {
          hint: 'flatten what follows the batch axis, or use matmul',
        });
      }
      const rows = a.shape[transA ? 1 : 0];
      const [inner, columns] = transB ? [b.shape[1], b.shape[0]] : b.shape;
      if (a.shape[transA ? 0 : 1] !== inner) {
        throw new SondeError('shape/mismatch', `weight expects ${inner} features, got ${a.shape[transA ? 0 : 1]}`, {
          hint: 'the input is [N, I], the weight [O, I]; flatten a map before a linear layer',
        });
      }
      if (c !== undefined && !sameShape(broadcastShapes(c.shape, [rows, columns]), [rows, columns])) {
        throw new SondeError('shape/mismatch', `the bias does not broadcast to ${formatShape([rows, columns])}`, {
          hint: 'a bias has one entry an output feature',
        });
      }
      return [{ dtype: a.dtype, shape: [rows, columns] }];
    },
    gradient: 'expand',
    expand: ([a, b, c], { transA, transB, alpha, beta }) => {
      const product = matmul(a, b, { transposeA: transA === 1, transposeB: transB === 1 });
      const scaled = alpha === 1 ? product : multiply(product, alpha);
      return [c === undefined ? scaled : add(scaled, beta === 1 ? c : multiply(c, beta))];
    },
    onnx: { floats: ['alpha', 'beta'] },
  }),
];
