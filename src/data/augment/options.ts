/**
 * Which changes a sampler makes to an item before a method asks its question about it; the same for every method.
 * @module
 */
import { z } from 'zod';
import { imagingKinds } from './imaging.ts';

export const augmentationSchema = z.strictObject({
  imaging: z
    .enum(imagingKinds)
    .describe(
      'what made the pictures: speckle and depth attenuation for ultrasound, bias field and Rician noise for mr, window for ct and x-ray; gamma, gain and blur for all',
    ),
  rotation: z.number().min(0).max(180).default(10).describe('degrees of turn either way, half of the time'),
  smallestArea: z
    .number()
    .min(0.05)
    .max(1)
    .default(1)
    .describe(
      'smallest part that is shown, as a share of the area; 1: the whole, for most methods cut out parts themselves',
    ),
  flips: z
    .enum(['none', 'columns', 'rows', 'frames', 'columns,rows', 'columns,frames', 'columns,rows,frames'])
    .default('none')
    .describe(
      'axes that anatomy allows to be turned round: columns exchanges left and right, frames the first slice and the last',
    ),
  largestStride: z
    .int()
    .min(1)
    .default(1)
    .describe('clips are read in steps of 1 to so many frames, where they are long enough'),
});

export type AugmentationOptions = z.infer<typeof augmentationSchema>;
