/**
 * The linear classifier of the papers: multinomial logistic regression by stochastic gradient descent on batch-normalised
 * features without scale and shift ("BN-na"), cross-entropy, Nesterov momentum, a rate that falls tenfold after a third
 * and two thirds of the epochs (90 epochs, 0.01, steps at 30 and 60, batches of 256: OpenSelfSup's and, but for the
 * length, FAIR's protocol of ImageNet and Places; Goyal et al., ICCV 2019). The last epoch counts: nothing is chosen.
 * @module
 */
import { z } from 'zod';
import { Random } from '../base/random.ts';
import type { ClassMeasure } from './class-measures.ts';
import { type Classifier, judgeOf, turn } from './classifier.ts';
import { averageByUnit, type ExamplePart } from './examples.ts';
import { addGradient, addScores } from './linear-scores.ts';
import { type LogisticModel, softmaxInPlace } from './logistic-regression.ts';

/** Options of a protocol that may fit by gradient descent. */
export const sgdSettings = {
  epochs: z.number().int().positive().default(90).describe('solver=sgd: passes over the training rows'),
  batchSize: z.number().int().min(2).default(256).describe('solver=sgd: rows a step'),
  learningRate: z.number().positive().default(0.01).describe('solver=sgd: rate of the first third of the epochs'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('solver=sgd: Nesterov momentum'),
  weightDecay: z.number().min(0).default(1e-4).describe('solver=sgd: weight decay, of the bias too'),
};

export interface SgdSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Some rows of row-major features. */
export interface RowsOfTable {
  readonly features: Float32Array;
  readonly columns: number;
  readonly rows: ArrayLike<number>;
}

export interface SgdFit extends LogisticModel {
  /** Running statistics of the columns, with which rows are normalised when they are asked. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

/** As in batch normalisation elsewhere: added to variances, and the share of a batch in the running statistics. */
const epsilon = 1e-5;
const share = 0.1;

/**
 * Fits `targets`, one a row.
 *
 * @param start weights to begin with, row-major `[classes, columns + 1]`, the bias last
 * @param orderOf positions of the rows in the order of an epoch
 */
export async function fitLogisticBySgd(
  { features, columns, rows }: RowsOfTable,
  targets: ArrayLike<number>,
  start: Float64Array,
  orderOf: (epoch: number) => ArrayLike<number>,
  { epochs, batchSize, learningRate, momentum, weightDecay }: SgdSettings,
): Promise<SgdFit> {
  const classes = start.length / (columns + 1);
  const weights = Float64Array.from(start);
  const velocity = new Float64Array(weights.length);
  const gradient = new Float64Array(weights.length);
  const means = new Float64Array(columns);
  const variances = new Float64Array(columns).fill(1);
  const size = Math.min(batchSize, rows.length);
  const data = new Float64Array(size * columns);
  const scores = new Float64Array(size * classes);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = learningRate * 0.1 ** Math.floor((3 * epoch) / epochs);
    const order = orderOf(epoch);
    // A batch of one row has no spread to normalise by.
    for (let from = 0; order.length - from > 1; from += size) {
      const count = Math.min(size, order.length - from);
      for (let i = 0; i < count; i++) {
        const at = rows[order[from + i]] * columns;
        for (let p = 0; p < columns; p++) data[i * columns + p] = features[at + p];
      }
      normaliseBatch(data, count, columns, means, variances);
      const batch = { rows: count, columns, data };
      scores.fill(0);
      addScores(weights, batch, classes, 0, count, scores);
      for (let i = 0; i < count; i++) {
        softmaxInPlace(scores, i * classes, classes);
        scores[i * classes + targets[order[from + i]]] -= 1;
      }
      for (let i = 0; i < count * classes; i++) scores[i] /= count;
      gradient.fill(0);
      addGradient(scores, batch, classes, 0, count, gradient);
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        velocity[i] = momentum * velocity[i] + slope;
        weights[i] -= rate * (slope + momentum * velocity[i]);
      }
    }
    await turn();
  }
  return { classes, columns, weights, means, variances };
}

/** Normalises columns over the batch and moves the running statistics towards it. */
function normaliseBatch(
  data: Float64Array,
  count: number,
  columns: number,
  means: Float64Array,
  variances: Float64Array,
): void {
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let i = 0; i < count; i++) for (let p = 0; p < columns; p++) sums[p] += data[i * columns + p];
  for (let p = 0; p < columns; p++) sums[p] /= count;
  for (let i = 0; i < count; i++)
    for (let p = 0; p < columns; p++) squares[p] += (data[i * columns + p] - sums[p]) ** 2;
  for (let p = 0; p < columns; p++) {
    means[p] += share * (sums[p] - means[p]);
    variances[p] += share * (squares[p] / (count - 1) - variances[p]);
    squares[p] = 1 / Math.sqrt(squares[p] / count + epsilon);
  }
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < columns; p++) data[i * columns + p] = (data[i * columns + p] - sums[p]) * squares[p];
  }
}

/** Class probabilities, row-major `[rows, classes]`. */
export function answerBySgd(fit: SgdFit, { features, columns, rows }: RowsOfTable): Float64Array {
  const { classes, means, variances, weights } = fit;
  const scales = variances.map((variance) => 1 / Math.sqrt(variance + epsilon));
  const answers = new Float64Array(rows.length * classes);
  const row = new Float64Array(columns);
  const batch = { rows: 1, columns, data: row };
  for (let i = 0; i < rows.length; i++) {
    for (let p = 0; p < columns; p++) row[p] = (features[rows[i] * columns + p] - means[p]) * scales[p];
    const own = answers.subarray(i * classes, (i + 1) * classes);
    addScores(weights, batch, classes, 0, 1, own);
    softmaxInPlace(own, 0, classes);
  }
  return answers;
}

/** Deviation of the initial weights. */
const spread = 0.01;

/** The classifier; initial weights and orders are drawn from the seed. */
export function sgdClassifier(
  settings: SgdSettings & { readonly measure: ClassMeasure; readonly seed: number },
): Classifier {
  const { measure, seed, epochs, learningRate, weightDecay } = settings;
  return {
    probabilities: true,
    async learn({ features, columns }, { names, train, validation, test }) {
      const classes = names.length;
      const random = new Random(seed).split('sgd');
      const start = new Float64Array(classes * (columns + 1));
      const drawn = random.split('weights');
      for (let i = 0; i < start.length; i++) if ((i + 1) % (columns + 1) !== 0) start[i] = drawn.normal(0, spread);
      const places = Array.from(train.rows.keys());
      const fit = await fitLogisticBySgd(
        { features, columns, rows: train.rows },
        train.targets,
        start,
        (epoch) => random.split('epoch', epoch).shuffle(places),
        settings,
      );
      const answer = (part: ExamplePart) =>
        averageByUnit(part, answerBySgd(fit, { features, columns, rows: part.rows }), classes);
      return {
        scores: answer(test),
        validation: judgeOf(measure, validation, classes)(answer(validation)),
        hyperparameters: { epochs, learningRate, weightDecay },
      };
    },
  };
}
