/**
 * What is watched while a network learns.
 * @module
 */

import type { State } from '../runtime/state.ts';
import { gramSpectrum } from '../statistics/symmetric-eigen.ts';
import type { HostArray } from '../tensor/host-array.ts';

/** ‖W_t − W_{t−1}‖ / ‖W_{t−1}‖ of every weight with two axes or more, by name; about 1e-3 is healthy. */
export function updateRatios(state: State, parameters: readonly string[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const name of parameters) {
    const now = state.get(name);
    if (now.shape.length < 2) continue;
    // After an update the other array holds the value before it.
    const before = state.target(name).data as Float32Array;
    const after = now.data as Float32Array;
    let change = 0;
    let size = 0;
    for (let i = 0; i < after.length; i++) {
      change += (after[i] - before[i]) ** 2;
      size += before[i] ** 2;
    }
    ratios[name] = size === 0 ? 0 : Math.sqrt(change / size);
  }
  return ratios;
}

/**
 * RankMe: exp of the entropy of the normalised singular values of the embedding matrix, raw (not centred).
 * Garrido et al., ICML 2023, equation 1. From 1 (collapsed) to min(N, F).
 *
 * @param embeddings `[N, F]`, N rows of F values
 */
export function rankMe(embeddings: Float64Array | Float32Array, rows: number, columns: number): number {
  const singular = singularValues(embeddings, rows, columns);
  const total = singular.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return 1;
  let entropy = 0;
  for (const value of singular) {
    const p = value / total + 1e-7;
    entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}

/** Mean standard deviation of the coordinates of ℓ2-normalised embeddings, times √F: 1 is spread out, 0 collapsed. */
export function spread(embeddings: ArrayLike<number>, rows: number, columns: number): number {
  const norms = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += embeddings[i * columns + j] ** 2;
    norms[i] = Math.max(Math.sqrt(sum), 1e-12);
  }
  let total = 0;
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    let squares = 0;
    for (let i = 0; i < rows; i++) {
      const value = embeddings[i * columns + j] / norms[i];
      mean += value / rows;
      squares += value ** 2 / rows;
    }
    total += Math.sqrt(Math.max(0, squares - mean ** 2));
  }
  return (total / columns) * Math.sqrt(columns);
}

/** Singular values: roots of the eigenvalues of XXᵀ or XᵀX, whichever is smaller. */
function singularValues(matrix: ArrayLike<number>, rows: number, columns: number): number[] {
  return Array.from(gramSpectrum(matrix, rows, columns), (value) => Math.sqrt(Math.max(0, value)));
}

/** Counts of truth (row) against answer (column). */
export function confusionCounts(logits: HostArray, classes: HostArray): number[][] {
  const [rows, count] = logits.shape;
  const table = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const values = logits.data as Float32Array;
  for (let i = 0; i < rows; i++) {
    let best = 0;
    for (let k = 1; k < count; k++) if (values[i * count + k] > values[i * count + best]) best = k;
    table[Number(classes.data[i])][best]++;
  }
  return table;
}

/** What is wrong with a run, as a sentence, or `undefined`. */
export function alarmOf(loss: number, gradientNorm: number, collapse: number | undefined): string | undefined {
  if (!Number.isFinite(loss)) return 'the loss is no longer a number: lower the learning rate (--learning-rate)';
  if (!Number.isFinite(gradientNorm)) return 'the gradient is no longer a number: lower the learning rate';
  if (collapse !== undefined && collapse < 0.02) {
    return 'the embedding has collapsed: every picture gets nearly the same vector';
  }
  return undefined;
}
