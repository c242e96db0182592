/**
 * The pictures of a question about order: frames of one recording, all cropped, mirrored and changed in gamma alike.
 * @module
 */
import type { Random } from '../base/random.ts';
import { randomSquareCrop } from '../data/augment/random-crop.ts';
import type { Box } from '../data/transform/crop.ts';
import { channelsFirst, standardise, withChannels } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { flipHorizontally } from '../data/transform/quarter-turn.ts';
import type { Question } from './frame-tuples.ts';
import type { SampleView } from './method.ts';

export interface FrameTreatment {
  readonly size: number;
  readonly smallestCrop: number;
  readonly largestCrop: number;
  readonly mirror: boolean;
  /** The exponent is drawn between 1 / gamma and gamma; 1 changes nothing. */
  readonly gamma: number;
  readonly normalise: 'frame' | 'tuple';
}

export interface QuestionPictures {
  /** `[Q, n, C, S, S]`. */
  readonly data: Float32Array;
  readonly box: Box;
  readonly mirrored: boolean;
  readonly gamma: number;
}

/** Every element becomes one picture: a frame as it is, several frames as their dynamic image. */
export function picturesOf(
  view: SampleView,
  questions: readonly Question[],
  random: Random,
  channels: 1 | 3,
  treatment: FrameTreatment,
): QuestionPictures {
  const { size, smallestCrop, largestCrop, mirror, normalise } = treatment;
  const frames = [...new Set(questions.flatMap(({ elements }) => elements.flat()))].sort((a, b) => a - b);
  const cut = randomSquareCrop(readFrames(view, frames, channels), random, size, smallestCrop, largestCrop);
  const mirrored = mirror && random.bernoulli();
  const gamma = treatment.gamma === 1 ? 1 : random.logUniform(1 / treatment.gamma, treatment.gamma);
  const turned = mirrored ? flipHorizontally(cut.pixels) : cut.pixels;
  const lit = { data: turned.data.map((value) => Math.max(0, value) ** gamma), shape: turned.shape };
  const seen = normalise === 'tuple' ? standardise(lit) : lit;
  const length = size * size * channels;
  const shape = [1, size, size, channels] as const;
  const elements = questions.flatMap((question) => question.elements);
  const data = new Float32Array(elements.length * length);
  elements.forEach((element, i) => {
    const parts = element.map((frame) => {
      const at = frames.indexOf(frame) * length;
      return seen.data.subarray(at, at + length);
    });
    const single = parts.length === 1;
    const picture = { data: single ? parts[0] : dynamicImage(parts), shape };
    data.set(channelsFirst(single && normalise === 'tuple' ? picture : standardise(picture)), i * length);
  });
  return { data, box: cut.box, mirrored, gamma };
}

function readFrames(view: SampleView, frames: readonly number[], channels: 1 | 3): Pixels<Float32Array> {
  const read = frames.map((start) => withChannels(view.read({ start, count: 1 }), channels));
  const [, height, width] = read[0].shape;
  const data = new Float32Array(frames.length * height * width * channels);
  read.forEach((frame, i) => {
    data.set(frame.data, i * frame.data.length);
  });
  return { data, shape: [frames.length, height, width, channels] };
}

/**
 * What a stretch does, in one picture: frames summed with weights that rise from the first to the last (approximate rank
 * pooling; Bilen et al., "Dynamic image networks for action recognition", CVPR 2016).
 */
function dynamicImage(frames: readonly Float32Array[]): Float32Array {
  const picture = new Float32Array(frames[0].length);
  frames.forEach((frame, i) => {
    const weight = 2 * i - (frames.length - 1);
    for (let at = 0; at < picture.length; at++) picture[at] += weight * frame[at];
  });
  return picture;
}
