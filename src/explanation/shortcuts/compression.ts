/**
 * Traces of compression in time: the sharpness of frames, whatever it follows.
 * @module
 */
import { evenlyFine } from './evenly-fine.ts';
import { finenesses, withFinenessOf } from './frame-quality.ts';
import { placePairs } from './planes.ts';
import type { Shortcut } from './shortcut.ts';

export const compression: Shortcut = {
  id: 'compression',
  title: 'Sharpness of frames, as compression leaves it',
  why: 'Frames that were compressed more are less sharp, so sharpness tells how far they lie from a key frame.',
  declared: ['compression'],
  remedy: 'resize at random, begin at a random phase of the group of pictures, or work from uncompressed recordings',
  unfit: ({ temporal }) => (temporal ? undefined : 'a question holds no moments of a clip to tell apart by sharpness'),
  alone: (question, { layout }) => {
    const sharp = finenesses(question, layout);
    return [...sharp, ...placePairs(sharp.length).map(([a, b]) => Math.abs(sharp[a] - sharp[b]))];
  },
  transplant: (own, other, { layout }) => withFinenessOf(own, other, layout),
  closed: { by: 'every frame as fine as the coarsest of its clip', store: evenlyFine },
};
