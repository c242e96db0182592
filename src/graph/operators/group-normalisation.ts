/**
 * Normalisation of a sample within groups of channels, instance normalisation (a group a channel), and the evaluation
 * form of batch normalisation.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sameShape, sizeOf } from '../../base/shape.ts';
import {
  add,
  divide,
  expand,
  multiply,
  power,
  reciprocal,
  reduceMean,
  reduceSum,
  reduceSumSquare,
  reshape,
  sqrt,
  subtract,
} from '../primitives.ts';
import { defineOperator, emit, emitAll, type Operator, type Tensor } from '../tensor.ts';

type GroupAttributes = { numGroups: number; epsilon: number };

/**
 * y = (x − mean) / √(variance + ε) · scale + shift, statistics over each sample's group of channels (Wu and He, "Group
 * normalization", ECCV 2018). `x` is `[N, C, …]`, scale and shift `[C]`.
 */
export function groupNormalisation(x: Tensor, scale: Tensor, shift: Tensor, groups: number, epsilon = 1e-5): Tensor {
  return emit('GroupNormalization', [x, scale, shift], { numGroups: groups, epsilon });
}

/** Group normalisation with every channel a group (Ulyanov, Vedaldi and Lempitsky, 2016). */
export function instanceNormalisation(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-5): Tensor {
  return emit('InstanceNormalization', [x, scale, shift], { epsilon });
}

function checkParameters(x: Tensor, parameters: readonly Tensor[]): void {
  if (parameters.every(({ shape }) => sameShape(shape, [x.shape[1]]))) return;
  throw new SondeError('shape/mismatch', 'scale, shift and statistics have one entry a channel', {
    expected: formatShape([x.shape[1]]),
    hint: 'they are vectors of the length of the second axis',
  });
}

/** Per sample, group, channel of the group, position. */
const grouped = (x: Tensor, groups: number): Tensor =>
  reshape(x, [x.shape[0], groups, x.shape[1] / groups, sizeOf(x.shape.slice(2))]);

/** One entry a channel, beside what `grouped` gives. */
const perChannel = (value: Tensor, groups: number): Tensor => reshape(value, [1, groups, value.shape[0] / groups, 1]);

/** One entry a sample and group, beside what `grouped` gives. */
const perGroup = (value: Tensor): Tensor => reshape(value, [...value.shape, 1, 1]);

export const groupNormalisationOperators: readonly Operator[] = [
  defineOperator<GroupAttributes>({
    type: 'GroupNormalization',
    domain: 'sonde',
    infer: ([x, scale, shift], { numGroups }) => {
      checkParameters(x, [scale, shift]);
      if (x.shape[1] % numGroups !== 0) {
        throw new SondeError('shape/mismatch', `${x.shape[1]} channels do not divide into ${numGroups} groups`, {
          hint: 'choose a number of groups that divides the channels',
        });
      }
      const statistic = { dtype: x.dtype, shape: [x.shape[0], numGroups] };
      return [{ dtype: x.dtype, shape: x.shape }, statistic, statistic];
    },
    gradient: ({ inputs: [x, scale], outputs, attributes, gradients: [dy, dMean, dInverse] }) => {
      const [, mean, inverse] = outputs;
      const inputs = [x, scale, mean, inverse];
      const results =
        dy === undefined
          ? [undefined, undefined, undefined]
          : emitAll('GroupNormGradient', [...inputs, dy], attributes);
      const rest = throughStatistics(x, mean, inverse, dMean, dInverse);
      const [dx, dScale, dShift] = results;
      return [dx === undefined ? rest : rest === undefined ? dx : add(dx, rest), dScale, dShift];
    },
    expand: ([x, scale, shift], { numGroups, epsilon }) => {
      const view = grouped(x, numGroups);
      const statistic = [x.shape[0], numGroups];
      const count = sizeOf(view.shape.slice(2));
      const mean = reduceMean(view, { axes: [2, 3], keep: true });
      const centred = subtract(view, mean);
      const variance = divide(reduceSumSquare(centred, { axes: [2, 3], keep: true }), count);
      const inverse = reciprocal(sqrt(add(variance, epsilon)));
      const gain = multiply(inverse, perChannel(scale, numGroups));
      const y = add(multiply(centred, gain), perChannel(shift, numGroups));
      return [reshape(y, x.shape), reshape(mean, statistic), reshape(inverse, statistic)];
    },
  }),
  defineOperator<GroupAttributes>({
    type: 'GroupNormGradient',
    domain: 'sonde',
    infer: ([x, scale]) => {
      const parameter = { dtype: x.dtype, shape: scale.shape };
      return [{ dtype: x.dtype, shape: x.shape }, parameter, parameter];
    },
    gradient: 'expand',
    // With c = x − mean, r = 1/σ and sums over a channel's positions: dβ = Σ dy, dγ = Σ r dy c,
    // dx = r (γ dy − c r² ⟨γ, Σ dy c⟩/n − ⟨γ, Σ dy⟩/n)
    expand: ([x, scale, mean, inverse, dy], { numGroups }) => {
      const view = grouped(x, numGroups);
      const slope = grouped(dy, numGroups);
      const count = sizeOf(view.shape.slice(2));
      const r = perGroup(inverse);
      const gain = perChannel(scale, numGroups);
      const centred = subtract(view, perGroup(mean));
      const level = reduceSum(slope, { axes: [3], keep: true });
      const along = reduceSum(multiply(slope, centred), { axes: [3], keep: true });
      const inGroup = (sums: Tensor) => divide(reduceSum(multiply(sums, gain), { axes: [2], keep: true }), count);
      const steep = multiply(inGroup(along), power(r, 3));
      const inner = subtract(multiply(slope, multiply(gain, r)), multiply(centred, steep));
      const dx = subtract(inner, multiply(inGroup(level), r));
      const overSamples = (sums: Tensor) => reshape(reduceSum(sums, { axes: [0] }), scale.shape);
      return [reshape(dx, x.shape), overSamples(multiply(along, r)), overSamples(level)];
    },
  }),
  defineOperator<{ epsilon: number }>({
    type: 'InstanceNormalization',
    domain: '',
    infer: ([x, scale, shift]) => {
      checkParameters(x, [scale, shift]);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: ({ inputs: [x, scale, shift], attributes: { epsilon }, gradients: [dy] }) => {
      const attributes = { numGroups: x.shape[1], epsilon };
      const [, mean, inverse] = emitAll('GroupNormalization', [x, scale, shift], attributes);
      return emitAll('GroupNormGradient', [x, scale, mean, inverse, dy], attributes);
    },
    onnx: { floats: ['epsilon'] },
  }),
  defineOperator<{ epsilon: number }>({
    type: 'BatchNormalization',
    domain: '',
    infer: ([x, ...parameters]) => {
      checkParameters(x, parameters);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: 'expand',
    expand: ([x, scale, shift, mean, variance], { epsilon }) => {
      const channel = (value: Tensor) => reshape(value, [value.shape[0], ...x.shape.slice(2).map(() => 1)]);
      const gain = multiply(scale, reciprocal(sqrt(add(variance, epsilon))));
      return [add(multiply(x, channel(gain)), channel(subtract(shift, multiply(mean, gain))))];
    },
    onnx: { floats: ['epsilon'] },
  }),
];

/** What reaches x through the statistics themselves, when the loss reads them. */
function throughStatistics(
  x: Tensor,
  mean: Tensor,
  inverse: Tensor,
  dMean: Tensor | undefined,
  dInverse: Tensor | undefined,
): Tensor | undefined {
  const view = grouped(x, mean.shape[1]);
  const count = sizeOf(view.shape.slice(2));
  const parts: Tensor[] = [];
  if (dMean !== undefined) parts.push(expand(perGroup(divide(dMean, count)), view.shape));
  if (dInverse !== undefined) {
    const factor = multiply(multiply(dInverse, power(inverse, 3)), -1 / count);
    parts.push(multiply(subtract(view, perGroup(mean)), perGroup(factor)));
  }
  return parts.length === 0
    ? undefined
    : reshape(
        parts.reduce((a, b) => add(a, b)),
        x.shape,
      );
}
