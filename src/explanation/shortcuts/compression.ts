/**
 * Traces of compression: the sharpness of frames, which follows the group of pictures.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';
import { greyPlane, placePairs, planeArea, planeCount, planeStart, spreadOf } from './planes.ts';
import type { Question, Shortcut } from './shortcut.ts';

export const compression: Shortcut = {
  id: 'compression',
  title: 'Sharpness of frames, as compression leaves it',
  why: 'Key frames are sharper than those between them, so sharpness tells the phase of the group of pictures.',
  declared: ['compression'],
  remedy: 'resize at random, begin at a random phase of the group of pictures, or work from uncompressed recordings',
  unfit: ({ temporal }) => (temporal ? undefined : 'a question holds no moments of a clip to tell apart by sharpness'),
  alone: (question, { layout }) => {
    const sharp = sharpnesses(question, layout);
    return [...sharp, ...placePairs(sharp.length).map(([a, b]) => Math.abs(sharp[a] - sharp[b]))];
  },
  transplant: (own, other, { layout }) => {
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
