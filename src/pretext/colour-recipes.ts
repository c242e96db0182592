/**
 * What the methods have in common that predict channels of a picture from others.
 * @module
 */
import type { Paper } from './card.ts';
import type { Recipe } from './method.ts';

/** Cross-channel prediction. */
export const crossChannelPaper: Paper = {
  authors: 'Zhang, Isola and Efros',
  title: 'Split-brain autoencoders: unsupervised learning by cross-channel prediction',
  venue: 'CVPR',
  year: 2017,
  url: 'https://arxiv.org/abs/1611.09842',
};

/** The solver released with "Colorful image colorization". */
export const releasedColourRecipe: Recipe = {
  batchSize: 40,
  steps: 450_000,
  optimiser: { kind: 'adam', learningRate: 3e-5, beta1: 0.9, beta2: 0.99, weightDecay: 1e-3 },
  schedule: { kind: 'steps', at: [0.5], factor: 0.1 },
};

export const tinyColourRecipe = (learningRate: number): Recipe => ({
  batchSize: 16,
  steps: 500,
  optimiser: { kind: 'adam', learningRate, beta1: 0.9, beta2: 0.99, weightDecay: 1e-4 },
  schedule: { kind: 'cosine', warmup: 0.05 },
});
