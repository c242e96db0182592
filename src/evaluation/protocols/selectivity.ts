/**
 * Selectivity: how much better the probe reads the label than it memorises patients (Hewitt and Liang, "Designing and
 * interpreting probes with control tasks", EMNLP 2019). In the control task every training patient gets a random class,
 * drawn as often as the label has it; the same probe learns it from half of the patient's items (or windows) and answers
 * the other half, which it can only do by recognising the patient. The headline number is the accuracy of the task on
 * test patients minus the accuracy of the control task, with the penalty that the task chose on validation patients.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { type ClassProbe, probeClasses } from '../class-probe.ts';
import { type ClassTask, classSettings } from '../class-task.ts';
import { truthOf } from '../classifier.ts';
import { type ExamplePart, onlyRows } from '../examples.ts';
import { headlineOf } from '../headline.ts';
import { logisticClassifier, logisticSettings } from '../logistic-classifier.ts';
import { mostProbable } from '../metrics/confusion.ts';
import type { AnsweredItem } from '../probe-result.ts';
import { type FeatureProtocol, type ProbeInput, parseOptions } from './protocol.ts';

const options = z.object({
  controls: z.number().int().min(1).max(100).default(5).describe('random labellings of patients, averaged'),
  ...logisticSettings,
  ...classSettings,
});

export type SelectivityOptions = z.infer<typeof options>;

export const selectivity: FeatureProtocol<SelectivityOptions> = {
  id: 'selectivity',
  title: 'Selectivity',
  description:
    'Accuracy on the label minus accuracy on random labels of patients, which only memorising patients can answer.',
  needs: 'features',
  predicts: 'classes',
  options,
  async run(input, given) {
    const settings = { ...parseOptions('selectivity', options, given), measure: 'selectivity' as const };
    return probeClasses('selectivity', input, settings, (task) => arrange(task, settings, input.encoder));
  },
};

type Settings = SelectivityOptions & { readonly measure: 'selectivity' };

function arrange(task: ClassTask, settings: Settings, encoder: ProbeInput['encoder']): ClassProbe {
  const { train, validation, test } = task.examples;
  const classes = task.classes.length;
  const halves = halvesOfPatients(train);
  if (halves.asked.rows.length === 0) {
    throw new SondeError('evaluation/labels', 'every training patient has one item in one window', {
      expected: 'patients with two items or windows, one to learn from and one to ask',
      hint: 'take more windows of each item (--windows), or another protocol',
    });
  }
  const controls = Array.from({ length: settings.controls }, (_, i) => {
    const random = new Random(settings.seed).split('control', i);
    const classOf = new Map<string, number>();
    for (const { patient } of train.units) {
      if (!classOf.has(patient)) classOf.set(patient, train.units[random.integer(train.units.length)].target);
    }
    return { learned: relabelled(halves.learned, classOf), asked: relabelled(halves.asked, classOf) };
  });
  const truth = truthOf(test);
  return {
    chance: 0,
    notes: [
      `The control task is asked of ${new Set(halves.asked.units.map((unit) => unit.patient)).size} training patients, on ${halves.byItem ? 'items' : 'windows'} that were not learned from.`,
    ],
    measureTap: async (table, product) => {
      const probe = logisticClassifier({ ...settings, measure: 'accuracy' });
      const learned = await probe.learn(table, { names: task.classes, train, validation, test }, product);
      const answers = mostProbable(learned.scores, classes);
      const { l2 } = learned.hyperparameters;
      const same = logisticClassifier({ ...settings, l2: [l2], measure: 'accuracy' });
      const right = new Float64Array(halves.asked.units.length);
      for (const control of controls) {
        const lesson = { names: task.classes, train: control.learned, validation, test: control.asked };
        const found = mostProbable((await same.learn(table, lesson, product)).scores, classes);
        control.asked.units.forEach(({ target }, unit) => {
          if (found[unit] === target) right[unit] += 1 / controls.length;
        });
      }
      const items: AnsweredItem[] = [
        ...test.units.map(({ item, patient, target }, unit) => ({
          item,
          patient,
          correct: answers[unit] === target ? 1 : 0,
          truth: truth[unit],
          answer: answers[unit],
        })),
        ...halves.asked.units.map(({ item, patient }, unit) => ({
          item,
          patient,
          correct: right[unit],
          control: true as const,
        })),
      ];
      const difference = headlineOf({ measure: 'selectivity', encoder }, { tap: table.tap, items });
      const patients = items.map(({ patient }) => patient);
      const { intervals } = clusterBootstrap(
        patients,
        (weights) => [
          difference(weights),
          shareRight(items, weights, (item) => item.control !== true),
          shareRight(items, weights, (item) => item.control === true),
        ],
        settings,
      );
      return {
        tap: table.tap,
        dimensions: table.columns,
        score: intervals[0],
        measures: { accuracy: intervals[1], control: intervals[2] },
        validation: learned.validation,
        hyperparameters: { l2 },
        items,
      };
    },
  };
}

/** Every second item of each patient, or every second window where a patient has one item; the other half is asked. */
function halvesOfPatients(part: ExamplePart): { learned: ExamplePart; asked: ExamplePart; byItem: boolean } {
  const unitsOfPatient = new Map<string, number[]>();
  part.units.forEach(({ patient }, unit) => {
    unitsOfPatient.set(patient, [...(unitsOfPatient.get(patient) ?? []), unit]);
  });
  const rowsOfUnit = new Map<number, number[]>();
  part.unitOfRow.forEach((unit, row) => {
    rowsOfUnit.set(unit, [...(rowsOfUnit.get(unit) ?? []), row]);
  });
  const asked = new Set<number>();
  let byItem = false;
  for (const units of unitsOfPatient.values()) {
    const groups =
      units.length > 1 ? units.map((unit) => rowsOfUnit.get(unit)!) : rowsOfUnit.get(units[0])!.map((row) => [row]);
    byItem ||= units.length > 1;
    groups.forEach((rows, i) => {
      if (i % 2 === 1) for (const row of rows) asked.add(row);
    });
  }
  const patientsAsked = new Set([...asked].map((row) => part.units[part.unitOfRow[row]].patient));
  const rows = [...part.unitOfRow.keys()];
  const ofAsked = (row: number) => patientsAsked.has(part.units[part.unitOfRow[row]].patient);
  return {
    learned: onlyRows(
      part,
      rows.filter((row) => !asked.has(row) && ofAsked(row)),
    ),
    asked: onlyRows(
      part,
      rows.filter((row) => asked.has(row)),
    ),
    byItem,
  };
}

function relabelled(part: ExamplePart, classOf: ReadonlyMap<string, number>): ExamplePart {
  return {
    ...part,
    targets: Float64Array.from(part.unitOfRow, (unit) => classOf.get(part.units[unit].patient)!),
    units: part.units.map((unit) => ({ ...unit, target: classOf.get(unit.patient)! })),
  };
}

function shareRight(
  items: readonly AnsweredItem[],
  weights: ArrayLike<number>,
  wanted: (item: AnsweredItem) => boolean,
): number {
  let sum = 0;
  let total = 0;
  items.forEach((item, i) => {
    if (!wanted(item)) return;
    sum += weights[i] * item.correct;
    total += weights[i];
  });
  return sum / total;
}
