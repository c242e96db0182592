/**
 * A random part of a picture, of random area and proportions, as the Inception networks were trained on: Szegedy et al.,
 * "Going deeper with convolutions", CVPR 2015, section 6.
 * @module
 */
import type { Random } from '../../base/random.ts';

export interface InceptionCropOptions {
  /** Shares of the picture's area, uniform in between. */
  readonly smallestArea: number;
  readonly largestArea: number;
  /** Largest ratio of the sides, either way; uniform in its logarithm (published: 4/3). */
  readonly largestAspect: number;
}

/** A part that lies in the picture, not rounded to whole pixels. */
export interface PartPlace {
  /** The middle. */
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

const attempts = 100;

/** Drawn again until it fits; where nothing fits, the largest part of the last proportions, anywhere. */
export function drawInceptionCrop(
  height: number,
  width: number,
  random: Random,
  { smallestArea, largestArea, largestAspect }: InceptionCropOptions,
): PartPlace {
  let sides = { height, width };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const area = height * width * random.uniform(Math.min(smallestArea, largestArea), largestArea);
    const aspect = random.logUniform(1 / largestAspect, largestAspect);
    sides = { height: Math.sqrt(area / aspect), width: Math.sqrt(area * aspect) };
    if (sides.height <= height && sides.width <= width) break;
  }
  const fitting = Math.min(1, height / sides.height, width / sides.width);
  const part = { height: fitting * sides.height, width: fitting * sides.width };
  return {
    y: random.uniform(part.height / 2, height - part.height / 2),
    x: random.uniform(part.width / 2, width - part.width / 2),
    ...part,
  };
}
