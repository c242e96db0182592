/**
 * Numbers that describe a cloud of embeddings: how many directions it fills, how evenly, how its neighbourhoods look
 * (methods.md 7.7). Rows are embeddings, row-major `[n, d]`.
 * @module
 */
import { gramSpectrum } from '../../statistics/symmetric-eigen.ts';

export interface Cloud {
  readonly rows: number;
  readonly columns: number;
  readonly data: ArrayLike<number>;
}

/** Eigenvalues of the covariance, descending, at most `min(n − 1, d)` that are not zero. */
export function covarianceSpectrum(cloud: Cloud): Float64Array {
  const { rows, columns, data } = centredColumns(cloud);
  return gramSpectrum(data, rows, columns).map((value) => Math.max(0, value) / Math.max(1, rows - 1));
}

/** (Σλ)² / Σλ² of covariance eigenvalues: the number of directions that carry the variance. */
export function participationRatio(eigenvalues: ArrayLike<number>): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < eigenvalues.length; i++) {
    sum += eigenvalues[i];
    squares += eigenvalues[i] ** 2;
  }
  return squares > 0 ? sum ** 2 / squares : 1;
}

/**
 * α-ReQ: minus the slope of log λᵢ over log i, by least squares between ranks `from` and `to` (both counted from 1).
 * Agrawal et al., NeurIPS 2022. About 1 is a balanced spectrum; far above, few directions hold everything.
 */
export function spectralDecay(eigenvalues: ArrayLike<number>, from = 1, to = eigenvalues.length): number {
  const points: [number, number][] = [];
  const floor = 1e-9 * (eigenvalues[0] ?? 0);
  for (let rank = from; rank <= Math.min(to, eigenvalues.length); rank++) {
    if (eigenvalues[rank - 1] > floor) points.push([Math.log(rank), Math.log(eigenvalues[rank - 1])]);
  }
  if (points.length < 2) return Number.NaN;
  const mx = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const my = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const sxy = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  const sxx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return -sxy / sxx;
}

/** Rows scaled to unit length. */
export function onSphere({ rows, columns, data }: Cloud): Cloud {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    let norm = 0;
    for (let j = 0; j < columns; j++) norm += data[i * columns + j] ** 2;
    norm = Math.max(Math.sqrt(norm), 1e-12);
    for (let j = 0; j < columns; j++) out[i * columns + j] = data[i * columns + j] / norm;
  }
  return { rows, columns, data: out };
}

/** Mean squared distance of pairs, rows of two clouds on the unit sphere. Wang and Isola, ICML 2020, α = 2. */
export function alignment(a: Cloud, b: Cloud): number {
  const [x, y] = [onSphere(a), onSphere(b)];
  let sum = 0;
  for (let i = 0; i < x.rows * x.columns; i++) sum += (x.data[i] - y.data[i]) ** 2;
  return sum / x.rows;
}

/** log E exp(−2‖zᵢ − zⱼ‖²) over distinct pairs on the unit sphere. Wang and Isola, ICML 2020, t = 2. */
export function uniformity(cloud: Cloud): number {
  const distances = squaredDistances(onSphere(cloud));
  let sum = 0;
  for (let i = 0; i < cloud.rows; i++) {
    for (let j = 0; j < i; j++) sum += Math.exp(-2 * distances[i * cloud.rows + j]);
  }
  return Math.log(sum / ((cloud.rows * (cloud.rows - 1)) / 2));
}

/** Squared Euclidean distances, `[n, n]`. */
export function squaredDistances({ rows, columns, data }: Cloud): Float64Array {
  const out = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += (data[i * columns + k] - data[j * columns + k]) ** 2;
      out[i * rows + j] = sum;
      out[j * rows + i] = sum;
    }
  }
  return out;
}

/** Of each row, the positions of the others from nearest to farthest, the first `count`. */
export function nearestNeighbours(distances: ArrayLike<number>, rows: number, count: number): number[][] {
  return Array.from({ length: rows }, (_, i) => {
    const others = Array.from({ length: rows }, (_, j) => j).filter((j) => j !== i);
    return others.sort((a, b) => distances[i * rows + a] - distances[i * rows + b] || a - b).slice(0, count);
  });
}

/** Intrinsic dimension by the ratio of the two nearest distances. Facco et al., Sci. Rep. 2017, maximum likelihood. */
export function twoNearest(distances: ArrayLike<number>, rows: number): number {
  let sum = 0;
  let used = 0;
  for (let i = 0; i < rows; i++) {
    let [first, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let j = 0; j < rows; j++) {
      if (j === i) continue;
      const d = distances[i * rows + j];
      if (d < first) [first, second] = [d, first];
      else if (d < second) second = d;
    }
    if (!(first > 0) || !Number.isFinite(second)) continue;
    sum += Math.log(second / first) / 2;
    used++;
  }
  return sum > 0 ? used / sum : Number.NaN;
}

/** Intrinsic dimension from the `k` nearest distances: Levina and Bickel 2004, inverses averaged as MacKay and Ghahramani. */
export function levinaBickel(distances: ArrayLike<number>, rows: number, k = 10): number {
  let inverse = 0;
  let used = 0;
  for (const [i, near] of nearestNeighbours(distances, rows, k).entries()) {
    const lengths = near.map((j) => Math.sqrt(distances[i * rows + j]));
    const last = lengths.at(-1)!;
    if (!(lengths[0] > 0)) continue;
    inverse += lengths.slice(0, -1).reduce((sum, length) => sum + Math.log(last / length), 0) / (lengths.length - 1);
    used++;
  }
  return inverse > 0 ? used / inverse : Number.NaN;
}

/** Skewness of how often a row is among the `k` nearest of others: large where a few hubs are everybody's neighbour. */
export function hubness(distances: ArrayLike<number>, rows: number, k = 10): number {
  const times = new Float64Array(rows);
  for (const near of nearestNeighbours(distances, rows, k)) for (const j of near) times[j]++;
  const mean = times.reduce((sum, value) => sum + value, 0) / rows;
  const second = times.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
  const third = times.reduce((sum, value) => sum + (value - mean) ** 3, 0) / rows;
  return second > 0 ? third / second ** 1.5 : 0;
}

/** Mean cosine of distinct pairs: 1 where all embeddings point the same way. */
export function meanCosine(cloud: Cloud): number {
  const { rows, columns, data } = onSphere(cloud);
  let squared = 0;
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * columns + j];
    squared += sum ** 2;
  }
  return (squared - rows) / (rows * (rows - 1));
}

/** Columns less their mean. */
export function centredColumns({ rows, columns, data }: Cloud): Cloud & { readonly data: Float64Array } {
  const out = Float64Array.from({ length: rows * columns }, (_, i) => data[i]);
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += out[i * columns + j] / rows;
    for (let i = 0; i < rows; i++) out[i * columns + j] -= mean;
  }
  return { rows, columns, data: out };
}
