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
    return region.map((_, i) => (outermost(layout, Math.floor(i / planeArea(layout)), i % planeArea(layout)) ? 1 : 0));
  },
  alone: seams,
  transplant: (own, other, { layout }) => {
    const out = own.data.slice();
    for (let plane = 0; plane < planeCount(layout); plane++) {
      changePlane(out, layout, plane, (value, i, channel) =>
        outermost(layout, plane, i) ? other.data[planeStart(layout, plane, channel) + i] : value,
      );
    }
    return out;
  },
};

function outermost({ height, width, frames }: InputLayout, plane: number, position: number): boolean {
  const [y, x, t] = [Math.floor(position / width), position % width, plane % frames];
  if (y === 0 || x === 0 || y === height - 1 || x === width - 1) return true;
  return frames > 1 && (t === 0 || t === frames - 1);
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
