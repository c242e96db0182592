/**
 * How finely a frame is drawn: the energy of its fine detail, which compression takes away; measured, and put from one
 * question into another.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';
import { greyPlane, planeArea, planeCount, planeStart, spreadOf } from './planes.ts';
import type { Question } from './shortcut.ts';

/** Logarithm of the deviation of fine detail over that of the whole plane `[height, width]`. */
export function fineness(plane: Float32Array, width: number): number {
  return logRatio(spreadOf(finePart(plane, width)).deviation, spreadOf(plane).deviation);
}

const logRatio = (fine: number, whole: number) => Math.log(1e-6 + fine / Math.max(1e-6, whole));

/** Fineness of each frame of a question, less its mean over the question. */
export function finenesses({ data }: Question, layout: InputLayout): number[] {
  const all = Array.from({ length: planeCount(layout) }, (_, plane) =>
    fineness(greyPlane(data, layout, plane), layout.width),
  );
  const { mean } = spreadOf(all);
  return all.map((value) => value - mean);
}

/** The first question with its fine detail scaled, frame by frame, to stand as that of the second does. */
export function withFinenessOf(own: Question, other: Question, layout: InputLayout): Float32Array {
  const [mine, theirs] = [finenesses(own, layout), finenesses(other, layout)];
  const out = own.data.slice();
  const area = planeArea(layout);
  for (let plane = 0; plane < planeCount(layout); plane++) {
    const grey = greyPlane(own.data, layout, plane);
    const scale = detailScale(grey, layout.width, fineness(grey, layout.width) + theirs[plane] - mine[plane]);
    for (let channel = 0; channel < layout.channels; channel++) {
      const start = planeStart(layout, plane, channel);
      out.set(scaledDetail(own.data.subarray(start, start + area), layout.width, scale), start);
    }
  }
  return out;
}

/** A plane with its fine detail multiplied. */
export function scaledDetail(plane: Float32Array, width: number, scale: number): Float32Array {
  const fine = finePart(plane, width);
  return plane.map((value, i) => value + (scale - 1) * fine[i]);
}

const largestScale = 8;

/**
 * By what fine detail of a plane is multiplied to bring its fineness to `goal`, 0 to 8. Taking fine detail is linear, so
 * the fineness for any factor follows from the plane, its fine part and the fine part of that.
 */
export function detailScale(plane: Float32Array, width: number, goal: number): number {
  const fine = finePart(plane, width);
  const finer = finePart(fine, width);
  const [whole, both, part] = [moment(plane, plane), moment(plane, fine), moment(fine, fine)];
  const [across, small] = [moment(fine, finer), moment(finer, finer)];
  const reached = (scale: number) => {
    const more = scale - 1;
    return logRatio(
      Math.sqrt(Math.max(0, part + 2 * more * across + more * more * small)),
      Math.sqrt(Math.max(0, whole + 2 * more * both + more * more * part)),
    );
  };
  let [low, high] = [0, largestScale];
  if (Math.abs(reached(1) - goal) < 1e-9) return 1;
  for (let halving = 0; halving < 30; halving++) {
    const middle = (low + high) / 2;
    if (reached(middle) < goal) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean product about the means. */
function moment(a: Float32Array, b: Float32Array): number {
  const [x, y] = [spreadOf(a).mean, spreadOf(b).mean];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - x) * (b[i] - y);
  return sum / a.length;
}

/** A plane less its mean over 3 × 3. */
function finePart(plane: Float32Array, width: number): Float32Array {
  const height = plane.length / width;
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    const [above, here, below] = [Math.max(0, y - 1), y, Math.min(height - 1, y + 1)].map((row) => row * width);
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
      let sum = 0;
      for (const row of [above, here, below]) sum += plane[row + left] + plane[row + x] + plane[row + right];
      out[here + x] = plane[here + x] - sum / 9;
    }
  }
  return out;
}
