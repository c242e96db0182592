/**
 * Rearrangements: cutting into parts (see `layout.ts`), repeating, mirrored borders, channels to space and back, triangles of matrices.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import { concat, expand, flip, reduceSum, reshape, scalar, slice, transpose } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

/** Repeats the whole tensor along every axis. */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  return emit('Tile', [x], { repeats });
}

/**
 * Lengthens by the nearest entry (`edge`), by the mirror image without the outermost entry (`reflect`), or by what lies at
 * the other end (`wrap`).
 */
export function padBorder(
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  mode: 'edge' | 'reflect' | 'wrap',
): Tensor {
  let result = x;
  x.shape.forEach((length, axis) => {
    const [low, high] = [before[axis], after[axis]];
    if (low === 0 && high === 0) return;
    const most = { edge: Number.POSITIVE_INFINITY, reflect: length - 1, wrap: length }[mode];
    if (low < 0 || high < 0 || Math.max(low, high) > most) {
      throw new SondeError('shape/mismatch', `an axis of length ${length} cannot be lengthened by ${low} and ${high}`, {
        hint: 'a mirror image is shorter than what it mirrors',
      });
    }
    const source = result;
    const repeated = (position: number, count: number) =>
      expand(
        slice(source, axis, position, position + 1),
        source.shape.map((n, k) => (k === axis ? count : n)),
      );
    const border = {
      edge: [() => repeated(0, low), () => repeated(length - 1, high)],
      reflect: [
        () => flip(slice(source, axis, 1, low + 1), [axis]),
        () => flip(slice(source, axis, length - 1 - high, length - 1), [axis]),
      ],
      wrap: [() => slice(source, axis, length - low, length), () => slice(source, axis, 0, high)],
    }[mode];
    const parts = [source];
    if (low > 0) parts.unshift(border[0]());
    if (high > 0) parts.push(border[1]());
    result = concat(parts, axis);
  });
  return result;
}

/** `[N, C·r·r, H, W]` to `[N, C, H·r, W·r]`; `DCR` takes the block's place from the outer channels, `CRD` from the inner. */
export function depthToSpace(x: Tensor, blocksize: number, mode: 'DCR' | 'CRD' = 'DCR'): Tensor {
  return emit('DepthToSpace', [x], { blocksize, mode });
}

/** `[N, C, H·r, W·r]` to `[N, r·r·C, H, W]`. */
export function spaceToDepth(x: Tensor, blocksize: number): Tensor {
  return emit('SpaceToDepth', [x], { blocksize });
}

/**
 * `[N, C·rᵈ, …]` to `[N, C, …·r]` in 1, 2 or 3 dimensions: sub-pixel convolution's last step (Shi et al., CVPR 2016);
 * the place within a block comes from the inner channels, as in PyTorch.
 */
export function pixelShuffle(x: Tensor, factor: number): Tensor {
  const [batch, channels, ...spatial] = x.shape;
  const rank = spatial.length;
  const block = new Array<number>(rank).fill(factor);
  checkDivides(channels, factor ** rank, 'channel count');
  const outer = channels / factor ** rank;
  const order = spatial.flatMap((_, i) => [2 + rank + i, 2 + i]);
  const woven = transpose(reshape(x, [batch, outer, ...block, ...spatial]), [0, 1, ...order]);
  return reshape(woven, [batch, outer, ...spatial.map((length) => length * factor)]);
}

/** `[N, C, …·r]` to `[N, C·rᵈ, …]` in 1, 2 or 3 dimensions: `pixelShuffle` backwards. */
export function pixelUnshuffle(x: Tensor, factor: number): Tensor {
  const [batch, channels, ...spatial] = x.shape;
  const rank = spatial.length;
  for (const length of spatial) checkDivides(length, factor, 'length');
  const cut = reshape(x, [batch, channels, ...spatial.flatMap((length) => [length / factor, factor])]);
  const order = [...spatial.map((_, i) => 3 + 2 * i), ...spatial.map((_, i) => 2 + 2 * i)];
  const inner = spatial.map((length) => length / factor);
  return reshape(transpose(cut, [0, 1, ...order]), [batch, channels * factor ** rank, ...inner]);
}

/** Keeps the upper or lower triangle of the last two axes, from the `diagonal`-th above the main one; zeros elsewhere. */
export function triangle(x: Tensor, part: 'upper' | 'lower', diagonal = 0): Tensor {
  return emit('Trilu', [x], { upper: part === 'upper' ? 1 : 0, k: diagonal });
}

type BlockAttributes = { blocksize: number; mode: string };

function checkDivides(whole: number, part: number, what: string): void {
  if (whole % part !== 0)
    throw new SondeError('shape/mismatch', `${what} ${whole} does not divide by ${part}`, {
      hint: 'pad or cut it to a multiple',
    });
}

export const rearrangementOperators: readonly Operator[] = [
  defineOperator<{ axis: number; lengths: readonly number[] }>({
    type: 'Split',
    domain: '',
    infer: ([x], { axis, lengths }) => {
      const total = lengths.reduce((sum, length) => sum + length, 0);
      if (total !== x.shape[axis]) {
        throw new SondeError('shape/mismatch', `parts of ${formatShape(lengths)} do not make up axis ${axis}`, {
          expected: `${x.shape[axis]} in all`,
          found: `${total}`,
          hint: 'the lengths of the parts add up to the axis',
        });
      }
      return lengths.map((length) => ({ dtype: x.dtype, shape: x.shape.map((n, k) => (k === axis ? length : n)) }));
    },
    gradient: ({ outputs, attributes: { axis }, gradients }) => [
      concat(
        outputs.map(({ dtype, shape }, i) => gradients[i] ?? expand(scalar(0, dtype), shape)),
        axis,
      ),
    ],
    onnx: { inputAttributes: { 1: { attribute: 'lengths', dtype: 'int64' } } },
  }),
  defineOperator<{ repeats: readonly number[] }>({
    type: 'Tile',
    domain: '',
    infer: ([x], { repeats }) => {
      if (repeats.length !== x.shape.length)
        throw new SondeError('shape/mismatch', 'every axis needs one repeat count', {
          hint: '1 leaves an axis as it is',
        });
      return [{ dtype: x.dtype, shape: x.shape.map((length, axis) => length * repeats[axis]) }];
    },
    gradient: ({ inputs: [x], attributes: { repeats }, gradients: [dy] }) => {
      const pairs = x.shape.flatMap((length, axis) => [repeats[axis], length]);
      const axes = repeats.flatMap((count, axis) => (count === 1 ? [] : [2 * axis]));
      return [reshape(reduceSum(reshape(dy!, pairs), { axes }), x.shape)];
    },
    onnx: { inputAttributes: { 1: { attribute: 'repeats', dtype: 'int64' } } },
  }),
  defineOperator<BlockAttributes>({
    type: 'DepthToSpace',
    domain: '',
    infer: ([x], { blocksize: r }) => {
      const [batch, channels, height, width] = x.shape;
      checkDivides(channels, r * r, 'channel count');
      return [{ dtype: x.dtype, shape: [batch, channels / (r * r), height * r, width * r] }];
    },
    gradient: 'expand',
    expand: ([x], { blocksize: r, mode }) => {
      const [batch, channels, height, width] = x.shape;
      if (mode === 'CRD') return [pixelShuffle(x, r)];
      const inner = channels / (r * r);
      const woven = transpose(reshape(x, [batch, r, r, inner, height, width]), [0, 3, 4, 1, 5, 2]);
      return [reshape(woven, [batch, inner, height * r, width * r])];
    },
  }),
  defineOperator<{ blocksize: number }>({
    type: 'SpaceToDepth',
    domain: '',
    infer: ([x], { blocksize: r }) => {
      const [batch, channels, height, width] = x.shape;
      checkDivides(height, r, 'height');
      checkDivides(width, r, 'width');
      return [{ dtype: x.dtype, shape: [batch, channels * r * r, height / r, width / r] }];
    },
    gradient: 'expand',
    expand: ([x], { blocksize: r }) => {
      const [batch, channels, height, width] = x.shape;
      const cut = reshape(x, [batch, channels, height / r, r, width / r, r]);
      return [reshape(transpose(cut, [0, 3, 5, 1, 2, 4]), [batch, channels * r * r, height / r, width / r])];
    },
  }),
  defineOperator<{ upper: number; k: number }>({
    type: 'Trilu',
    domain: '',
    infer: ([x]) => {
      if (x.shape.length < 2)
        throw new SondeError('shape/mismatch', 'a triangle needs a matrix', {
          hint: 'the last two axes are rows and columns',
        });
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: ({ attributes, gradients: [dy] }) => [emit('Trilu', [dy], attributes)],
    onnx: { inputAttributes: { 1: { attribute: 'k', dtype: 'int64' } } },
  }),
];
