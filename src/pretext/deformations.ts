/**
 * The four deformations of Models Genesis (Zhou et al., MICCAI 2019, released `utils.py`), on volumes `[D, H, W, C]` with
 * values 0 to 1. All channels of a voxel are treated alike. Nothing is changed in place.
 * @module
 */
import type { Random } from '../base/random.ts';
import type { Pixels } from '../data/transform/pixels.ts';

type Volume = Pixels<Float32Array>;

/** A box of voxels. */
export interface VoxelBox {
  readonly corner: readonly [slice: number, row: number, column: number];
  readonly size: readonly [slices: number, rows: number, columns: number];
}

/** Voxels between a painted or kept box and the border. */
const margin = 3;

/** Points of a Bézier curve from (0, 0) to (1, 1): where it is inverted, brightness falls as the input grows. */
export interface IntensityCurve {
  readonly controls: readonly [x1: number, y1: number, x2: number, y2: number];
  readonly inverted: boolean;
}

export function drawCurve(random: Random): IntensityCurve {
  const controls = [random.uniform(), random.uniform(), random.uniform(), random.uniform()] as const;
  return { controls, inverted: random.bernoulli() };
}

const curvePoints = 1000;

/** Maps every intensity by a cubic Bézier curve whose points are sorted, as released. */
export function mapIntensities({ data, shape }: Volume, { controls, inverted }: IntensityCurve): Volume {
  const [x1, y1, x2, y2] = controls;
  const along = (a: number, b: number) =>
    Float64Array.from({ length: curvePoints }, (_, i) => {
      const t = i / (curvePoints - 1);
      return 3 * a * t * (1 - t) ** 2 + 3 * b * t * t * (1 - t) + t ** 3;
    });
  const from = along(x1, x2).sort();
  const to = inverted ? along(y1, y2).reverse() : along(y1, y2).sort();
  return { data: data.map((value) => interpolated(value, from, to)), shape };
}

function interpolated(value: number, from: Float64Array, to: Float64Array): number {
  let [low, high] = [0, from.length - 1];
  if (value <= from[low]) return to[low];
  if (value >= from[high]) return to[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= value) low = middle;
    else high = middle;
  }
  const share = (value - from[low]) / (from[high] - from[low]);
  return to[low] + share * (to[high] - to[low]);
}

/**
 * Shuffles the voxels inside `windows` boxes of up to a tenth of every side. Each box reads from the volume as it was, so
 * that a later box does not shuffle what an earlier one moved.
 */
export function shuffleLocally({ data, shape }: Volume, windows: number, random: Random): Volume {
  const channels = shape[3];
  const out = data.slice();
  for (let window = 0; window < windows; window++) {
    const sides = [shape[0], shape[1], shape[2]];
    const size = sides.map((side) => 1 + random.integer(Math.max(1, Math.floor(side / 10)))) as [
      number,
      number,
      number,
    ];
    const corner = size.map((length, axis) => random.integer(sides[axis] - length + 1)) as [number, number, number];
    const places = voxelsOf({ corner, size }, shape);
    const order = random.permutation(places.length);
    places.forEach((to, i) => {
      const from = places[order[i]];
      for (let c = 0; c < channels; c++) out[to * channels + c] = data[from * channels + c];
    });
  }
  return { data: out, shape };
}

/** Up to five boxes, each but the first with probability 0.95 after the one before. */
export function drawKeptBoxes(shape: Volume['shape'], random: Random): VoxelBox[] {
  const boxes = [keptBox(shape, random)];
  while (boxes.length < 5 && random.bernoulli(0.95)) boxes.push(keptBox(shape, random));
  return boxes;
}

function keptBox(shape: Volume['shape'], random: Random): VoxelBox {
  return boxWithin(
    shape,
    random,
    (side) => side - between(random, Math.floor((3 * side) / 7), Math.floor((4 * side) / 7)),
  );
}

/** Up to five boxes, each with probability 0.95 after the one before; seldom none. */
export function drawPaintedBoxes(shape: Volume['shape'], random: Random): VoxelBox[] {
  const boxes: VoxelBox[] = [];
  while (boxes.length < 5 && random.bernoulli(0.95)) {
    boxes.push(boxWithin(shape, random, (side) => between(random, Math.floor(side / 6), Math.floor(side / 3))));
  }
  return boxes;
}

function boxWithin(shape: Volume['shape'], random: Random, length: (side: number) => number): VoxelBox {
  const sides = [shape[0], shape[1], shape[2]];
  const size = sides.map(length) as [number, number, number];
  const corner = sides.map((side, axis) => between(random, margin, side - size[axis] - margin));
  return { corner: corner as [number, number, number], size };
}

const between = (random: Random, low: number, high: number): number => low + random.integer(high - low + 1);

/** Everything outside the boxes becomes noise from 0 to 1. */
export function paintOutside(volume: Volume, boxes: readonly VoxelBox[], random: Random): Volume {
  const noise = random.fillUniform(new Float32Array(volume.data.length));
  return composed(noise, volume.data, boxes, volume.shape);
}

/** Everything inside the boxes becomes noise from 0 to 1. */
export function paintInside(volume: Volume, boxes: readonly VoxelBox[], random: Random): Volume {
  const noise = random.fillUniform(new Float32Array(volume.data.length));
  return composed(volume.data, noise, boxes, volume.shape);
}

function composed(outside: Float32Array, inside: Float32Array, boxes: readonly VoxelBox[], shape: Volume['shape']) {
  const data = outside.slice();
  const channels = shape[3];
  for (const box of boxes) {
    for (const place of voxelsOf(box, shape)) {
      for (let c = 0; c < channels; c++) data[place * channels + c] = inside[place * channels + c];
    }
  }
  return { data, shape };
}

/** Positions of a box's voxels in row-major order. */
function voxelsOf({ corner, size }: VoxelBox, shape: Volume['shape']): number[] {
  const places: number[] = [];
  for (let z = corner[0]; z < corner[0] + size[0]; z++) {
    for (let y = corner[1]; y < corner[1] + size[1]; y++) {
      for (let x = corner[2]; x < corner[2] + size[2]; x++) places.push((z * shape[1] + y) * shape[2] + x);
    }
  }
  return places;
}
