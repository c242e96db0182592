/**
 * What every method that asks a multiple-choice question builds in the same way.
 * @module
 */

import type { Tensor } from '../graph/tensor.ts';
import { accuracyOf, crossEntropy } from '../nn/losses/cross-entropy.ts';
import type { TrunkOutput } from '../nn/trunks/trunk.ts';
import type { Built } from './method.ts';

/**
 * Cross-entropy over named answers.
 *
 * @param logits `[N, K]`
 * @param classes right answers `[N]`, int64
 */
export function classificationTask(
  trunkOutput: TrunkOutput,
  logits: Tensor,
  classes: Tensor,
  names: readonly string[],
): Built {
  return {
    objectives: [{ name: 'classification', loss: crossEntropy(logits, classes) }],
    measures: { accuracy: accuracyOf(logits, classes) },
    answers: { logits, classes, names },
    embedding: trunkOutput.features,
    trunkOutput,
  };
}

/** Chance level of a balanced question with `count` answers. */
export function uniformChance(count: number): { accuracy: number; loss: number } {
  return { accuracy: 1 / count, loss: Math.log(count) };
}

/** The position of the largest value. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
