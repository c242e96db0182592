/**
 * Linear probe: multinomial logistic regression on the frozen features of each tap, the usual yardstick of
 * self-supervised learning (Zhang et al., "Colorful image colorization", ECCV 2016, and since).
 *
 * Instead of stochastic gradient descent on a fixed schedule it is fitted to the minimum by full-batch L-BFGS on
 * standardised features, with the L2 penalty chosen on validation patients: deterministic, and no learning rate to
 * favour one encoder over another. Test patients are answered once, with the penalty chosen. `solver=sgd` is the papers'
 * schedule instead, for numbers that are to be compared with theirs.
 * @module
 */
import { z } from 'zod';
import { probeClasses, probeWith } from '../class-probe.ts';
import { classMeasures, classSettings } from '../class-task.ts';
import { logisticClassifier, logisticSettings } from '../logistic-classifier.ts';
import { sgdClassifier, sgdSettings } from '../sgd-logistic.ts';
import { type FeatureProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  measure: z.enum(classMeasures).default('accuracy').describe('headline number'),
  solver: z
    .enum(['lbfgs', 'sgd'])
    .default('lbfgs')
    .describe('to the minimum, the penalty chosen on validation patients; or the fixed schedule of the papers'),
  ...logisticSettings,
  ...sgdSettings,
  ...classSettings,
});

export type LinearOptions = z.infer<typeof options>;

export const linear: FeatureProtocol<LinearOptions> = {
  id: 'linear',
  title: 'Linear probe',
  description:
    'Multinomial logistic regression on the frozen features of each tap; the penalty is chosen on validation patients.',
  needs: 'features',
  predicts: 'classes',
  options,
  async run(input, given) {
    const settings = parseOptions('linear', options, given);
    const classifier = settings.solver === 'sgd' ? sgdClassifier(settings) : logisticClassifier(settings);
    return probeClasses('linear', input, settings, (task) => probeWith(classifier, task, settings));
  },
};
