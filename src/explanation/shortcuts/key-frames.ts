/**
 * The group of pictures: where key frames return with a period, the sharpness of a frame tells its place between two of
 * them, and so how far apart frames lie.
 * @module
 */
import { evenlyFine } from './evenly-fine.ts';
import { finenesses, withFinenessOf } from './frame-quality.ts';
import { groupOfPictures } from './group-of-pictures.ts';
import { placePairs } from './planes.ts';
import type { Shortcut } from './shortcut.ts';

export const keyFrames: Shortcut = {
  id: 'key-frames',
  title: 'Key frames that return with a period',
  why: 'Key frames are sharper than those between them, so sharpness tells the place in the group of pictures and with it the distance of frames.',
  declared: ['compression', 'key-frames'],
  remedy:
    'encode the clips anew at one quality, resize at random, or draw frames at distances that vary by a whole group',
  unfit: ({ temporal, store }) => {
    if (!temporal) return 'a question holds no moments of a clip to tell apart by their place in a group of pictures';
    return groupOfPictures(store) === undefined ? 'the sharpness of the stored frames has no period' : undefined;
  },
  alone: (question, { layout }) => {
    const fine = finenesses(question, layout);
    const pairs = placePairs(fine.length);
    return [
      ...fine,
      ...pairs.map(([a, b]) => Math.abs(fine[a] - fine[b])),
      // Two key frames, or none: how many there are tells distances too.
      ...pairs.map(([a, b]) => fine[a] * fine[b]),
    ];
  },
  transplant: (own, other, { layout }) => withFinenessOf(own, other, layout),
  closed: { by: 'every frame as fine as the coarsest of its clip', store: evenlyFine },
  holds: [
    {
      name: 'place in the group of pictures',
      by: 'probe',
      read: (store) => {
        const group = groupOfPictures(store);
        return store.index.items.map((_, item) => {
          const first = group?.place(item);
          if (group === undefined || first === undefined) return undefined;
          return Array.from({ length: store.sizeOf(item)[0] }, (_, t) => (first + t) % group.period);
        });
      },
    },
  ],
};
