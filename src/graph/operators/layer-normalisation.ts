/**
 * Layer normalisation over the last axes, and its gradient as a composite of few passes over memory.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { broadcastShapes, formatShape, normaliseAxis, sameShape, sizeOf } from '../../base/shape.ts';
import { add, divide, expand, fill, matmul, multiply, power, reshape, subtract, unbroadcast } from '../primitives.ts';
import { defineOperator, emit, emitAll, type Operator, type Tensor } from '../tensor.ts';

type LayerNormAttributes = { axis: number; epsilon: number; stashType: number };

/**
 * y = (x − mean) / √(variance + ε) · scale + shift, mean and biased variance taken over `axis` and all after it
 * (Ba, Kiros and Hinton, "Layer normalization", 2016).
 *
 * @param scale shape of the normalised axes
 * @param axis first normalised axis, default the last
 */
export function layerNormalisation(
  x: Tensor,
  scale: Tensor,
  shift?: Tensor,
  { axis = -1, epsilon = 1e-5 } = {},
): Tensor {
  const first = normaliseAxis(axis, x.shape.length);
  const inputs = shift === undefined ? [x, scale] : [x, scale, shift];
  return emit('LayerNormalization', inputs, { axis: first, epsilon, stashType: 1 });
}

const statisticShape = (x: Tensor, axis: number): number[] =>
  x.shape.map((length, k) => (k < normaliseAxis(axis, x.shape.length) ? length : 1));

export const layerNormalisationOperators: readonly Operator[] = [
  defineOperator<LayerNormAttributes>({
    type: 'LayerNormalization',
    domain: '',
    infer: ([x, scale, shift], { axis }) => {
      const normalised = x.shape.slice(normaliseAxis(axis, x.shape.length));
      for (const [name, tensor] of Object.entries({ scale, shift })) {
        if (tensor === undefined || sameShape(broadcastShapes(tensor.shape, normalised), normalised)) continue;
        throw new SondeError('shape/mismatch', `the ${name} has the shape of the normalised axes`, {
          expected: formatShape(normalised),
          found: formatShape(tensor.shape),
          hint: 'these are the axis given and all behind it',
        });
      }
      const statistic = { dtype: x.dtype, shape: statisticShape(x, axis) };
      return [{ dtype: x.dtype, shape: x.shape }, statistic, statistic];
    },
    gradient: ({
      inputs: [x, scale, shift],
      outputs,
      attributes: { axis },
      gradients: [dy, dMean, dInverse],
      wanted,
    }) => {
      const [, mean, inverse] = outputs;
      const normalised = x.shape.slice(normaliseAxis(axis, x.shape.length));
      const count = sizeOf(normalised);
      let dx: Tensor | undefined;
      let dScale: Tensor | undefined;
      let dShift: Tensor | undefined;
      if (dy !== undefined) {
        [dx, dScale, dShift] = emitAll('LayerNormGradient', [x, expand(scale, normalised), mean, inverse, dy], {
          axis,
        });
      }
      // The mean moves with every entry alike; d inverse / dx = −inverse³ (x − mean) / n.
      const plus = (part: Tensor) => (dx === undefined ? expand(part, x.shape) : add(dx, part));
      if (dMean !== undefined) dx = plus(divide(dMean, count));
      if (dInverse !== undefined) {
        const factor = multiply(multiply(dInverse, power(inverse, 3)), -1 / count);
        dx = plus(multiply(subtract(x, mean), factor));
      }
      return [
        dx,
        dScale === undefined || !wanted[1] ? undefined : unbroadcast(dScale, scale.shape),
        dShift === undefined || shift === undefined ? undefined : unbroadcast(dShift, shift.shape),
      ];
    },
    onnx: { floats: ['epsilon'] },
  }),
  defineOperator<{ axis: number }>({
    type: 'LayerNormGradient',
    domain: 'sonde',
    infer: ([x, scale]) => [
      { dtype: x.dtype, shape: x.shape },
      { dtype: x.dtype, shape: scale.shape },
      { dtype: x.dtype, shape: scale.shape },
    ],
    gradient: 'expand',
    // With c = x − mean and r = 1/σ: dγ = Σ r dy c, dβ = Σ dy, dx = r (γ dy − c r² ⟨dy c, γ⟩/n − ⟨dy, γ⟩/n).
    // Sums over rows and columns are products with a vector, which only read.
    expand: ([x, scale, mean, inverse, dy]) => {
      const columns = sizeOf(scale.shape);
      const rows = sizeOf(x.shape) / columns;
      const table = (tensor: Tensor) => reshape(tensor, [rows, columns]);
      const perRow = (tensor: Tensor) => reshape(tensor, [rows, 1]);
      const r = perRow(inverse);
      const slope = table(dy);
      const centred = subtract(table(x), perRow(mean));
      const weighted = multiply(slope, centred);
      const gain = reshape(scale, [columns, 1]);
      const along = divide(multiply(matmul(weighted, gain), multiply(r, r)), columns);
      const level = divide(matmul(slope, gain), columns);
      const inner = subtract(multiply(slope, reshape(scale, [1, columns])), multiply(centred, along));
      const dx = multiply(subtract(inner, level), r);
      const dScale = matmul(reshape(inverse, [1, rows]), weighted);
      const dShift = matmul(fill([1, rows], 1), slope);
      return [reshape(dx, x.shape), reshape(dScale, scale.shape), reshape(dShift, scale.shape)];
    },
  }),
];
