/**
 * The same network trained with every label from random initialisation: what stands beside tables by tap as full
 * supervision.
 * @module
 */
import { z } from 'zod';
import { multiplyAdds } from '../../graph/multiply-adds.ts';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import type { NetworkInput } from '../protocols/protocol.ts';
import { fitVariant, type LabelFitSettings, labelFitSettings, labelProblem } from './label-problem.ts';
import { learningNetwork, type NetworkSource } from './learning-network.ts';

const schema = z.object(labelFitSettings);

/**
 * The model of `input`, which should have learned nothing, after training on the label of all training patients, with a
 * linear head on its last tap; the head is left behind. Settings are those of fine-tuning.
 * Throws what `labelProblem` throws.
 */
export async function supervisedTwin(input: NetworkInput, given: Partial<LabelFitSettings> = {}): Promise<OnnxModel> {
  const settings = schema.parse(given);
  const problem = labelProblem(input, settings);
  const { taps } = problem.source;
  const fit = await fitVariant(problem, input, settings, {
    tap: taps[taps.length - 1],
    name: 'full supervision',
    onStep: (done, total) => input.onProgress?.('train', done, total),
  });
  try {
    return fit.network.model();
  } finally {
    await fit.network.dispose();
  }
}

/**
 * What training a twin for so many steps at every learning rate multiplies: forwards once, and as much again for each side
 * of a gradient.
 */
export function twinMultiplyAdds(source: NetworkSource, steps: number): number {
  const batch = source.fixedBatch ?? 1;
  const { taps } = learningNetwork(source, { batch, taps: source.taps.slice(-1), training: false });
  const { batchSize, learningRate } = schema.parse({});
  return (3 * steps * learningRate.length * batchSize * multiplyAdds(Object.values(taps))) / batch;
}
