/**
 * Lines that continue from one part into the next: the outermost pixels of parts, compared side by side.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';
import { changePlane, greyPlane, planeArea, planeCount, planeStart, spreadOf } from './planes.ts';
import type { Question, Scene, Shortcut } from './shortcut.ts';

export const edges: Shortcut = {
  id: 'edges',
  title: 'Lines that continue across an edge',
  why: 'Where parts touch, a line or a texture that goes on names the neighbour without any content.',
  declared: ['edges', 'distance'],
  remedy: 'leave a gap between parts and move each by itself (gap, jitter)',
  unfit: ({ layout, temporal }) => {
    if (layout.views < 2) return 'a question has one picture, not parts that touch';
    return temporal ? 'the parts are moments of one clip, not places that touch' : undefined;
  },
  region: (_, layout) => {
    const region = new Uint8Array(planeCount(layout) * planeArea(layout));
    const area = planeArea(layout);
    return region.map((_, i) => (sideOf(layout, Math.floor(i / area), i % area) === undefined ? 0 : 1));
  },
  alone: seams,
  // Lines are brought to the brightness of those they replace, side by side: what goes over is how they run.
  transplant: (own, other, { layout }) => {
    const out = own.data.slice();
    for (let plane = 0; plane < planeCount(layout); plane++) {
      const [mine, theirs] = [sideMeans(own, layout, plane), sideMeans(other, layout, plane)];
      changePlane(out, layout, plane, (value, i, channel) => {
        const side = sideOf(layout, plane, i);
        if (side === undefined) return value;
        const at = channel * sides + side;
        return other.data[planeStart(layout, plane, channel) + i] - theirs[at] + mine[at];
      });
    }
    return out;
  },
};

const sides = 5;

/** Which side of its part a pixel lies on: above, below, left, right, or a face of a volume; `undefined` inside. */
function sideOf({ height, width, frames }: InputLayout, plane: number, position: number): number | undefined {
  const [y, x, t] = [Math.floor(position / width), position % width, plane % frames];
  if (y === 0) return 0;
  if (y === height - 1) return 1;
  if (x === 0) return 2;
  if (x === width - 1) return 3;
  return frames > 1 && (t === 0 || t === frames - 1) ? 4 : undefined;
}

/** Mean of each side of each channel of a plane. */
function sideMeans({ data }: Question, layout: InputLayout, plane: number): Float64Array {
  const sums = new Float64Array(layout.channels * sides);
  const counts = new Float64Array(layout.channels * sides);
  for (let channel = 0; channel < layout.channels; channel++) {
    const from = planeStart(layout, plane, channel);
    for (let i = 0; i < planeArea(layout); i++) {
      const side = sideOf(layout, plane, i);
      if (side === undefined) continue;
      sums[channel * sides + side] += data[from + i];
      counts[channel * sides + side]++;
    }
  }
  return sums.map((sum, i) => (counts[i] === 0 ? 0 : sum / counts[i]));
}

/** For each ordered pair of parts, how well the second continues the first to the right, downwards and, in volumes, in depth. */
function seams({ data }: Question, { layout }: Scene): number[] {
  const { views, frames, height, width } = layout;
  const middle = Array.from({ length: views }, (_, view) => greyPlane(data, layout, view * frames + (frames >> 1)));
  const column = (view: number, x: number) =>
    Float32Array.from({ length: height }, (_, y) => middle[view][y * width + x]);
  const row = (view: number, y: number) => middle[view].subarray(y * width, (y + 1) * width);
  const face = (view: number, frame: number) => greyPlane(data, layout, view * frames + frame);
  const unit = Math.max(1e-6, spreadOf(data).deviation);
  const [left, right, upper, lower] = [
    middle.map((_, view) => column(view, 0)),
    middle.map((_, view) => column(view, width - 1)),
    middle.map((_, view) => row(view, 0)),
    middle.map((_, view) => row(view, height - 1)),
  ];
  const [front, back] =
    frames > 1 ? [middle.map((_, view) => face(view, 0)), middle.map((_, view) => face(view, frames - 1))] : [[], []];
  const found: number[] = [];
  for (let a = 0; a < views; a++) {
    for (let b = 0; b < views; b++) {
      if (a === b) continue;
      found.push(mismatch(right[a], left[b], unit), mismatch(lower[a], upper[b], unit));
      if (frames > 1) found.push(mismatch(back[a], front[b], unit));
    }
  }
  return found;
}

/** Mean absolute difference of two lines once their means are taken away. */
function mismatch(a: Float32Array, b: Float32Array, unit: number): number {
  const [x, y] = [spreadOf(a).mean, spreadOf(b).mean];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - x - b[i] + y);
  return sum / a.length / unit;
}
