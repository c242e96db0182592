/**
 * Linear probe: multinomial logistic regression on the frozen features of each tap, the usual yardstick of
 * self-supervised learning (Zhang et al., "Colorful image colorization", ECCV 2016, and since).
 *
 * Instead of stochastic gradient descent on a fixed schedule it is fitted to the minimum by full-batch L-BFGS on
 * standardised features, with the L2 penalty chosen on validation patients: deterministic, and no learning rate to
 * favour one encoder over another. Test patients are answered once, with the penalty chosen.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import type { Label } from '../../data/media.ts';
import { chanceOf, scoreClassification } from '../classification-score.ts';
import {
  arrangeExamples,
  averageByUnit,
  classesOf,
  countExamples,
  type ExamplePart,
  type Examples,
  labelKind,
  labelValues,
  type RowFacts,
} from '../examples.ts';
import type { FeatureTable } from '../feature-table.ts';
import { binNumbers, type ClassTargets } from '../label-bins.ts';
import { logisticPath } from '../logistic-path.ts';
import { type LogisticFit, type Matrix, predictProbabilities } from '../logistic-regression.ts';
import type { MatrixProduct } from '../matrix-product.ts';
import { logLoss } from '../metrics/calibration.ts';
import { accuracy, balancedAccuracy, confusionMatrix, mostProbable } from '../metrics/confusion.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';
import { projectionPays, projectOntoRows } from '../row-space.ts';
import { measureColumns, standardise } from '../standardisation.ts';
import { type FeatureProtocol, listed, measureTaps, type ProbeInput, parseOptions } from './protocol.ts';

const options = z.object({
  measure: z.enum(['accuracy', 'balancedAccuracy']).default('accuracy').describe('headline number'),
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
  l2: z
    .preprocess(listed, z.array(z.coerce.number().positive()).min(1))
    .default([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100])
    .describe('penalties to choose from: mean cross-entropy + l2 / 2 · squared weights'),
  maxIterations: z.number().int().positive().default(300).describe('L-BFGS iterations a penalty'),
  resamples: z.number().int().positive().default(2000).describe('bootstrap resamples of patients'),
  level: z.number().gt(0).lt(1).default(0.95).describe('confidence level of intervals'),
  seed: z.number().int().default(0).describe('seed of the bootstrap'),
});

export type LinearOptions = z.infer<typeof options>;

export const linear: FeatureProtocol<LinearOptions> = {
  id: 'linear',
  title: 'Linear probe',
  description:
    'Multinomial logistic regression on the frozen features of each tap; the penalty is chosen on validation patients.',
  needs: 'features',
  predicts: 'classes',
  options,
  run: async (input, given) => runLinear(input, parseOptions('linear', options, given)),
};

async function runLinear(input: ProbeInput, settings: LinearOptions): Promise<ProbeResult> {
  const { measure, resamples, level, seed } = settings;
  let classes: readonly string[] = [];
  let examples: Examples | undefined;
  const taps = await measureTaps(input, (facts) => {
    const known = classTargets(facts, input.label, settings);
    classes = known.classes;
    const targets = known.targets;
    const arranged = arrangeExamples(facts, targets, input.label);
    requireTrainingClasses(arranged, classes, input.label);
    examples = arranged;
    return (table, product) => measureTap(table, product, arranged, classes.length, settings);
  });
  const { train, test } = examples!;
  return {
    version: 1,
    protocol: 'linear',
    label: input.label,
    measure,
    classes,
    chance: chanceOf(train, test, classes.length, measure),
    encoder: input.encoder,
    counts: countExamples(examples!),
    interval: { method: 'bootstrap over patients', level, resamples, seed },
    taps,
  };
}

function classTargets(facts: RowFacts, label: string, { bins, without }: LinearOptions): ClassTargets {
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
  throw new SondeError(
    'evaluation/labels',
    `no training patient shows ${missing.map((name) => `'${name}'`).join(', ')} of label '${label}'`,
    {
      hint: `leave the class out with the option without=${missing.join(',')}, or split the data again, spread evenly by '${label}'`,
    },
  );
}

async function measureTap(
  table: FeatureTable,
  product: MatrixProduct,
  examples: Examples,
  classes: number,
  settings: LinearOptions,
): Promise<TapScore> {
  const { features, columns } = table;
  const scale = measureColumns(features, columns, examples.train.rows);
  const rowsOf = ({ rows }: ExamplePart) => standardise(features, columns, rows, scale);
  let train: Matrix = rowsOf(examples.train);
  let validation: Matrix = rowsOf(examples.validation);
  let test: Matrix = rowsOf(examples.test);
  if (projectionPays(train.rows, validation.rows + test.rows, train.columns, classes)) {
    const projected = await projectOntoRows(
      train as Matrix & { data: Float32Array },
      [validation, test] as (Matrix & { data: Float32Array })[],
      product,
    );
    train = projected.train;
    [validation, test] = projected.others;
  }
  const best = await choosePenalty(train, validation, examples, classes, settings, product);
  const answers = averageByUnit(examples.test, predictProbabilities(best.fit, test), classes);
  return {
    tap: table.tap,
    dimensions: columns,
    ...scoreClassification(examples.test, answers, classes, settings.measure, settings),
    validation: best.score,
    hyperparameters: { l2: best.fit.l2, iterations: best.fit.iterations },
  };
}

/** Equal scores go to the lower cross-entropy. */
async function choosePenalty(
  train: Matrix,
  validation: Matrix,
  examples: Examples,
  classes: number,
  { l2, maxIterations, measure }: LinearOptions,
  product: MatrixProduct,
): Promise<{ fit: LogisticFit; score: number }> {
  const truth = examples.validation.units.map((unit) => unit.target);
  let best: { fit: LogisticFit; score: number; loss: number } | undefined;
  const path = { penalties: l2, maxIterations };
  for await (const fit of logisticPath(train, examples.train.targets, classes, path, product)) {
    const answers = averageByUnit(examples.validation, predictProbabilities(fit, validation), classes);
    const confusion = confusionMatrix(truth, mostProbable(answers, classes), classes);
    const score = measure === 'accuracy' ? accuracy(confusion) : balancedAccuracy(confusion);
    const loss = logLoss(truth, answers, classes);
    if (best === undefined || score > best.score || (score === best.score && loss < best.loss)) {
      best = { fit, score, loss };
    }
    // Whoever serves progress gets a turn.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return best!;
}
