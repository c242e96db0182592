/**
 * How items are brought to a common form before they are kept for sampling: spacing, rate, intensities, field of view.
 * Plain data, written into the frame store and into the run.
 * @module
 */
import { z } from 'zod';

export const preparationSchema = z.object({
  /** Volumes are resampled to this distance between [slices, rows, columns]. */
  spacingMm: z.tuple([z.number(), z.number(), z.number()]).optional(),
  /** Clips are read at this rate, so that frames and strides of a method are times: 8 frames at 4 Hz are 2 s. */
  frameRateHz: z.number().optional(),
  /** What becomes black and white in grey pictures, in place of what the files say. */
  intensity: z
    .discriminatedUnion('by', [
      z.object({ by: z.literal('window'), centre: z.number(), width: z.number() }),
      z.object({ by: z.literal('percentile'), low: z.number(), high: z.number() }),
      z.object({ by: z.literal('z-score'), deviations: z.number() }),
    ])
    .optional(),
  /** `mask`: black outside the scanned part of an ultrasound picture and under burnt-in text; `crop`: also cut to it. */
  fieldOfView: z.enum(['mask', 'crop']).optional(),
});

export type Preparation = z.infer<typeof preparationSchema>;

/** The parts of a preparation that are there, in a fixed order; `undefined` where it changes nothing. */
export function preparationOf(from: Preparation): Preparation | undefined {
  const { spacingMm, frameRateHz, intensity, fieldOfView } = from;
  const present = {
    ...(spacingMm === undefined ? {} : { spacingMm }),
    ...(frameRateHz === undefined ? {} : { frameRateHz }),
    ...(intensity === undefined ? {} : { intensity }),
    ...(fieldOfView === undefined ? {} : { fieldOfView }),
  };
  return Object.keys(present).length === 0 ? undefined : present;
}
