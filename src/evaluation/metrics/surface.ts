/**
 * How far apart the surfaces of two masks are: 95th percentile of distances (HD95), and the share of both surfaces that
 * lies within a tolerance of the other (surface Dice: Nikolov et al., 2018). A surface is the places of a mask with a
 * neighbour, along an axis, outside it; the edge of the grid is outside, as in MedPy.
 * @module
 */
import { quantileOfSorted } from '../../statistics/descriptive.ts';
import { distanceMap } from './distance-map.ts';

export interface SurfaceOptions {
  readonly shape: readonly [number, number, number];
  /** Distance between neighbours along each axis of the grid. */
  readonly spacing: readonly [number, number, number];
  /** Distance within which surfaces count as one, in the unit of the spacing. */
  readonly tolerance: number;
}

export interface SurfaceDistance {
  /** NaN where both masks are empty, the diagonal of the grid where one is. */
  readonly hd95: number;
  /** NaN where both masks are empty, 0 where one is. */
  readonly surfaceDice: number;
}

/** Of the places that hold `code` in two arrays of class numbers. */
export function surfaceDistance(
  truth: ArrayLike<number>,
  answer: ArrayLike<number>,
  code: number,
  options: SurfaceOptions,
): SurfaceDistance {
  const { shape, spacing, tolerance } = options;
  const a = surfaceOf(truth, code, shape);
  const b = surfaceOf(answer, code, shape);
  if (a.count === 0 && b.count === 0) return { hd95: Number.NaN, surfaceDice: Number.NaN };
  if (a.count === 0 || b.count === 0) {
    return { hd95: Math.hypot(...shape.map((length, axis) => (length - 1) * spacing[axis])), surfaceDice: 0 };
  }
  const distances = Float64Array.from([
    ...distancesAt(a.marked, distanceMap(b.marked, shape, spacing)),
    ...distancesAt(b.marked, distanceMap(a.marked, shape, spacing)),
  ]).sort();
  const near = distances.filter((distance) => distance <= tolerance).length;
  return { hd95: quantileOfSorted(distances, 0.95), surfaceDice: near / distances.length };
}

function* distancesAt(marked: Uint8Array, map: Float64Array): Generator<number> {
  for (let i = 0; i < marked.length; i++) if (marked[i]) yield map[i];
}

function surfaceOf(
  values: ArrayLike<number>,
  code: number,
  shape: readonly [number, number, number],
): { marked: Uint8Array; count: number } {
  const marked = new Uint8Array(values.length);
  const strides = [shape[1] * shape[2], shape[2], 1];
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== code) continue;
    const outside = strides.some((stride, axis) => {
      // A single slice has no neighbours to either side: its surface is its outline.
      if (shape[axis] === 1) return false;
      const place = Math.floor(i / stride) % shape[axis];
      return place === 0 || place === shape[axis] - 1 || values[i - stride] !== code || values[i + stride] !== code;
    });
    if (outside) {
      marked[i] = 1;
      count++;
    }
  }
  return { marked, count };
}
