/**
 * How the fully connected layers of a method's head begin.
 * @module
 */
import { z } from 'zod';
import { caffeAnswer, caffeHidden } from '../nn/layers/caffe-linear.ts';
import type { LinearLayerOptions } from '../nn/layers/linear.ts';

export const firstWeightsField = z
  .enum(['fan-in', 'caffe'])
  .default('fan-in')
  .describe(
    'first weights of the fully connected layers: U(±1 / √inputs), or normal with open biases that learn at twice the rate and do not decay (released)',
  );

export type FirstWeights = z.infer<typeof firstWeightsField>;

/** Options of layers before the last, and of the last. */
export const startOf = (
  weights: FirstWeights,
): Readonly<Record<'hidden' | 'answer', Omit<LinearLayerOptions, 'features'>>> =>
  weights === 'caffe' ? { hidden: caffeHidden, answer: caffeAnswer } : { hidden: {}, answer: {} };
