/**
 * Multinomial logistic regression of many features: each value and gradient is one run of a compiled program over the
 * features where they lie, so that ten thousand rows of ten thousand columns take seconds.
 * @module
 */
import { sizeOf } from '../base/shape.ts';
import {
  linear,
  logSoftmax,
  matmul,
  multiply,
  negate,
  placeholder,
  reduceSum,
  softmax,
  subtract,
} from '../graph/index.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../runtime/compile.ts';
import { State } from '../runtime/state.ts';
import { float32, hostArray } from '../tensor/host-array.ts';
import type { Matrix } from './linear-scores.ts';
import { fitSettings, type LogisticFit, type LogisticOptions } from './logistic-regression.ts';
import { type Evaluation, minimiseAsync } from './minimise.ts';

/** Multiplications of one pass over the features from which compiling pays. */
const worthwhile = 2e7;

export function runtimePays(rows: number, columns: number, classes: number): boolean {
  return rows * columns * classes >= worthwhile;
}

/** The same minimum as `fitLogistic`, to the accuracy of float32 products. */
export async function fitLogisticByRuntime(
  features: Matrix,
  targets: ArrayLike<number>,
  classes: number,
  { l2, start, ...rest }: LogisticOptions,
): Promise<LogisticFit> {
  const { rows, columns } = features;
  const data = features.data instanceof Float32Array ? features.data : Float32Array.from(features.data);
  const chosen = float32([rows, classes], 0);
  for (let row = 0; row < rows; row++) chosen.data[row * classes + targets[row]] = 1;
  const inputs = {
    x: placeholder('x', 'float32', [rows, columns]),
    truth: placeholder('truth', 'float32', [rows, classes]),
    weights: placeholder('weights', 'float32', [classes, columns]),
    biases: placeholder('biases', 'float32', [classes]),
  };
  const { x, truth, weights, biases } = inputs;
  const scores = linear(x, weights, biases);
  const residuals = subtract(softmax(scores), truth);
  const outputs = {
    losses: negate(reduceSum(multiply(logSoftmax(scores), truth), { axes: [1] })),
    weightGradient: matmul(residuals, x, { transposeA: true }),
    biasGradient: reduceSum(residuals, { axes: [0] }),
  };
  const program = await compile({ name: 'logistic', inputs, state: [], outputs }, new State(), processor);
  const feeds = {
    x: hostArray('float32', [rows, columns], data),
    truth: chosen,
    weights: float32([classes, columns], 0),
    biases: float32([classes], 0),
  };
  const objective = async (point: Float64Array): Promise<Evaluation> => {
    for (let k = 0; k < classes; k++) {
      const from = k * (columns + 1);
      feeds.weights.data.set(point.subarray(from, from + columns), k * columns);
      feeds.biases.data[k] = point[from + columns];
    }
    const found = await program.run(feeds);
    const gradient = new Float64Array(point.length);
    let squares = 0;
    for (let k = 0; k < classes; k++) {
      const from = k * (columns + 1);
      for (let p = 0; p < columns; p++) {
        squares += point[from + p] ** 2;
        gradient[from + p] = Number(found.weightGradient.data[k * columns + p]) / rows + l2 * point[from + p];
      }
      gradient[from + columns] = Number(found.biasGradient.data[k]) / rows;
    }
    // Summed in float64: the line search tells small falls apart.
    const loss = (found.losses.data as Float32Array).reduce((sum, value) => sum + value, 0) / rows;
    return { value: loss + (l2 / 2) * squares, gradient };
  };
  try {
    const initial = start ?? new Float64Array(sizeOf([classes, columns + 1]));
    const { point, value, iterations, converged } = await minimiseAsync(objective, initial, {
      ...fitSettings,
      ...rest,
    });
    return { classes, columns, weights: point, l2, value, iterations, converged };
  } finally {
    await program.dispose();
  }
}
