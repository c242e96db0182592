/**
 * Low-shot classification: so many labelled examples of each class and no more, several independent samples of them
 * (Goyal et al., ICCV 2019: 1, 2, 4, … 96 positives, five samples, support vector machines). Samples spread over as many
 * patients as there are. The cost (or penalty) is chosen on validation patients; test patients are answered once a
 * sample. The headline number is the mean of the curve over the logarithm of the number of examples.
 * @module
 */
import { z } from 'zod';
import { Random } from '../../base/random.ts';
import { type ClassProbe, probeClasses } from '../class-probe.ts';
import { type ClassTask, classSettings } from '../class-task.ts';
import { onlyUnits } from '../examples.ts';
import { orderByClass } from '../few-labels.ts';
import { curveSettings, linearClassifier } from '../label-classifier.ts';
import { headlineNotes, probeCurve } from '../label-curve.ts';
import { type FeatureProtocol, listed, parseOptions } from './protocol.ts';

const options = z.object({
  ...curveSettings('svm'),
  k: z
    .preprocess(listed, z.array(z.coerce.number().int().positive()).min(1))
    .default([1, 2, 4, 8, 16, 32, 64, 96])
    .describe('labelled examples of each class'),
  ...classSettings,
});

export type LowShotOptions = z.infer<typeof options>;

export const lowShot: FeatureProtocol<LowShotOptions> = {
  id: 'low-shot',
  title: 'Low-shot classification',
  description:
    'A linear classifier from 1, 2, 4, … labelled examples of each class, several independent samples of them.',
  needs: 'features',
  predicts: 'classes',
  options,
  async run(input, given) {
    const settings = parseOptions('low-shot', options, given);
    return probeClasses('low-shot', input, settings, (task) => arrange(task, settings));
  },
};

function arrange(task: ClassTask, settings: LowShotOptions): ClassProbe {
  const { train } = task.examples;
  const classes = task.classes.length;
  const counts = task.classes.map((_, k) => train.units.filter((unit) => unit.target === k).length);
  const fewest = Math.min(...counts);
  const asked = [...new Set(settings.k)].sort((a, b) => a - b);
  const within = asked.filter((k) => k <= fewest);
  const used = within.length > 0 ? within : [fewest];
  const orders = Array.from({ length: settings.repeats }, (_, repeat) =>
    orderByClass(train, classes, new Random(settings.seed).split('low-shot', repeat)),
  );
  const steps = used.map((k) => ({
    at: k,
    repeats: orders.map((order) =>
      onlyUnits(
        train,
        order.flatMap((units) => units.slice(0, k)),
      ),
    ),
  }));
  const beyond = asked.filter((k) => k > fewest);
  const rarest = task.classes[counts.indexOf(fewest)];
  return {
    ...probeCurve(linearClassifier(settings), task, steps, 'labelled examples a class', settings),
    notes: [
      ...headlineNotes(steps, 'the number of examples'),
      ...(beyond.length === 0
        ? []
        : [`k = ${beyond.join(', ')} left out: '${rarest}' has ${fewest} labelled training examples.`]),
    ],
  };
}
