/**
 * What a classifier is asked: the classes of a label, the class of each row, and the settings that all protocols on
 * classes share.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../base/errors.ts';
import type { Label } from '../data/media.ts';
import { arrangeExamples, classesOf, type Examples, labelKind, labelValues, type RowFacts } from './examples.ts';
import { binNumbers, type ClassTargets } from './label-bins.ts';
import { listed } from './protocols/protocol.ts';

/** Settings of intervals, for every protocol. */
export const intervalSettings = {
  resamples: z.number().int().positive().default(2000).describe('bootstrap resamples of patients'),
  level: z.number().gt(0).lt(1).default(0.95).describe('confidence level of intervals'),
  seed: z.number().int().default(0).describe('seed of everything drawn: resamples, repeats, orders'),
};

/** Settings of every protocol on classes. */
export const classSettings = {
  bins: z
    .number()
    .int()
    .min(2)
    .max(20)
    .optional()
    .describe('cut a measured label (phase, for instance) into this many classes of equal share'),
  without: z
    .preprocess(listed, z.array(z.string()))
    .default([])
    .describe('classes to leave out, separated by commas: those too rare to be in every part'),
  ...intervalSettings,
};

/** Headline numbers of a classifier. */
export const classMeasures = ['accuracy', 'balancedAccuracy', 'macroF1', 'averagePrecision', 'auroc'] as const;

export interface ClassTask {
  readonly label: string;
  readonly classes: readonly string[];
  readonly examples: Examples;
}

interface ClassSettings {
  readonly bins?: number;
  readonly without: readonly string[];
}

/**
 * The task that a label sets on the given rows. Throws `evaluation/labels` for a label that is absent, has one class
 * only, measures something, or has a class that no training patient shows, and for a patient in two parts.
 */
export function classTask(facts: RowFacts, label: string, settings: ClassSettings): ClassTask {
  const { classes, targets } = classTargets(facts, label, settings);
  const examples = arrangeExamples(facts, targets, label);
  requireTrainingClasses(examples, classes, label);
  return { label, classes, examples };
}

function classTargets(facts: RowFacts, label: string, { bins, without }: ClassSettings): ClassTargets {
  const all = labelValues(facts, label);
  const unknown = without.filter((name) => !all.some((value) => String(value) === name));
  if (unknown.length > 0) {
    throw new SondeError('evaluation/labels', `label '${label}' has no class '${unknown[0]}' to leave out`, {
      hint: `its classes: ${[...new Set(all.filter((value) => value !== undefined))].join(', ')}`,
    });
  }
  const values = all.map((value) => (without.includes(String(value)) ? undefined : value));
  if (bins !== undefined) return binNumbers(values, facts.parts, bins, label);
  if (labelKind(values) === 'numbers') {
    throw new SondeError('evaluation/labels', `label '${label}' is a measurement, not a class`, {
      hint: 'use the protocol ridge for it, or cut it into classes with the option bins',
    });
  }
  const classes = classesOf(values, label);
  const code = new Map(classes.map((name, k) => [name, k]));
  const codeOf = (value: Label | undefined) => (value === undefined ? Number.NaN : code.get(String(value))!);
  return { classes, targets: Float64Array.from(values, codeOf) };
}

function requireTrainingClasses({ train }: Examples, classes: readonly string[], label: string): void {
  const seen = new Set(train.units.map((unit) => unit.target));
  const missing = classes.filter((_, k) => !seen.has(k));
  if (missing.length === 0) return;
  const numbers = classes.every((name) => Number.isFinite(Number(name)));
  throw new SondeError(
    'evaluation/labels',
    `no training patient shows ${missing.map((name) => `'${name}'`).join(', ')} of label '${label}'`,
    {
      hint: `leave the class out with the option without=${missing.join(',')}, or split the data again, spread evenly by '${label}'${numbers ? '; a measurement is for the protocol ridge, or is cut into classes with the option bins' : ''}`,
    },
  );
}
