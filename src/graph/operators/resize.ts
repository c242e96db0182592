/**
 * Resampling of maps to another size. Along each axis it is a product with a fixed matrix, so its gradient is a product
 * with the matrix transposed; where every entry is merely repeated, a sum.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { float32, int64 } from '../../tensor/host-array.ts';
import { literal, matmul, reduceSum, reshape } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

export type ResizeAttributes = {
  sizes: readonly number[];
  /** Output length over input length of every axis, as coordinates use it. */
  scales: readonly number[];
  mode: 'nearest' | 'linear' | 'cubic';
  coordinateTransformationMode: string;
  nearestMode: string;
  cubicCoeffA: number;
  excludeOutside: number;
  /** Widens the kernel where the map shrinks, so that every entry counts; since operator set 18. */
  antialias?: number;
};

export interface ResizeOptions {
  /** Output length of every spatial axis (`[N, C, …spatial]`), or one factor for all, or one each. */
  readonly size?: readonly number[];
  readonly factor?: number | readonly number[];
  readonly mode?: ResizeAttributes['mode'];
  /** Whether the outermost entries keep their places (default: pixels keep their areas). */
  readonly alignCorners?: boolean;
}

/** Resamples the spatial axes of `[N, C, …]` as PyTorch's `interpolate` does (cubic with its −0.75). */
export function resize(x: Tensor, { size, factor, mode = 'nearest', alignCorners = false }: ResizeOptions): Tensor {
  const spatial = x.shape.slice(2);
  const factors = typeof factor === 'number' ? spatial.map(() => factor) : factor;
  const lengths = size ?? factors?.map((value, i) => Math.floor(value * spatial[i]));
  if (lengths === undefined)
    throw new SondeError('usage', 'give a size or a factor to resize to', {
      hint: 'resize(x, { factor: 2 }) doubles every spatial axis',
    });
  const scales = size === undefined ? factors! : lengths.map((length, i) => length / spatial[i]);
  const nearest = { coordinateTransformationMode: 'asymmetric', nearestMode: 'floor' };
  const smooth = {
    coordinateTransformationMode: alignCorners ? 'align_corners' : 'half_pixel',
    nearestMode: 'round_prefer_floor',
  };
  return resizeOnnx(x, {
    sizes: [...x.shape.slice(0, 2), ...lengths],
    scales: [1, 1, ...scales],
    mode,
    cubicCoeffA: -0.75,
    excludeOutside: 0,
    ...(mode === 'nearest' ? nearest : smooth),
  });
}

/** ONNX's Resize with all of its attributes but those of cropping. What operator set 17 lacks is written as products. */
export function resizeOnnx(x: Tensor, attributes: ResizeAttributes): Tensor {
  const { sizes, scales } = attributes;
  const near = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * b;
  const floored = sizes.every((length, axis) => Math.floor(scales[axis] * x.shape[axis] + 1e-6) === length);
  const stretched = sizes.every((length, axis) => near(scales[axis], length / x.shape[axis]));
  const symmetric = attributes.coordinateTransformationMode === 'half_pixel_symmetric';
  if (attributes.antialias || symmetric || !(floored || stretched)) {
    return resample(x, x.shape, attributes, false);
  }
  // A runtime multiplies lengths and scales in single precision and drops what is behind the point.
  const safe = scales.map(
    (scale, axis) => scale * (Math.floor(Math.fround(scale) * x.shape[axis]) < sizes[axis] ? 1 + 3e-7 : 1),
  );
  const inputs = stretched
    ? [x, undefined, undefined, literal(int64([sizes.length], sizes))]
    : [x, undefined, literal(float32([safe.length], safe))];
  return emit('Resize', inputs, attributes);
}

/** Which input entries an output entry mixes, and how much of each. */
type Mixture = readonly (readonly [position: number, share: number])[];

/** Where an output entry lies among the input's. */
function coordinate(out: number, length: number, count: number, scale: number, transformation: string): number {
  switch (transformation) {
    case 'half_pixel':
      return (out + 0.5) / scale - 0.5;
    case 'pytorch_half_pixel':
      return count > 1 ? (out + 0.5) / scale - 0.5 : 0;
    case 'align_corners':
      return count > 1 ? (out * (length - 1)) / (count - 1) : 0;
    case 'asymmetric':
      return out / scale;
    case 'half_pixel_symmetric': {
      // Where the scale does not divide evenly, what is left over is shared between both ends.
      const adjustment = count / (scale * length);
      return (length / 2) * (1 - adjustment) + (out + 0.5) / scale - 0.5;
    }
    case 'tf_half_pixel_for_nn':
      return (out + 0.5) / scale;
    default:
      throw new SondeError('graph/unsupported', `coordinates of the kind ${transformation} are not supported`, {
        hint: 'export the model with half_pixel, align_corners or asymmetric coordinates',
      });
  }
}

const nearestOf: Record<string, (at: number) => number> = {
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

function mixture(at: number, length: number, scale: number, attributes: ResizeAttributes): Mixture {
  const inside = (position: number) => Math.min(Math.max(position, 0), length - 1);
  if (attributes.mode === 'nearest') return [[inside(nearestOf[attributes.nearestMode](at)), 1]];
  if (attributes.antialias && scale < 1) return widened(at, length, scale, attributes);
  if (attributes.mode === 'linear') {
    const held = inside(at);
    const low = Math.floor(held);
    return [
      [low, 1 - (held - low)],
      [inside(low + 1), held - low],
    ];
  }
  const low = Math.floor(at);
  const taps = [-1, 0, 1, 2].map((k) => [low + k, cubicShare(Math.abs(at - low - k), attributes.cubicCoeffA)] as const);
  if (!attributes.excludeOutside) return taps.map(([position, share]) => [inside(position), share]);
  const within = taps.filter(([position]) => position === inside(position));
  const total = within.reduce((sum, [, share]) => sum + share, 0);
  return within.map(([position, share]) => [position, share / total]);
}

/** The kernel stretched over as many input entries as an output entry stands for. */
function widened(at: number, length: number, scale: number, attributes: ResizeAttributes): Mixture {
  const { mode, cubicCoeffA, excludeOutside } = attributes;
  const reach = (mode === 'linear' ? 1 : 2) / scale;
  const inside = (position: number) => Math.min(Math.max(position, 0), length - 1);
  const [first, last] = [Math.floor(at - reach) + 1, Math.ceil(at + reach)];
  const all = Array.from({ length: last - first }, (_, k): [number, number] => {
    const distance = Math.abs(first + k - at) * scale;
    return [first + k, mode === 'linear' ? Math.max(0, 1 - distance) : cubicShare(distance, cubicCoeffA)];
  });
  const taps = excludeOutside ? all.filter(([position]) => position === inside(position)) : all;
  const total = taps.reduce((sum, [, share]) => sum + share, 0);
  return taps.map(([position, share]) => [inside(position), share / total]);
}

/** Keys' cubic convolution kernel. */
function cubicShare(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0;
}

function mixtures(length: number, axis: number, attributes: ResizeAttributes): Mixture[] {
  const { sizes, scales, coordinateTransformationMode } = attributes;
  return Array.from({ length: sizes[axis] }, (_, out) =>
    mixture(
      coordinate(out, length, sizes[axis], scales[axis], coordinateTransformationMode),
      length,
      scales[axis],
      attributes,
    ),
  );
}

/** Whether output entry i is input entry ⌊i / times⌋. */
function repeats(parts: readonly Mixture[], times: number): boolean {
  return parts.every((part, i) => part.length === 1 && part[0][0] === Math.floor(i / times));
}

/** One axis forth or back; `[before, length, after]` and a matrix, or a sum where entries were repeated. */
function along(x: Tensor, axis: number, length: number, parts: readonly Mixture[], back: boolean): Tensor {
  const count = parts.length;
  if (count === length && repeats(parts, 1)) return x;
  const before = sizeOf(x.shape.slice(0, axis));
  const after = sizeOf(x.shape.slice(axis + 1));
  const shape = x.shape.map((n, k) => (k === axis ? (back ? length : count) : n));
  if (back && count % length === 0 && repeats(parts, count / length)) {
    return reshape(reduceSum(reshape(x, [before * length, count / length, after]), { axes: [1] }), shape);
  }
  const matrix = new Float32Array(count * length);
  parts.forEach((part, row) => {
    for (const [position, share] of part) matrix[row * length + position] += share;
  });
  const weights = literal(float32([count, length], matrix));
  const product =
    after === 1
      ? matmul(reshape(x, [before, x.shape[axis]]), weights, { transposeB: !back })
      : matmul(weights, reshape(x, [before, x.shape[axis], after]), { transposeA: back });
  return reshape(product, shape);
}

function resample(x: Tensor, inputShape: readonly number[], attributes: ResizeAttributes, back: boolean): Tensor {
  return inputShape.reduce(
    (map, length, axis) => along(map, axis, length, mixtures(length, axis, attributes), back),
    x,
  );
}

export const resizeOperators: readonly Operator[] = [
  defineOperator<ResizeAttributes>({
    type: 'Resize',
    domain: '',
    infer: ([x], { sizes }) => {
      if (sizes.length !== x.shape.length || !sizes.every((length) => Number.isInteger(length) && length > 0)) {
        throw new SondeError('shape/mismatch', 'every axis needs a length of at least 1', {
          found: sizes.join(', '),
          hint: 'batch and channels count too',
        });
      }
      return [{ dtype: x.dtype, shape: sizes }];
    },
    gradient: ({ inputs: [x], attributes, gradients: [dy] }) => [resample(dy!, x.shape, attributes, true)],
    expand: ([x], attributes) => [resample(x, x.shape, attributes, false)],
    onnx: { omit: ['sizes', 'scales'], floats: ['cubicCoeffA'] },
  }),
];
