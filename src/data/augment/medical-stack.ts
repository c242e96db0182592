/**
 * The default views for methods that compare pictures: mild, and true to how pictures of a modality differ from scanner
 * to scanner. No colours are changed: grey has none, and in colour Doppler and dermatology they carry the meaning.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import type { Augmentation, Augmented, Drawn } from './augmentation.ts';
import { randomBiasField } from './bias-field.ts';
import { randomBlur } from './blur.ts';
import { randomDepthAttenuation } from './depth-attenuation.ts';
import { type FlipAxis, randomFlip } from './flip.ts';
import { randomFrameDropout } from './frame-dropout.ts';
import { randomGainBias } from './gain-bias.ts';
import { randomGamma } from './gamma.ts';
import type { ImagingKind } from './imaging.ts';
import { randomPart, randomSquareCrop } from './random-crop.ts';
import { randomRicianNoise } from './rician-noise.ts';
import { randomRotation } from './rotation.ts';
import { randomSpeckle } from './speckle.ts';
import { randomWindowJitter } from './window-jitter.ts';

export interface StackOptions {
  readonly imaging: ImagingKind;
  /** Side of the result in pixels; without it the size stays, and no frame is dropped. */
  readonly size?: number;
  /** Smallest crop, as a share of the picture's area (default 0.4; 1 where the size stays). */
  readonly smallestArea?: number;
  /** Axes that anatomy allows to be turned round (default none). */
  readonly flips?: readonly FlipAxis[];
  /** Degrees of turn either way (default 10). */
  readonly rotation?: number;
}

interface Step {
  readonly name: string;
  readonly probability: number;
  readonly apply: Augmentation;
}

/** The steps in their order; each is taken with its probability. */
function stepsOf({ imaging, size, smallestArea, flips = [], rotation = 10 }: StackOptions): Step[] {
  const crop: Augmentation = (pixels, random) => {
    const { pixels: part, box } =
      size === undefined
        ? randomPart(pixels, random, Math.sqrt(smallestArea ?? 1))
        : randomSquareCrop(pixels, random, size, Math.sqrt(smallestArea ?? 0.4));
    return { pixels: part, drawn: { cropTop: box.y, cropLeft: box.x, cropSide: box.height } };
  };
  const always = (name: string, apply: Augmentation): Step => ({ name, probability: 1, apply });
  const often = (name: string, apply: Augmentation): Step => ({ name, probability: 0.8, apply });
  const half = (name: string, apply: Augmentation): Step => ({ name, probability: 0.5, apply });
  const particular: Readonly<Record<ImagingKind, readonly Step[]>> = {
    ultrasound: [half('speckle', randomSpeckle), half('attenuation', randomDepthAttenuation)],
    mr: [half('biasField', randomBiasField), half('noise', randomRicianNoise)],
    ct: [often('window', randomWindowJitter)],
    'x-ray': [often('window', randomWindowJitter)],
    photo: [],
    unknown: [],
  };
  return [
    ...(rotation > 0
      ? [half('rotation', (pixels, random) => randomRotation(pixels, random, { degrees: rotation }))]
      : []),
    ...(size === undefined && (smallestArea ?? 1) === 1 ? [] : [always('crop', crop)]),
    ...(flips.length > 0 ? [always('flip', (pixels, random) => randomFlip(pixels, random, { axes: flips }))] : []),
    often('gamma', randomGamma),
    often('gain', randomGainBias),
    ...particular[imaging],
    half('blur', (pixels, random) => {
      const side = size ?? Math.min(pixels.shape[1], pixels.shape[2]);
      return randomBlur(pixels, random, { range: [0.1, Math.max(0.2, side / 64)] });
    }),
    // A puzzle needs its frames: only views that are compared may lose some.
    ...(size === undefined ? [] : [half('dropout', (pixels, random) => randomFrameDropout(pixels, random))]),
  ];
}

/**
 * One view of a picture, clip or volume (values 0 to 1): `[T, size, size, C]`, or the shape it has. Every step draws from a stream of its own,
 * so that leaving one out does not change the others. What was drawn is named `step.value`; steps not taken are absent.
 */
export function medicalView(pixels: Pixels<Float32Array>, random: Random, options: StackOptions): Augmented {
  const drawn: Record<string, Drawn[string]> = {};
  let current = pixels;
  for (const { name, probability, apply } of stepsOf(options)) {
    const stream = random.split(name);
    if (!stream.bernoulli(probability)) continue;
    const result = apply(current, stream);
    current = result.pixels;
    for (const [key, value] of Object.entries(result.drawn)) drawn[`${name}.${key}`] = value;
  }
  return { pixels: current, drawn };
}
