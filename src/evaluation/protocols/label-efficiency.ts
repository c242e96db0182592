/**
 * Label efficiency: the score with the labels of 1, 5, 10, 25, 50 and 100 % of the training patients, several
 * independent samples of patients. Every sample shows every class; a share too small for that is left out and said so.
 * Penalties are chosen on all validation patients; test patients are answered once a sample. The headline number is the
 * mean of the curve over the logarithm of the share.
 * @module
 */
import { z } from 'zod';
import { Random } from '../../base/random.ts';
import { type ClassProbe, probeClasses } from '../class-probe.ts';
import { type ClassTask, classSettings } from '../class-task.ts';
import { curveSettings, linearClassifier } from '../label-classifier.ts';
import { probeCurve } from '../label-curve.ts';
import { patientShares, percentSetting } from '../patient-shares.ts';
import { type FeatureProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  ...curveSettings('linear'),
  percent: percentSetting,
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
  const { train, validation } = task.examples;
  const { steps, notes } = patientShares(train, settings, new Random(settings.seed).split('label efficiency'));
  const tuned = new Set(validation.units.map((unit) => unit.patient)).size;
  return {
    ...probeCurve(linearClassifier(settings), task, steps, '% of labelled patients', settings),
    notes: [...notes, `The penalty is chosen on all ${tuned} validation patients at every share.`],
  };
}
