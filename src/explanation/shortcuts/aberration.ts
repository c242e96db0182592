/**
 * Colour fringes of a lens: how far red and blue lie from green in each part, and nothing of what it shows.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';
import { changePlane, planeArea, planeCount, planeStart } from './planes.ts';
import type { Question, Shortcut } from './shortcut.ts';

export const aberration: Shortcut = {
  id: 'aberration',
  title: 'Colour fringes of the lens',
  why: 'A lens moves red and blue outwards, so the fringes tell how far a part lies from the centre.',
  declared: ['aberration'],
  remedy: 'move the channels against each other at random, drop them, or train on grey pictures',
  unfit: ({ layout }) => (layout.channels === 3 ? undefined : 'the pictures are grey'),
  alone: ({ data }, { layout }) =>
    everyPlane(layout).flatMap((plane) => [...fringe(data, layout, plane, 0), ...fringe(data, layout, plane, 2)]),
  transplant: (own, other, { layout }) => {
    const out = own.data.slice();
    for (const plane of everyPlane(layout)) {
      for (const channel of [0, 2]) {
        const [mine, theirs] = [fringe(own.data, layout, plane, channel), fringe(other.data, layout, plane, channel)];
        const moved = moveChannel(own.data, layout, plane, channel, theirs[0] - mine[0], theirs[1] - mine[1]);
        changePlane(out, layout, plane, (value, i, c) => (c === channel ? moved[i] : value));
      }
    }
    return out;
  },
};

const everyPlane = (layout: InputLayout) => Array.from({ length: planeCount(layout) }, (_, plane) => plane);

/** By how many pixels, down and right, a channel lies from green: least squares over the slopes of green, 2 at the most. */
function fringe(data: Question['data'], layout: InputLayout, plane: number, channel: number): [number, number] {
  const { height, width } = layout;
  const own = data.subarray(planeStart(layout, plane, channel), planeStart(layout, plane, channel) + planeArea(layout));
  const green = data.subarray(planeStart(layout, plane, 1), planeStart(layout, plane, 1) + planeArea(layout));
  let [count, sumD, sumY, sumX, yy, xx, xy, yd, xd] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const slopeY = (green[at + width] - green[at - width]) / 2;
      const slopeX = (green[at + 1] - green[at - 1]) / 2;
      const difference = green[at] - own[at];
      count++;
      [sumD, sumY, sumX] = [sumD + difference, sumY + slopeY, sumX + slopeX];
      [yy, xx, xy] = [yy + slopeY * slopeY, xx + slopeX * slopeX, xy + slopeX * slopeY];
      [yd, xd] = [yd + slopeY * difference, xd + slopeX * difference];
    }
  }
  if (count === 0) return [0, 0];
  yy -= (sumY * sumY) / count;
  xx -= (sumX * sumX) / count;
  xy -= (sumX * sumY) / count;
  yd -= (sumY * sumD) / count;
  xd -= (sumX * sumD) / count;
  const determinant = yy * xx - xy * xy;
  if (Math.abs(determinant) < 1e-9) return [0, 0];
  const limited = (value: number) => Math.max(-2, Math.min(2, value));
  return [limited((yd * xx - xd * xy) / determinant), limited((xd * yy - yd * xy) / determinant)];
}

/** A channel moved by fractions of pixels, with its edge values beyond the edge. */
function moveChannel(
  data: Float32Array,
  layout: InputLayout,
  plane: number,
  channel: number,
  down: number,
  right: number,
): Float32Array {
  const { height, width } = layout;
  const from = planeStart(layout, plane, channel);
  const at = (y: number, x: number) =>
    data[from + Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
  return Float32Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width) - down, (i % width) - right];
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [v, u] = [y - top, x - left];
    return (
      (1 - v) * ((1 - u) * at(top, left) + u * at(top, left + 1)) +
      v * ((1 - u) * at(top + 1, left) + u * at(top + 1, left + 1))
    );
  });
}
