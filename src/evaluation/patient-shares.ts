/**
 * Shares of the labelled training patients: what protocols that ask how much must be labelled learn from. Of one order of
 * patients the smaller share is part of the larger, and every share shows every class.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { type ExamplePart, type Examples, onlyUnits } from './examples.ts';
import { orderPatients, unitsOf } from './few-labels.ts';
import { type CurveStep, headlineNotes } from './label-curve.ts';
import { listed } from './protocols/protocol.ts';

/** The shares a user asks for. */
export const percentSetting = z
  .preprocess(listed, z.array(z.coerce.number().positive().max(100)).min(1))
  .default([1, 5, 10, 25, 50, 100])
  .describe('shares of the labelled training patients');

/** What hyper-parameters, and the step at which a fit ends, are chosen by. */
export const validationSetting = z
  .enum(['share', 'all'])
  .default('share')
  .describe('choose on the same share of the validation patients, at least one, or on all of them');

export interface ShareSettings {
  readonly percent: readonly number[];
  /** Independent orders of patients. */
  readonly repeats: number;
  /** Whether every share has to show every class, default; a measurement has no classes to show. */
  readonly everyClass?: boolean;
}

/** What a fit on a share is called. */
export const shareName = (percent: number, repeat: number, repeats: number): string =>
  repeats > 1 ? `${percent} %, choice ${repeat + 1}` : `${percent} %`;

function patientShares(
  train: ExamplePart,
  settings: ShareSettings,
  random: Random,
): { steps: readonly CurveStep[]; notes: readonly string[] } {
  const { repeats, everyClass = true } = settings;
  const ordered = everyClass ? train : { ...train, units: train.units.map((unit) => ({ ...unit, target: 0 })) };
  const orders = Array.from({ length: repeats }, (_, repeat) => orderPatients(ordered, random.split(repeat)));
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
  return {
    steps,
    notes: [
      `100 % are ${total} training patients.`,
      ...headlineNotes(steps, 'the share of labels'),
      ...(beyond.length === 0
        ? []
        : [`${beyond.join(', ')} % left out: it takes ${needed} of ${total} patients to show every class.`]),
    ],
  };
}

/**
 * Shares of the training patients with what is chosen by in each: all validation patients, or the same share of them.
 * Throws `evaluation/labels` where not even the largest share shows every class.
 */
export function labelShares(
  { train, validation }: Pick<Examples, 'train' | 'validation'>,
  settings: ShareSettings & { readonly validation: 'share' | 'all' },
  random: Random,
): { steps: readonly CurveStep[]; notes: readonly string[] } {
  const { steps, notes } = patientShares(train, settings, random);
  const total = new Set(validation.units.map((unit) => unit.patient)).size;
  const all = settings.validation === 'all';
  return {
    steps: all ? steps : withValidationShares(steps, validation, settings.repeats, random.split('validation')),
    notes: [
      ...notes,
      all
        ? `What is chosen is chosen on all ${total} validation patients at every share.`
        : `What is chosen is chosen on the same share of the ${total} validation patients, at least one.`,
    ],
  };
}

/**
 * The same shares of the validation patients, at least one patient, drawn anew for every repeat: who has few labels to
 * learn from has few to choose by.
 */
export function withValidationShares(
  steps: readonly CurveStep[],
  validation: ExamplePart,
  repeats: number,
  random: Random,
): readonly CurveStep[] {
  const orders = Array.from({ length: repeats }, (_, repeat) => orderPatients(validation, random.split(repeat)));
  const total = orders[0].patients.length;
  return steps.map((step) => {
    const count = Math.max(1, Math.round((step.at / 100) * total));
    return {
      ...step,
      validation: step.repeats.map((_, repeat) =>
        onlyUnits(validation, unitsOf(validation, orders[repeat].patients.slice(0, count))),
      ),
    };
  });
}
