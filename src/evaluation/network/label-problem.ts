/**
 * A label that a network is to be trained to tell: its windows, its parts, and how its answers are scored. Protocols that
 * train on labels differ in what they hold fast and how much they are told, not in this.
 * @module
 */
import { z } from 'zod';
import { usageError } from '../../base/errors.ts';
import { backendById } from '../../runtime/backends/index.ts';
import { classSettings, classTask } from '../class-task.ts';
import { chanceOf, scoreClassification } from '../classification-score.ts';
import { averageByUnit, countExamples, type ExamplePart, type Examples, labelKind, labelValues } from '../examples.ts';
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
  measure: z.enum(['accuracy', 'balancedAccuracy']).default('accuracy').describe('headline number for classes'),
  windows: z.number().int().positive().default(4).describe('windows of an item that are answered and averaged'),
};

const schema = z.object(labelFitSettings);
export type LabelFitSettings = z.infer<typeof schema>;

export interface LabelProblem {
  readonly source: NetworkSource;
  readonly windows: LabelledWindows;
  readonly examples: Examples;
  /** Names of the classes; absent where the label is a measurement. */
  readonly classes: readonly string[] | undefined;
  readonly measure: 'accuracy' | 'balancedAccuracy' | 'r2';
  readonly label: string;
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
    classes: task?.classes,
    measure: measures ? 'r2' : settings.measure,
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
  { source, windows, examples, classes, measure }: LabelProblem,
  { device, threads, checkpoints }: NetworkInput,
  settings: RecipeOptions,
  variant: LabelFitVariant,
): Promise<LabelFit> {
  return fitLabel({
    source,
    windows,
    examples: variant.examples ?? examples,
    classes: classes?.length,
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

/** What the test answers of a fit are worth: the answers are those of rows, and are averaged over each unit's. */
export function scoreAnswers(
  { classes, measure }: LabelProblem,
  part: ExamplePart,
  rowAnswers: Float64Array,
  settings: LabelFitSettings,
): Pick<TapScore, 'score' | 'measures' | 'confusion' | 'items'> {
  if (classes === undefined) return scoreNumbers(part, averageByUnit(part, rowAnswers, 1), settings);
  const answers = averageByUnit(part, rowAnswers, classes.length);
  return scoreClassification(part, answers, classes.length, measure === 'r2' ? 'accuracy' : measure, settings);
}

/** The part of a result that the problem decides. */
export function describeProblem(
  { classes, measure, label, examples }: LabelProblem,
  input: NetworkInput,
  { level, resamples, seed }: LabelFitSettings,
): Omit<ProbeResult, 'taps' | 'protocol'> {
  const { train, test } = examples;
  const truth = test.units.map((unit) => unit.target);
  const chance =
    classes === undefined
      ? rSquared(truth, new Float64Array(truth.length).fill(meanOf(train.units.map((unit) => unit.target))))
      : chanceOf(train, test, classes.length, measure === 'r2' ? 'accuracy' : measure);
  return {
    version: 1,
    label,
    measure,
    ...(classes === undefined ? {} : { classes }),
    chance,
    encoder: input.encoder,
    counts: countExamples(examples),
    interval: { method: 'bootstrap over patients', level, resamples, seed },
  };
}
