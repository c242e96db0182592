/**
 * Semi-supervised learning: the network is fine-tuned with the labels of 1, 5, 10, 25, 50 and 100 % of the training
 * patients (as 1 and 10 % of ImageNet's labels in Henaff et al., ICML 2020, and since), beside the same network from random
 * initialisation: the difference is what pre-training saves in labels.
 * @module
 */
import { z } from 'zod';
import { Random } from '../../base/random.ts';
import { classStatistics, namesOfMeasures, unitShares } from '../class-measures.ts';
import { averageByUnit } from '../examples.ts';
import { type Learned, scoreCurve } from '../label-curve.ts';
import { mostProbable } from '../metrics/confusion.ts';
import { rateNotes } from '../network/fit-variants.ts';
import {
  describeProblem,
  fitVariant,
  type LabelProblem,
  labelFitSettings,
  labelProblem,
} from '../network/label-problem.ts';
import { checkTaps } from '../network/learning-network.ts';
import { numberShares } from '../number-task.ts';
import { labelShares, percentSetting, shareName, validationSetting } from '../patient-shares.ts';
import type { ProbeResult } from '../probe-result.ts';
import { type NetworkInput, type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  percent: percentSetting,
  validation: validationSetting,
  repeats: z.number().int().positive().default(1).describe('independent choices of patients at every share'),
  tap: z.string().optional().describe('where the head is put; the network ends there. Default: the last tap'),
  frozen: z.string().default('none').describe('stages to hold fast, up to and with the named tap: none, a tap, or all'),
  ...labelFitSettings,
  measure: z.enum(['accuracy', 'balancedAccuracy']).default('accuracy').describe('headline number for classes'),
});

export type SemiSupervisedOptions = z.infer<typeof options>;

export const semiSupervised: NetworkProtocol<SemiSupervisedOptions> = {
  id: 'semi-supervised',
  title: 'Semi-supervised learning',
  description: 'The network is fine-tuned with the labels of 1, 5, 10, 25, 50 and 100 % of the training patients.',
  needs: 'network',
  predicts: 'classes',
  options,
  supervision: ({ percent, tap, frozen }) =>
    percent.includes(100) && tap === undefined && frozen === 'none'
      ? { shown: 'Random initialisation at 100 % of the labels is full supervision.' }
      : { options: { percent: [100], repeats: 1, tap: undefined, frozen: 'none' } },
  run: async (input, given) => runSemiSupervised(input, parseOptions('semi-supervised', options, given)),
};

async function runSemiSupervised(input: NetworkInput, settings: SemiSupervisedOptions): Promise<ProbeResult> {
  const problem = labelProblem(input, settings);
  const tap = settings.tap ?? problem.source.taps[problem.source.taps.length - 1];
  const { frozen } = settings;
  checkTaps(problem.source, [tap], frozen);
  const { steps, notes } = labelShares(
    problem.examples,
    { ...settings, everyClass: problem.task !== undefined },
    new Random(settings.seed).split('semi-supervised'),
  );
  const fits = steps.reduce((sum, { repeats }) => sum + repeats.length, 0);
  const learned: Learned[][] = [];
  const rates: [string, number][] = [];
  let done = 0;
  let dimensions = 0;
  for (const { at, repeats, validation } of steps) {
    const ofStep: Learned[] = [];
    for (const [repeat, train] of repeats.entries()) {
      const fit = await fitVariant(problem, input, settings, {
        tap,
        frozen,
        name: `${at} %, choice ${repeat}`,
        examples: { ...problem.examples, train, validation: validation?.[repeat] ?? problem.examples.validation },
        onStep: (step, total) => input.onProgress?.('train', done * total + step, fits * total),
      });
      try {
        dimensions = fit.features;
        rates.push([shareName(at, repeat, repeats.length), fit.learningRate]);
        const answers = await fit.answer(problem.examples.test);
        ofStep.push({ ...judge(problem, answers, settings.measure), held: fit.network.validation.score });
      } finally {
        await fit.network.dispose();
      }
      done++;
    }
    learned.push(ofStep);
  }
  const described = describeProblem(problem, input, settings);
  const { measure } = described;
  const axis = '% of labelled patients';
  const curve = { at: steps.map(({ at }) => at), axis, names: measureNames(problem), measure };
  return {
    ...described,
    protocol: 'semi-supervised',
    notes: [...notes, ...rateNotes(input, settings, rates)],
    taps: [{ tap, dimensions, ...scoreCurve(learned, problem.examples.test, curve, settings), hyperparameters: {} }],
  };
}

function measureNames({ task }: LabelProblem): readonly string[] {
  return task === undefined ? [] : namesOfMeasures(true);
}

function judge(
  { task, examples: { test } }: LabelProblem,
  rowAnswers: Float64Array,
  measure: SemiSupervisedOptions['measure'],
): Omit<Learned, 'held'> {
  const truth = test.units.map((unit) => unit.target);
  if (task === undefined) return { right: numberShares(truth, averageByUnit(test, rowAnswers, 1)), measures: [] };
  const classes = task.classes.length;
  const scores = averageByUnit(test, rowAnswers, classes);
  const answers = mostProbable(scores, classes);
  const share = unitShares(truth, classes, measure);
  return {
    right: truth.map((target, unit) => (answers[unit] === target ? share[target] : 0)),
    measures: classStatistics({ classes, truth, answers, scores, probabilities: true })(),
  };
}
