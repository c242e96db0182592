/**
 * Ridge probe: how much of a measurement (ejection fraction, heart rate, phase) the frozen features of each tap carry,
 * by linear regression with an L2 penalty chosen on validation patients. The headline number is R² on test patients:
 * 0 is what predicting the mean of the test patients reaches, and an encoder can do worse than that.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import type { Label } from '../../data/media.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import {
  arrangeExamples,
  averageByUnit,
  countExamples,
  type ExamplePart,
  type Examples,
  labelValues,
} from '../examples.ts';
import type { FeatureTable } from '../feature-table.ts';
import type { MatrixProduct } from '../matrix-product.ts';
import { correlation, meanAbsoluteError, rSquared } from '../metrics/regression.ts';
import type { Estimate, ProbeResult, TapScore } from '../probe-result.ts';
import { fitRidge, predictNumbers, type RidgeModel } from '../ridge-regression.ts';
import { measureColumns, standardise } from '../standardisation.ts';
import { type FeatureProtocol, listed, measureTaps, type ProbeInput, parseOptions } from './protocol.ts';

const options = z.object({
  l2: z
    .preprocess(listed, z.array(z.coerce.number().positive()).min(1))
    .default([1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1e3, 1e4])
    .describe('penalties to choose from: mean squared error + l2 · squared weights'),
  resamples: z.number().int().positive().default(2000).describe('bootstrap resamples of patients'),
  level: z.number().gt(0).lt(1).default(0.95).describe('confidence level of intervals'),
  seed: z.number().int().default(0).describe('seed of the bootstrap'),
});

export type RidgeOptions = z.infer<typeof options>;

export const ridge: FeatureProtocol<RidgeOptions> = {
  id: 'ridge',
  title: 'Ridge probe',
  description:
    'Linear regression of a measured label on the frozen features of each tap; the penalty is chosen on validation patients.',
  needs: 'features',
  predicts: 'numbers',
  options,
  run: async (input, given) => runRidge(input, parseOptions('ridge', options, given)),
};

async function runRidge(input: ProbeInput, settings: RidgeOptions): Promise<ProbeResult> {
  const { resamples, level, seed } = settings;
  let examples: Examples | undefined;
  const taps = await measureTaps(input, (facts) => {
    const targets = numbersOf(labelValues(facts, input.label), input.label);
    const arranged = arrangeExamples(facts, targets, input.label);
    for (const part of ['train', 'test'] as const) requireSpread(arranged[part], part, input.label);
    examples = arranged;
    return (table, product) => measureTap(table, product, arranged, settings);
  });
  const { train, test } = examples!;
  const mean = train.units.reduce((sum, unit) => sum + unit.target, 0) / train.units.length;
  const truth = test.units.map((unit) => unit.target);
  return {
    version: 1,
    protocol: 'ridge',
    label: input.label,
    measure: 'r2',
    chance: rSquared(truth, new Float64Array(truth.length).fill(mean)),
    encoder: input.encoder,
    counts: countExamples(examples!),
    interval: { method: 'bootstrap over patients', level, resamples, seed },
    taps,
  };
}

function numbersOf(values: readonly (Label | undefined)[], label: string): Float64Array {
  return Float64Array.from(values, (value) => {
    if (value === undefined) return Number.NaN;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new SondeError('evaluation/labels', `label '${label}' is not a number everywhere`, {
      found: `'${value}'`,
      hint: 'use the protocol linear for classes',
    });
  });
}

function requireSpread({ units }: ExamplePart, part: string, label: string): void {
  if (units.some((unit) => unit.target !== units[0].target)) return;
  throw new SondeError('evaluation/labels', `label '${label}' has the same value for every item of the ${part} part`, {
    found: String(units[0].target),
    hint: 'choose another label, or split the data again',
  });
}

async function measureTap(
  table: FeatureTable,
  product: MatrixProduct,
  examples: Examples,
  settings: RidgeOptions,
): Promise<TapScore> {
  const { features, columns } = table;
  const scale = measureColumns(features, columns, examples.train.rows);
  const rowsOf = ({ rows }: ExamplePart) => standardise(features, columns, rows, scale);
  const answersOf = (model: RidgeModel, part: ExamplePart) =>
    averageByUnit(part, predictNumbers(model, rowsOf(part)), 1);
  const models = await fitRidge(rowsOf(examples.train), examples.train.targets, settings.l2, product);
  const held = examples.validation.units.map((unit) => unit.target);
  const errors = models.map((model) => meanSquaredError(held, answersOf(model, examples.validation)));
  const best = errors.indexOf(Math.min(...errors));
  const validation = 1 - errors[best] / meanSquaredError(held, new Float64Array(held.length).fill(meanOf(held)));
  return {
    tap: table.tap,
    dimensions: columns,
    ...scoreNumbers(examples.test, answersOf(models[best], examples.test), settings),
    // A single validation value has no spread to explain.
    validation: Number.isFinite(validation) ? validation : 0,
    hyperparameters: { l2: models[best].l2 },
  };
}

/** What each unit's `correct` is: its share of R², so that the mean over units is R² itself. */
function scoreNumbers(
  part: ExamplePart,
  answers: Float64Array,
  settings: RidgeOptions,
): Pick<TapScore, 'score' | 'measures' | 'items'> {
  const truth = part.units.map((unit) => unit.target);
  const names = ['r2', 'meanAbsoluteError', 'correlation'] as const;
  const { intervals } = clusterBootstrap(
    part.units.map((unit) => unit.patient),
    (weights) => [
      rSquared(truth, answers, weights),
      meanAbsoluteError(truth, answers, weights),
      correlation(truth, answers, weights),
    ],
    settings,
  );
  const measures: Record<string, Estimate> = {};
  names.forEach((name, i) => {
    if (!Number.isNaN(intervals[i].value)) measures[name] = intervals[i];
  });
  const spread = meanSquaredError(truth, new Float64Array(truth.length).fill(meanOf(truth)));
  return {
    score: measures.r2,
    measures,
    items: part.units.map(({ item, patient, target }, unit) => ({
      item,
      patient,
      correct: 1 - (target - answers[unit]) ** 2 / spread,
    })),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanSquaredError(truth: readonly number[], answers: Float64Array): number {
  return truth.reduce((sum, value, i) => sum + (value - answers[i]) ** 2, 0) / truth.length;
}
