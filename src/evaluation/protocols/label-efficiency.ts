/**
 * Label efficiency: the score with the labels of 1, 5, 10, 25, 50 and 100 % of the training patients, several
 * independent samples of patients. Every sample shows every class; a share too small for that is left out and said so.
 * Penalties are chosen on all validation patients; test patients are answered once a sample. The headline number is the
 * mean of the curve over the logarithm of the share.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { type ClassProbe, probeClasses } from '../class-probe.ts';
import { type ClassTask, classSettings } from '../class-task.ts';
import { onlyUnits } from '../examples.ts';
import { orderPatients, unitsOf } from '../few-labels.ts';
import { curveSettings, linearClassifier } from '../label-classifier.ts';
import { probeCurve } from '../label-curve.ts';
import { type FeatureProtocol, listed, parseOptions } from './protocol.ts';

const options = z.object({
  ...curveSettings('linear'),
  percent: z
    .preprocess(listed, z.array(z.coerce.number().positive().max(100)).min(1))
    .default([1, 5, 10, 25, 50, 100])
    .describe('shares of the labelled training patients'),
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
  const orders = Array.from({ length: settings.repeats }, (_, repeat) =>
    orderPatients(train, new Random(settings.seed).split('label efficiency', repeat)),
  );
  const total = orders[0].patients.length;
  const needed = Math.max(...orders.map(({ covering }) => covering));
  const patientsAt = (percent: number) => Math.round((percent / 100) * total);
  const asked = [...new Set(settings.percent)].sort((a, b) => a - b);
  const used = asked.filter((percent) => patientsAt(percent) >= needed);
  const beyond = asked.filter((percent) => patientsAt(percent) < needed);
  if (used.length === 0) {
    throw new SondeError(
      'evaluation/labels',
      `${asked.at(-1)} % of ${total} training patients do not show every class`,
      {
        expected: `${needed} patients or more`,
        hint: 'ask for a larger share (percent=100), or label more patients',
      },
    );
  }
  const steps = used.map((percent) => {
    const count = patientsAt(percent);
    // All patients are the same patients in every order.
    const distinct = count === total ? orders.slice(0, 1) : orders;
    return {
      at: percent,
      repeats: distinct.map(({ patients }) => onlyUnits(train, unitsOf(train, patients.slice(0, count)))),
    };
  });
  const tuned = new Set(validation.units.map((unit) => unit.patient)).size;
  return {
    ...probeCurve(linearClassifier(settings), task, steps, '% of labelled patients', settings),
    notes: [
      `100 % are ${total} training patients; the penalty is chosen on all ${tuned} validation patients at every share.`,
      ...(beyond.length === 0
        ? []
        : [`${beyond.join(', ')} % is left out: it takes ${needed} of ${total} patients to show every class.`]),
    ],
  };
}
