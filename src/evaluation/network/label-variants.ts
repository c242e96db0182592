/**
 * Fine-tuning of one network in several ways: heads on several taps, several prefixes held fast; a row of the result each.
 * @module
 */
import { z } from 'zod';
import type { ProbeResult, TapScore } from '../probe-result.ts';
import { listed, type NetworkInput } from '../protocols/protocol.ts';
import { rateNotes, rowRate, variantsOf } from './fit-variants.ts';
import type { LabelFit } from './label-fit.ts';
import {
  describeProblem,
  fitVariant,
  type LabelProblem,
  labelFitSettings,
  labelProblem,
  scoreAnswers,
} from './label-problem.ts';

export const variantSettings = {
  taps: z
    .preprocess(listed, z.array(z.string()))
    .default([])
    .describe('taps to put the head on, separated by commas; the network ends there. Default: the last one'),
  frozen: z
    .preprocess(listed, z.array(z.string()).min(1))
    .default(['none'])
    .describe('stages to hold fast, up to and with the named tap: none, a tap, or all; several make several rows'),
  ...labelFitSettings,
};

const schema = z.object(variantSettings);
export type VariantSettings = z.infer<typeof schema>;

/** @param further measures of a fit beside those of its answers */
export async function fitVariants(
  protocol: string,
  input: NetworkInput,
  settings: VariantSettings,
  further?: (problem: LabelProblem, fit: LabelFit, answers: Float64Array) => Promise<TapScore['measures']>,
): Promise<ProbeResult> {
  const problem = labelProblem(input, settings);
  const known = problem.source.taps;
  const asked = settings.taps.length > 0 ? settings.taps : known.slice(-1);
  const variants = variantsOf(problem.source, asked, settings.frozen);
  const taps: TapScore[] = [];
  for (const [i, { tap, frozen, name }] of variants.entries()) {
    const fit = await fitVariant(problem, input, settings, {
      tap,
      frozen,
      name,
      onStep: (done, total) => input.onProgress?.('train', i * total + done, variants.length * total),
    });
    try {
      const answers = await fit.answer(problem.examples.test);
      const scored = scoreAnswers(problem, answers, settings);
      taps.push({
        tap: name,
        dimensions: fit.features,
        ...scored,
        measures: { ...scored.measures, ...(await further?.(problem, fit, answers)) },
        validation: fit.network.validation.score,
        hyperparameters: { learningRate: fit.learningRate, step: fit.network.step },
      });
    } finally {
      await fit.network.dispose();
    }
  }
  const notes = rateNotes(input, settings, taps.map(rowRate));
  return { ...describeProblem(problem, input, settings), protocol, notes, taps };
}
