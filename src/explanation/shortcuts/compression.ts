/**
 * Traces of compression: the sharpness of frames, which follows the group of pictures, and the grid of blocks.
 * @module
 */
import { quantile } from '../../statistics/descriptive.ts';
import type { InputLayout } from '../attribution/target.ts';
import { greyPlane, placePairs, planeArea, planeCount, planeStart, spreadOf } from './planes.ts';
import type { Question, Shortcut } from './shortcut.ts';

const block = 8;

export const compression: Shortcut = {
  id: 'compression',
  title: 'Compression: sharpness of frames and grid of blocks',
  why: 'Key frames are sharper than those between them, and blocks of 8 pixels lie on a grid, so both tell time and place.',
  declared: ['compression'],
  remedy: 'resize at random, begin at a random phase of the group of pictures, or work from uncompressed recordings',
  unfit: ({ layout, temporal }) =>
    !temporal && Math.min(layout.height, layout.width) < 4 * block
      ? `the pictures have fewer than four blocks of ${block} pixels along a side: no grid can be told from content`
      : undefined,
  alone: (question, { layout, temporal }) => {
    const grid = Array.from({ length: layout.views }, (_, view) =>
      gridPhases(greyPlane(question.data, layout, view * layout.frames), layout),
    ).flat();
    if (!temporal) return grid;
    const sharp = sharpnesses(question, layout);
    return [...sharp, ...placePairs(sharp.length).map(([a, b]) => Math.abs(sharp[a] - sharp[b]))];
  },
  transplant: (own, other, scene) => {
    const { layout, temporal } = scene;
    // A grid of blocks cannot be put into a picture without its content.
    if (!temporal) return undefined;
    const [mine, theirs] = [sharpnesses(own, layout), sharpnesses(other, layout)];
    const out = own.data.slice();
    for (let plane = 0; plane < planeCount(layout); plane++) {
      const scale = Math.exp(theirs[plane] - mine[plane]);
      for (let channel = 0; channel < layout.channels; channel++) {
        const fine = finePart(channelPlane(own.data, layout, plane, channel), layout);
        const start = planeStart(layout, plane, channel);
        for (let i = 0; i < fine.length; i++) out[start + i] += (scale - 1) * fine[i];
      }
    }
    return out;
  },
};

const channelPlane = (data: Float32Array, layout: InputLayout, plane: number, channel: number) =>
  data.subarray(planeStart(layout, plane, channel), planeStart(layout, plane, channel) + planeArea(layout));

/** Logarithm of the energy of fine detail in each frame, less its mean over the question. */
function sharpnesses({ data }: Question, layout: InputLayout): number[] {
  const all = Array.from({ length: planeCount(layout) }, (_, plane) => {
    const grey = greyPlane(data, layout, plane);
    return Math.log(1e-6 + spreadOf(finePart(grey, layout)).deviation / Math.max(1e-6, spreadOf(grey).deviation));
  });
  const { mean } = spreadOf(all);
  return all.map((value) => value - mean);
}

/** A plane less its mean over 3 × 3. */
function finePart(plane: Float32Array, { height, width }: InputLayout): Float32Array {
  const at = (y: number, x: number) =>
    plane[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
  return plane.map((value, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) sum += at(y + dy, x + dx);
    return value - sum / 9;
  });
}

/**
 * How much larger the step into each column, and row, of every phase of the grid is than the steps beside it: the median
 * over the picture, so that one strong outline in it makes no grid.
 */
function gridPhases(plane: Float32Array, { height, width }: InputLayout): number[] {
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  for (let y = 1; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const at = y * width + x;
      columns[x] += Math.abs(plane[at] - plane[at - 1]);
      rows[y] += Math.abs(plane[at] - plane[at - width]);
    }
  }
  return [columns, rows].flatMap((steps) => {
    const excess: number[][] = Array.from({ length: block }, () => []);
    for (let i = 2; i < steps.length - 1; i++) {
      const beside = (steps[i - 1] + steps[i + 1]) / 2;
      excess[i % block].push(steps[i] / Math.max(beside, 1e-6) - 1);
    }
    // Far from one everywhere means nothing: what matters is whether a phase stands out.
    return excess.map((values) => Math.max(-1, Math.min(1, quantile(values, 0.5))));
  });
}
