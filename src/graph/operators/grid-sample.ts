/**
 * Reading a picture or a volume at given places, between its entries. Gradients go through a composite of gathers, so
 * both the picture and the places have one.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sizeOf } from '../../base/shape.ts';
import {
  abs,
  add,
  cast,
  divide,
  fill,
  greaterOrEqual,
  indices,
  lessOrEqual,
  multiply,
  reshape,
  slice,
  subtract,
  transpose,
} from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

export interface GridSampleOptions {
  readonly mode?: 'linear' | 'nearest' | 'cubic';
  /** What lies outside: zeros, the nearest entry, or the mirror image. */
  readonly outside?: 'zeros' | 'border' | 'reflection';
  /** Whether −1 and 1 mean the middles of the outermost entries (default: their outer edges). */
  readonly alignCorners?: boolean;
}

type GridAttributes = { mode: string; paddingMode: 'zeros' | 'border' | 'reflection'; alignCorners: number };

/**
 * Samples `[N, C, H, W]` at grid `[N, H', W', 2]`, or `[N, C, D, H, W]` at `[N, D', H', W', 3]`; a place is
 * (x, y) or (x, y, z), each from −1 to 1 (Jaderberg et al., "Spatial transformer networks", 2015; PyTorch's rules).
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  const { mode = 'linear', outside = 'zeros', alignCorners = false } = options;
  const planar = x.shape.length === 4;
  const onnxMode = { linear: 'bilinear', nearest: 'nearest', cubic: 'bicubic' }[mode];
  return emit(planar ? 'GridSample' : 'GridSampleVolume', [x, grid], {
    mode: onnxMode,
    paddingMode: outside,
    alignCorners: alignCorners ? 1 : 0,
  });
}

interface Tap {
  /** int64 `[N, P]`, inside the axis. */
  readonly position: Tensor;
  /** `[N, P]` */
  readonly share: Tensor;
}

const floor = (x: Tensor): Tensor => emit('Floor', [x]);
const clip = (x: Tensor, max: number): Tensor => emit('Clip', [x], { min: 0, max });

/** Places on one axis, in entries. */
function placesOn(grid: Tensor, length: number, alignCorners: number): Tensor {
  if (alignCorners) return multiply(add(grid, 1), (length - 1) / 2);
  return subtract(multiply(add(grid, 1), length / 2), 0.5);
}

/** The mirror image within an axis of what lies outside it. */
function mirrored(places: Tensor, length: number, alignCorners: number): Tensor {
  const [low, span] = alignCorners ? [0, length - 1] : [-0.5, length];
  if (span === 0) return multiply(places, 0);
  const distance = abs(subtract(places, low));
  const turns = floor(divide(distance, span));
  const extra = subtract(distance, multiply(turns, span));
  const odd = subtract(turns, multiply(floor(multiply(turns, 0.5)), 2));
  return add(add(extra, low), multiply(odd, subtract(span, multiply(extra, 2))));
}

/** The entries that a place on one axis mixes. */
function tapsOn(grid: Tensor, length: number, { mode, paddingMode, alignCorners }: GridAttributes): Tap[] {
  const places = placesOn(grid, length, alignCorners);
  const tap = (at: Tensor, share: Tensor): Tap => {
    const position = cast(clip(at, length - 1), 'int64');
    if (paddingMode !== 'zeros') return { position, share };
    const inside = multiply(cast(greaterOrEqual(at, 0), 'float32'), cast(lessOrEqual(at, length - 1), 'float32'));
    return { position, share: multiply(share, inside) };
  };
  const mirror = (at: Tensor) => (paddingMode === 'reflection' ? mirrored(at, length, alignCorners) : at);
  if (mode === 'bicubic') {
    // Not the place is brought inside but each of its four taps.
    const low = floor(places);
    return cubicShares(subtract(places, low)).map((share, k) => tap(mirror(add(low, k - 1)), share));
  }
  const held = paddingMode === 'zeros' ? places : clip(mirror(places), length - 1);
  if (mode === 'nearest') return [tap(emit('Round', [held]), fill(held.shape, 1))];
  const low = floor(held);
  const beyond = subtract(held, low);
  return [tap(low, subtract(1, beyond)), tap(add(low, 1), beyond)];
}

/** Keys' kernel with −0.75 at distances 1 + t, t, 1 − t, 2 − t. */
function cubicShares(t: Tensor): Tensor[] {
  const a = -0.75;
  const near = (d: Tensor) => add(multiply(multiply(subtract(multiply(d, a + 2), a + 3), d), d), 1);
  const far = (d: Tensor) => subtract(multiply(add(multiply(subtract(multiply(d, a), 5 * a), d), 8 * a), d), 4 * a);
  const rest = subtract(1, t);
  return [far(add(t, 1)), near(t), near(rest), far(add(rest, 1))];
}

function sampled(x: Tensor, grid: Tensor, attributes: GridAttributes): Tensor {
  const [batch, channels, ...spatial] = x.shape;
  const rank = spatial.length;
  const out = grid.shape.slice(1, -1);
  const points = sizeOf(out);
  const perAxis = spatial.map((length, axis) => {
    const place = slice(grid, rank + 1, rank - 1 - axis, rank - axis);
    return tapsOn(reshape(place, [batch, points]), length, attributes);
  });
  const last = transpose(reshape(x, [batch, channels, sizeOf(spatial)]), [0, 2, 1]);
  let total: Tensor | undefined;
  for (const { position, share } of combined(perAxis, spatial)) {
    const entries = emit('GatherND', [last, reshape(position, [batch, points, 1])], { batchDims: 1 });
    const part = multiply(entries, reshape(share, [batch, points, 1]));
    total = total === undefined ? part : add(total, part);
  }
  return reshape(transpose(total!, [0, 2, 1]), [batch, channels, ...out]);
}

/** Every choice of one tap an axis: its flat position and the product of shares. */
function combined(perAxis: readonly Tap[][], spatial: readonly number[]): Tap[] {
  return perAxis.reduce((taps, next, axis) =>
    taps.flatMap(({ position, share }) =>
      next.map((tap) => ({
        position: add(multiply(position, indices([spatial[axis]])), tap.position),
        share: multiply(share, tap.share),
      })),
    ),
  );
}

function inferGrid([x, grid]: readonly Tensor[], rank: number) {
  const [batch, channels] = x.shape;
  const fits = x.shape.length === rank + 2 && grid.shape.length === rank + 2;
  if (!fits || grid.shape[0] !== batch || grid.shape[rank + 1] !== rank) {
    throw new SondeError(
      'shape/mismatch',
      `a grid for ${formatShape(x.shape)} ends in an axis of ${rank} coordinates`,
      {
        found: formatShape(grid.shape),
        hint: "a place is (x, y) on pictures [N, C, H, W] and (x, y, z) in volumes, on the grid's last axis",
      },
    );
  }
  return [{ dtype: x.dtype, shape: [batch, channels, ...grid.shape.slice(1, -1)] }];
}

export const gridSampleOperators: readonly Operator[] = [
  defineOperator<GridAttributes>({
    type: 'GridSample',
    domain: '',
    infer: (inputs) => inferGrid(inputs, 2),
    gradient: 'expand',
    expand: ([x, grid], attributes) => [sampled(x, grid, attributes)],
  }),
  defineOperator<GridAttributes>({
    type: 'GridSampleVolume',
    domain: 'sonde',
    infer: (inputs, { mode }) => {
      if (mode === 'bicubic')
        throw new SondeError('graph/unsupported', 'volumes are sampled linearly or at the nearest entry', {
          hint: "set mode to 'linear' or 'nearest'",
        });
      return inferGrid(inputs, 3);
    },
    gradient: 'expand',
    expand: ([x, grid], attributes) => [sampled(x, grid, attributes)],
  }),
];
