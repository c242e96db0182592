/**
 * Ridge probe: how much of a measurement (ejection fraction, heart rate, phase) the frozen features of each tap carry,
 * by linear regression with an L2 penalty chosen on validation patients. The headline number is R² on test patients:
 * 0 is what predicting the mean of the test patients reaches, and an encoder can do worse than that.
 * @module
 */
import { z } from 'zod';
import { averageByUnit, countExamples, type ExamplePart, type Examples } from '../examples.ts';
import type { FeatureTable } from '../feature-table.ts';
import type { MatrixProduct } from '../matrix-product.ts';
import { rSquared } from '../metrics/regression.ts';
import { meanOf, meanSquaredError, numberTask, scoreNumbers } from '../number-task.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';
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
    const arranged = numberTask(facts, input.label);
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
