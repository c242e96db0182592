/**
 * A random square part of an item, read no larger than it is shown.
 * @module
 */
import type { Random } from '../base/random.ts';
import { type RandomCrop, randomSquare } from '../data/augment/random-crop.ts';
import type { FrameWindow } from '../data/media.ts';
import { resizePart } from '../data/transform/resize.ts';
import type { SampleView } from './method.ts';

/** `randomSquareCrop` of what the window shows, by the same draws. */
export function randomSquarePart(
  view: SampleView,
  window: FrameWindow,
  random: Random,
  size: number,
  smallest: number,
  largest: number,
): RandomCrop {
  const { box, method } = randomSquare(view.height, view.width, random, size, smallest, largest);
  const pixels =
    view.readPart?.(window, { box, height: size, width: size, method }) ??
    resizePart(view.read(window), box, size, size, method);
  return { pixels, box };
}
