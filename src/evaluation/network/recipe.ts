/**
 * How a network is fine-tuned: the settings that every protocol that trains has.
 * @module
 */
import { z } from 'zod';
import { adam } from '../../nn/optimisers/adam.ts';
import type { Optimiser } from '../../nn/optimisers/optimiser.ts';
import { sgd } from '../../nn/optimisers/sgd.ts';
import type { ScheduleRecipe } from '../../pretext/method.ts';
import { listed } from '../protocols/protocol.ts';

/** What is done to a network's scales before it learns; see `rescale.ts` and `rescale-between.ts`. */
const rescaleKinds = ['none', 'within', 'between'] as const;

/** Fields of the options of a protocol that trains. */
export const recipeOptions = {
  steps: z.number().int().positive().default(200).describe('training steps'),
  batchSize: z.number().int().positive().default(16).describe('pictures a step'),
  optimiser: z.enum(['adamw', 'adam', 'sgd']).default('adamw').describe('sgd with momentum 0.9'),
  learningRate: z
    .preprocess(listed, z.array(z.coerce.number().positive()).min(1))
    .default([3e-4, 1e-3, 3e-3])
    .describe(
      'of the head and the last stage; of several, separated by commas, validation patients choose for each row',
    ),
  weightDecay: z.number().min(0).default(0.01).describe('of weights; biases and normalisation have none'),
  schedule: z
    .enum(['cosine', 'steps', 'constant'])
    .default('cosine')
    .describe('cosine after a tenth of warm-up; steps: a tenth of the rate after 60 %, and again after 80 %'),
  headRate: z.number().positive().default(1).describe('multiplies the learning rate of what is new'),
  layerDecay: z.number().gt(0).max(1).default(1).describe('multiplies the learning rate, stage by stage downwards'),
  rescale: z
    .preprocess((value) => (value === true ? 'within' : value === false ? 'none' : value), z.enum(rescaleKinds))
    .default('none')
    .describe(
      'within (or true): bring channels that nothing normalises to unit variance first, answers unchanged; between: and layers to equal relative gradients (Krähenbühl et al., 2016)',
    ),
  shift: z.number().min(0).max(0.5).default(0.1).describe('largest random shift of a training picture, of its side'),
  flip: z.boolean().default(false).describe('mirror training pictures left to right at random'),
  evaluations: z.number().int().positive().default(10).describe('times that validation patients are asked'),
  patience: z.number().int().positive().default(5).describe('evaluations without a better one before training ends'),
  seed: z.number().int().default(0).describe('of new weights, the order of pictures, shifts and intervals'),
};

const schema = z.object(recipeOptions);
export type RecipeOptions = z.infer<typeof schema>;

/** A recipe with one learning rate. */
export interface Recipe extends Omit<RecipeOptions, 'learningRate'> {
  readonly learningRate: number;
}

export function optimiserOf({ optimiser, weightDecay }: Pick<Recipe, 'optimiser' | 'weightDecay'>): Optimiser {
  return optimiser === 'sgd'
    ? sgd({ momentum: 0.9, weightDecay })
    : adam({ weightDecay, decoupled: optimiser === 'adamw' });
}

export function scheduleOf({ schedule }: Pick<Recipe, 'schedule'>): ScheduleRecipe {
  if (schedule === 'cosine') return { kind: 'cosine', warmup: 0.1 };
  return schedule === 'steps' ? { kind: 'steps', at: [0.6, 0.8], factor: 0.1 } : { kind: 'constant' };
}
