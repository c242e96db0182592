/**
 * A label that a network is to be trained to tell: its windows, its parts, and how its answers are scored. Protocols that
 * train on labels differ in what they hold fast and how much they are told, not in this.
 * @module
 */
import { z } from 'zod';
import { usageError } from '../../base/errors.ts';
import { backendById } from '../../runtime/backends/index.ts';
import type { ClassMeasure } from '../class-measures.ts';
import { type ClassTask, classMeasures, classSettings, classTask } from '../class-task.ts';
import { chanceOf, scoreClassification } from '../classification-score.ts';
import { averageByUnit, countExamples, type Examples, labelKind, labelValues } from '../examples.ts';
import { rSquared } from '../metrics/regression.ts';
import { meanOf, numberTask, scoreNumbers } from '../number-task.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';
import type { NetworkInput } from '../protocols/protocol.ts';
import { fitLabel, type LabelFit, type LabelledWindows, labelledWindows } from './label-fit.ts';
import { type NetworkSource, networkSource } from './learning-network.ts';
import { type RecipeOptions, recipeOptions } from './recipe.ts';

/** Options of every protocol that trains on a label. */
export const labelFitSettings = {
  ...recipeOptions,
  ...classSettings,
  measure: z.enum(classMeasures).default('accuracy').describe('headline number for classes'),
  windows: z.number().int().positive().default(4).describe('windows of an item that are answered and averaged'),
};

const schema = z.object(labelFitSettings);
export type LabelFitSettings = z.infer<typeof schema>;

export interface LabelProblem {
  readonly source: NetworkSource;
  readonly windows: LabelledWindows;
  readonly label: string;
  readonly examples: Examples;
  /** Absent where the label is a measurement. */
  readonly task: ClassTask | undefined;
  /** Headline number where it names classes. */
  readonly measure: ClassMeasure;
}

/** Throws `usage` without a label, and what `classTask` and `numberTask` throw. */
export function labelProblem(input: NetworkInput, settings: LabelFitSettings): LabelProblem {
  const { label } = input;
  if (label === undefined) throw usageError('this protocol needs a label to learn', { hint: 'name it with --label' });
  const source = networkSource(input.model);
  const windows = labelledWindows(source, input.store, settings.windows);
  const values = labelValues(windows.facts, label);
  const measures = settings.bins === undefined && labelKind(values) === 'numbers';
  const task = measures ? undefined : classTask(windows.facts, label, settings);
  return {
    source,
    windows,
    examples: task?.examples ?? numberTask(windows.facts, label),
    task,
    measure: settings.measure,
    label,
  };
}

export interface LabelFitVariant {
  readonly tap: string;
  readonly frozen?: string | undefined;
  /** The examples it is told, where not all. */
  readonly examples?: Examples;
  /** Tells this fit from others of the same protocol. */
  readonly name: string;
  readonly seed?: number;
  readonly onStep?: (done: number, total: number) => void;
}

/** Trains one variant on the problem. */
export function fitVariant(
  { source, windows, examples, task, measure }: LabelProblem,
  { device, threads, checkpoints }: NetworkInput,
  settings: RecipeOptions,
  variant: LabelFitVariant,
): Promise<LabelFit> {
  return fitLabel({
    source,
    windows,
    examples: variant.examples ?? examples,
    classes: task?.classes.length,
    measure,
    tap: variant.tap,
    frozen: variant.frozen,
    recipe: variant.seed === undefined ? settings : { ...settings, seed: variant.seed },
    backend: backendById(device ?? 'cpu'),
    threads,
    checkpoints: checkpoints && ((name) => checkpoints(`${variant.name} ${name}`)),
    onStep: variant.onStep,
  });
}

/** What answers to the rows of the test part are worth, averaged over each unit's. */
export function scoreAnswers(
  { task, examples, measure }: LabelProblem,
  rowAnswers: Float64Array,
  settings: LabelFitSettings,
): Pick<TapScore, 'score' | 'measures' | 'confusion' | 'perClass' | 'items'> {
  const answers = averageByUnit(examples.test, rowAnswers, task?.classes.length ?? 1);
  if (task === undefined) return scoreNumbers(examples.test, answers, settings);
  return scoreClassification(task, answers, { measure, probabilities: true }, settings);
}

/** The part of a result that the problem decides. */
export function describeProblem(
  { task, measure, label, examples }: LabelProblem,
  input: NetworkInput,
  { level, resamples, seed }: LabelFitSettings,
): Omit<ProbeResult, 'taps' | 'protocol'> {
  const { train, test } = examples;
  const truth = test.units.map((unit) => unit.target);
  const chance =
    task === undefined
      ? rSquared(truth, new Float64Array(truth.length).fill(meanOf(train.units.map((unit) => unit.target))))
      : chanceOf(task, measure);
  return {
    version: 1,
    label,
    measure: task === undefined ? 'r2' : measure,
    ...(task === undefined ? {} : { classes: task.classes }),
    chance,
    encoder: input.encoder,
    counts: countExamples(examples),
    interval: { method: 'bootstrap over patients', level, resamples, seed },
  };
}
