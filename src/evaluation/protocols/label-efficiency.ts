/**
 * Label efficiency: the score with the labels of 1, 5, 10, 25, 50 and 100 % of the training patients, several
 * independent samples of patients. Every sample shows every class; a share too small for that is left out and said so.
 * Penalties are chosen on the same share of the validation patients (Oliver et al., "Realistic evaluation of deep
 * semi-supervised learning algorithms", NeurIPS 2018: nobody with few labels has a large labelled validation set), or on
 * all of them if asked; test patients are answered once a sample. The headline number is the mean of the curve over the
 * logarithm of the share.
 * @module
 */
import { z } from 'zod';
import { Random } from '../../base/random.ts';
import { type ClassProbe, probeClasses } from '../class-probe.ts';
import { type ClassTask, classSettings } from '../class-task.ts';
import { curveSettings, linearClassifier } from '../label-classifier.ts';
import { probeCurve } from '../label-curve.ts';
import { labelShares, percentSetting, validationSetting } from '../patient-shares.ts';
import { type FeatureProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  ...curveSettings('linear'),
  percent: percentSetting,
  validation: validationSetting,
  ...classSettings,
});

export type LabelEfficiencyOptions = z.infer<typeof options>;

export const labelEfficiency: FeatureProtocol<LabelEfficiencyOptions> = {
  id: 'label-efficiency',
  title: 'Label efficiency',
  description: 'A linear classifier from the labels of 1, 5, 10, 25, 50 and 100 % of the training patients.',
  needs: 'features',
  predicts: 'classes',
  options,
  async run(input, given) {
    const settings = parseOptions('label-efficiency', options, given);
    return probeClasses('label-efficiency', input, settings, (task) => arrange(task, settings));
  },
};

function arrange(task: ClassTask, settings: LabelEfficiencyOptions): ClassProbe {
  const { steps, notes } = labelShares(task.examples, settings, new Random(settings.seed).split('label efficiency'));
  return { ...probeCurve(linearClassifier(settings), task, steps, '% of labelled patients', settings), notes };
}
