/**
 * An item as a sampler sees it, changed the way another scanner or another day would have changed it. One draw holds for
 * everything a sample reads: all frames of a clip, and the other items it is compared with.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { FlipAxis } from '../../data/augment/flip.ts';
import { medicalView } from '../../data/augment/medical-stack.ts';
import type { AugmentationOptions } from '../../data/augment/options.ts';
import type { MediaItem } from '../../data/media.ts';
import type { Factors, SampleView } from '../../pretext/method.ts';

export interface AugmentedView {
  readonly view: SampleView;
  /** What was drawn for what has been read so far, named `augment.step.value`. */
  drawn(): Factors;
}

/**
 * @param random stream of this sample's augmentation
 * @param usable whether the method could use an item with so many frames: strides that leave too few are not drawn
 */
export function augmentedView(
  view: SampleView,
  random: Random,
  options: AugmentationOptions,
  usable: (item: MediaItem) => boolean,
): AugmentedView {
  const factors: Record<string, Factors[string]> = {};
  const flips = options.flips === 'none' ? [] : (options.flips.split(',') as FlipAxis[]);
  const stack = { imaging: options.imaging, smallestArea: options.smallestArea, rotation: options.rotation, flips };

  function augmented(original: SampleView, first: boolean): SampleView {
    const stride = strideOf(original, random, options.largestStride, usable);
    if (first && stride !== 1) factors['augment.stride'] = stride;
    const frames = Math.floor((original.frames - 1) / stride) + 1;
    return {
      ...original,
      frames,
      // A part is cut from what was changed, not from what is stored.
      readPart: undefined,
      read(window = {}) {
        const { start = 0, stride: step = 1 } = window;
        const count = window.count ?? Math.ceil((frames - start) / step);
        const pixels = original.read({ start: start * stride, count, stride: step * stride });
        // Streams are named, not used up: every reading is changed by the same draws.
        const result = medicalView(pixels, random, stack);
        if (first) for (const [name, value] of Object.entries(result.drawn)) factors[`augment.${name}`] = value;
        return result.pixels;
      },
      other: (choice, samePatient) => augmented(original.other(choice, samePatient), false),
    };
  }

  return { view: augmented(view, true), drawn: () => factors };
}

/** Of the steps up to `largest` that leave a clip enough frames, one. */
function strideOf(
  { item, frames }: SampleView,
  random: Random,
  largest: number,
  usable: (item: MediaItem) => boolean,
): number {
  if (item.kind !== 'clip') return 1;
  const fitting: number[] = [1];
  for (let stride = 2; stride <= largest; stride++) {
    if (usable({ ...item, frames: Math.floor((frames - 1) / stride) + 1 })) fitting.push(stride);
  }
  return random.split('stride').choice(fitting);
}
