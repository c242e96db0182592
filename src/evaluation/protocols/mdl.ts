/**
 * Minimum description length: how short the labels become once the features are known. The labels of the training
 * patients are sent in blocks that double; each block costs `−log₂ p` under a classifier that has learned the blocks
 * before it, the first one `log₂ classes` a label (online code; Voita and Titov, "Information-theoretic probing with
 * minimum description length", EMNLP 2020). Probabilities are smoothed, for early blocks may lack a class. The headline number is the compression, uniform code over online code: 1 for
 * features that say nothing, higher for labels that are easy to read from few patients.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { type ClassProbe, probeClasses } from '../class-probe.ts';
import { type ClassTask, classSettings } from '../class-task.ts';
import { onlyUnits } from '../examples.ts';
import type { FeatureTable } from '../feature-table.ts';
import { unitsOf } from '../few-labels.ts';
import { headlineOf } from '../headline.ts';
import { logisticClassifier, logisticSettings } from '../logistic-classifier.ts';
import type { MatrixProduct } from '../matrix-product.ts';
import { type FeatureProtocol, type ProbeInput, parseOptions } from './protocol.ts';

const options = z.object({
  orders: z.number().int().min(1).max(50).default(3).describe('random orders of patients, averaged'),
  ...logisticSettings,
  ...classSettings,
});

export type MdlOptions = z.infer<typeof options>;

export const mdl: FeatureProtocol<MdlOptions> = {
  id: 'mdl',
  title: 'Minimum description length',
  description: 'How many bits the labels of training patients take once the features are known (online code).',
  needs: 'features',
  predicts: 'classes',
  options,
  async run(input, given) {
    const settings = { ...parseOptions('mdl', options, given), measure: 'compression' as const };
    return probeClasses('mdl', input, settings, (task) => arrange(task, settings, input.encoder));
  },
};

type Settings = MdlOptions & { readonly measure: 'compression' };

function arrange(task: ClassTask, settings: Settings, encoder: ProbeInput['encoder']): ClassProbe {
  const { train } = task.examples;
  const uniform = Math.log2(task.classes.length);
  const patients = [...new Set(train.units.map(({ patient }) => patient))];
  const orders = Array.from({ length: settings.orders }, (_, i) =>
    new Random(settings.seed).split('online code', i).shuffle([...patients]),
  );
  if (patients.length < 2) {
    throw new SondeError('evaluation/labels', `one training patient has the label '${task.label}'`, {
      expected: 'two training patients or more: the second is coded by what was learned of the first',
      hint: 'label more patients, or split the data again',
    });
  }
  return {
    chance: 1,
    judged: 'train',
    notes: [
      'The labels of the training patients are coded, each block of patients by what was learned from those before it; the test patients are not touched.',
    ],
    measureTap: async (table, product) => {
      const bits = new Float64Array(train.units.length);
      let held = 0;
      for (const order of orders) {
        const coded = await onlineCode(table, task, order, settings, product);
        coded.bits.forEach((own, unit) => {
          bits[unit] += own / orders.length;
        });
        held += coded.validation / orders.length;
      }
      const items = train.units.map(({ item, patient, target }, unit) => ({
        item,
        patient,
        truth: target,
        correct: bits[unit],
      }));
      const compression = headlineOf(
        { measure: 'compression', classes: task.classes, encoder },
        { tap: table.tap, items },
      );
      const { intervals } = clusterBootstrap(
        items.map(({ patient }) => patient),
        (weights) => {
          const value = compression(weights);
          return [value, uniform / value];
        },
        settings,
      );
      return {
        tap: table.tap,
        dimensions: table.columns,
        score: intervals[0],
        measures: { bitsPerLabel: intervals[1] },
        validation: held,
        hyperparameters: {},
        items,
      };
    },
  };
}

/** Bits of each training unit, and the validation log-likelihood a label (in bits) of what all but the last block taught. */
async function onlineCode(
  table: FeatureTable,
  task: ClassTask,
  order: readonly string[],
  settings: Settings,
  product: MatrixProduct,
): Promise<{ bits: Float64Array; validation: number }> {
  const { train, validation } = task.examples;
  const classes = task.classes.length;
  const classifier = logisticClassifier({ ...settings, measure: 'logLoss' });
  const bits = new Float64Array(train.units.length).fill(Math.log2(classes));
  let known = 0;
  let held = 0;
  for (const end of doublings(order.length)) {
    if (known > 0) {
      const asked = unitsOf(train, order.slice(known, end));
      const lesson = {
        names: task.classes,
        train: onlyUnits(train, unitsOf(train, order.slice(0, known))),
        validation,
        test: onlyUnits(train, asked),
      };
      const learned = await classifier.learn(table, lesson, product);
      asked.forEach((unit, i) => {
        const own = learned.scores.subarray(i * classes, (i + 1) * classes);
        bits[unit] = -Math.log2(smoothed(own[train.units[unit].target], lesson.train.units.length, classes));
      });
      held = learned.validation / Math.LN2;
    }
    known = end;
  }
  return { bits, validation: held };
}

/**
 * A probability mixed with a uniform share worth half an example of each class (the rule of Krichevsky and Trofimov), so
 * that a class which none of `known` examples showed can still be sent.
 */
function smoothed(probability: number, known: number, classes: number): number {
  return (known * probability + 0.5) / (known + classes / 2);
}

/** Ends of blocks: `count` halved again and again, at most ten times, ascending. */
export function doublings(count: number): number[] {
  const ends = [count];
  while (ends[0] > 1 && ends.length < 11) ends.unshift(Math.ceil(ends[0] / 2));
  return ends;
}
