/**
 * Fine-tuning: the network goes on learning, with a linear layer on a tap, from labelled training patients. What it is
 * held up against is the same network that starts from nothing and is trained in the same way: full supervision.
 *
 * From any tap; with earlier stages held fast ("freeze to conv k"), slower stage by stage downwards (discriminative rates:
 * Howard and Ruder, ACL 2018), the head faster. Learning rate and moment to stop are chosen on validation patients.
 * @module
 */
import { z } from 'zod';
import { describeProblem, fitVariant, labelFitSettings, labelProblem, scoreAnswers } from '../network/label-problem.ts';
import { checkTaps } from '../network/learning-network.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';
import { listed, type NetworkInput, type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  taps: z
    .preprocess(listed, z.array(z.string()))
    .default([])
    .describe('taps to put the head on, separated by commas; the network ends there. Default: the last one'),
  frozen: z
    .preprocess(listed, z.array(z.string()).min(1))
    .default(['none'])
    .describe('stages to hold fast, up to and with the named tap: none, a tap, or all; several make several rows'),
  ...labelFitSettings,
});

export type FinetuneOptions = z.infer<typeof options>;

export const finetune: NetworkProtocol<FinetuneOptions> = {
  id: 'finetune',
  title: 'Fine-tuning',
  description:
    'The network goes on learning, with a linear head on a tap; learning rate and last step are chosen on validation patients.',
  needs: 'network',
  predicts: 'classes',
  options,
  run: async (input, given) => runFinetune(input, parseOptions('finetune', options, given)),
};

async function runFinetune(input: NetworkInput, settings: FinetuneOptions): Promise<ProbeResult> {
  const problem = labelProblem(input, settings);
  const known = problem.source.taps;
  const asked = settings.taps.length > 0 ? settings.taps : known.slice(-1);
  const variants = asked.flatMap((tap) => settings.frozen.map((frozen) => ({ tap, frozen })));
  // A name that does not exist is better known before the first hour of training than after it.
  for (const { tap, frozen } of variants) checkTaps(problem.source, [tap], frozen);
  const taps: TapScore[] = [];
  for (const [i, { tap, frozen }] of variants.entries()) {
    const name = frozen === 'none' ? tap : frozen === 'all' ? `${tap}, all held` : `${tap}, held to ${frozen}`;
    const fit = await fitVariant(problem, input, settings, {
      tap,
      frozen,
      name,
      onStep: (done, total) => input.onProgress?.('train', i * total + done, variants.length * total),
    });
    try {
      taps.push({
        tap: name,
        dimensions: fit.features,
        ...scoreAnswers(problem, await fit.answer(problem.examples.test), settings),
        validation: fit.network.validation.score,
        hyperparameters: { learningRate: fit.learningRate, step: fit.network.step },
      });
    } finally {
      await fit.network.dispose();
    }
  }
  return { ...describeProblem(problem, input, settings), protocol: 'finetune', taps };
}
