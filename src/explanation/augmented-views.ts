/**
 * Random views of pictures, as instruments show them that ask what of a picture survives a change of no meaning.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../base/random.ts';
import { type ImagingKind, imagingKinds } from '../data/augment/imaging.ts';
import { medicalView } from '../data/augment/medical-stack.ts';
import type { FrameStore } from '../data/media.ts';

/** The option of instruments that show views. */
export const imagingOption = z
  .enum(imagingKinds)
  .default('unknown')
  .describe('what made the pictures, so that views differ as its pictures do');

/** Smallest part of a picture that a view shows, as a share of its area. */
const smallestArea = 0.5;

/**
 * A store whose every window is one random view: cut, turned by up to 10°, with another gain, gamma and sharpness. The same
 * window is always the same view of its stream.
 */
export function viewStore(store: FrameStore, imaging: ImagingKind, random: Random): FrameStore {
  return {
    index: store.index,
    sizeOf: (item) => store.sizeOf(item),
    read(item, window) {
      const view = medicalView(store.read(item, window), random.split('view', item, window?.start ?? 0), {
        imaging,
        smallestArea,
      });
      const [frames, height, width, channels] = view.pixels.shape;
      return { data: view.pixels.data, shape: [frames, height, width, channels] };
    },
  };
}
