/**
 * Directions in the patient's own coordinates (LPS: to the left, to the back, to the head).
 * @module
 */
import type { Geometry } from './media.ts';

export type Vector = readonly [number, number, number];

/** Geometry from the steps between slices, rows and columns (LPS, any length); `undefined` where one has no direction. */
export function geometryOf(origin: Vector, steps: readonly [Vector, Vector, Vector]): Geometry | undefined {
  const lengths = steps.map(norm);
  if (![...origin, ...lengths].every(Number.isFinite) || lengths.some((length) => length === 0)) return undefined;
  const directions = steps.map((step, i) => scaled(step, 1 / lengths[i])) as [Vector, Vector, Vector];
  return { originMm: origin, directions, axes: directions.map(letterOf).join('') };
}

/** The direction of the body nearest to a vector: L or R, P or A, S or I. */
function letterOf(direction: Vector): string {
  const sizes = direction.map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  return ['LR', 'PA', 'SI'][axis][direction[axis] >= 0 ? 0 : 1];
}

/** From right-anterior-superior, the convention of NIfTI, to LPS. */
export function fromRas([x, y, z]: Vector): Vector {
  // Not -0: it would be another file when written.
  return [0 - x, 0 - y, z];
}

export function norm([x, y, z]: Vector): number {
  return Math.hypot(x, y, z);
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function scaled([x, y, z]: Vector, factor: number): Vector {
  return [x * factor, y * factor, z * factor];
}

export function difference(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
