/**
 * How alike two sets of representations of the same inputs are (methods.md 7.6). Matrices are row-major `[n, p]`, one row
 * an input; none of these needs the two to have the same number of columns, except where said.
 * @module
 */
import { spearman } from '../../statistics/correlation.ts';
import { symmetricEigen, symmetricEigenvalues } from '../../statistics/symmetric-eigen.ts';
import { type Cloud, centredColumns, nearestNeighbours, onSphere } from './geometry.ts';

/** XXᵀ, row-major `[n, n]`. */
export function gramMatrix({ rows, columns, data }: Cloud): Float64Array {
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += data[i * columns + k] * data[j * columns + k];
      gram[i * rows + j] = sum;
      gram[j * rows + i] = sum;
    }
  }
  return gram;
}

/**
 * Unbiased HSIC of two Gram matrices (Song et al. 2012; Nguyen et al., ICLR 2021, equation 3), on the rows named, default
 * all. Needs four rows or more.
 */
export function unbiasedHsic(k: Float64Array, l: Float64Array, n: number, rows?: readonly number[]): number {
  const chosen = rows ?? Array.from({ length: n }, (_, i) => i);
  const m = chosen.length;
  if (m < 4) throw new RangeError(`unbiasedHsic: ${m} rows are too few, four are needed`);
  let trace = 0;
  let sumK = 0;
  let sumL = 0;
  let crossed = 0;
  for (const i of chosen) {
    let rowK = 0;
    let rowL = 0;
    for (const j of chosen) {
      if (i === j) continue;
      const [a, b] = [k[i * n + j], l[i * n + j]];
      trace += a * b;
      rowK += a;
      rowL += b;
    }
    sumK += rowK;
    sumL += rowL;
    crossed += rowK * rowL;
  }
  return (trace + (sumK * sumL) / ((m - 1) * (m - 2)) - (2 / (m - 2)) * crossed) / (m * (m - 3));
}

/**
 * Linear CKA from Gram matrices, unbiased: about 0 for independent representations however many columns they have, where
 * the usual, biased form nears 1 (methods.md 11). Kornblith et al., ICML 2019; Nguyen et al., ICLR 2021.
 */
export function unbiasedCka(k: Float64Array, l: Float64Array, n: number, rows?: readonly number[]): number {
  const own = unbiasedHsic(k, k, n, rows) * unbiasedHsic(l, l, n, rows);
  return own > 0 ? unbiasedHsic(k, l, n, rows) / Math.sqrt(own) : 0;
}

/** Left singular vectors of the centred matrix that hold `share` of its variance: row k of `vectors` is the k-th, `[n]`. */
function leadingDirections(cloud: Cloud, share: number): { vectors: Float64Array; count: number } {
  const { values, vectors } = symmetricEigen(gramMatrix(centredColumns(cloud)), cloud.rows);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  let count = 0;
  let held = 0;
  const most = Math.min(cloud.rows - 1, cloud.columns);
  while (count < most && values[count] > 1e-10 * values[0] && held < share * total) held += values[count++];
  return { vectors, count };
}

export interface CanonicalCorrelations {
  /** Descending, in [0, 1]. */
  readonly correlations: Float64Array;
  /** Canonical variables of the first matrix, row k the k-th, `[n]`, unit length. */
  readonly variables: Float64Array;
}

/**
 * Canonical correlations between the directions of each matrix that hold `share` of its variance. With as many directions
 * as inputs everything correlates: take many more inputs than directions.
 */
export function canonicalCorrelations(x: Cloud, y: Cloud, share: number): CanonicalCorrelations {
  const n = x.rows;
  const a = leadingDirections(x, share);
  const b = leadingDirections(y, share);
  const cross = new Float64Array(a.count * b.count);
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a.vectors[i * n + k] * b.vectors[j * n + k];
      cross[i * b.count + j] = sum;
    }
  }
  const { values, vectors } = symmetricEigen(gramMatrix({ rows: a.count, columns: b.count, data: cross }), a.count);
  const count = Math.min(a.count, b.count);
  const variables = new Float64Array(count * n);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < a.count; i++) {
      const weight = vectors[k * a.count + i];
      for (let row = 0; row < n; row++) variables[k * n + row] += weight * a.vectors[i * n + row];
    }
  }
  const correlations = Float64Array.from({ length: count }, (_, k) => Math.sqrt(Math.min(1, Math.max(0, values[k]))));
  return { correlations, variables };
}

/** SVCCA: the mean canonical correlation of the directions that hold 99 %. Raghu et al., NeurIPS 2017. */
export function svcca(x: Cloud, y: Cloud, share = 0.99): number {
  const { correlations } = canonicalCorrelations(x, y, share);
  return correlations.length === 0 ? 0 : correlations.reduce((sum, value) => sum + value, 0) / correlations.length;
}

/** PWCCA: canonical correlations weighted by how much of the first matrix each variable accounts for. Morcos et al. 2018. */
export function projectionWeightedCca(x: Cloud, y: Cloud, share = 0.99): number {
  const { correlations, variables } = canonicalCorrelations(x, y, share);
  const { rows, columns, data } = centredColumns(x);
  let [weighted, total] = [0, 0];
  for (let k = 0; k < correlations.length; k++) {
    let weight = 0;
    for (let j = 0; j < columns; j++) {
      let dot = 0;
      for (let row = 0; row < rows; row++) dot += variables[k * rows + row] * data[row * columns + j];
      weight += Math.abs(dot);
    }
    weighted += weight * correlations[k];
    total += weight;
  }
  return total > 0 ? weighted / total : 0;
}

/**
 * Orthogonal Procrustes distance of centred matrices of unit Frobenius norm: 0 for a rotation of the same, at most 2.
 * d = ‖X‖² + ‖Y‖² − 2 ‖YᵀX‖_*. Williams et al., NeurIPS 2021.
 */
export function procrustesDistance(x: Cloud, y: Cloud): number {
  const a = unitNorm(centredColumns(x));
  const b = unitNorm(centredColumns(y));
  const cross = new Float64Array(a.columns * b.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let i = 0; i < a.columns; i++) {
      const value = a.data[row * a.columns + i];
      for (let j = 0; j < b.columns; j++) cross[i * b.columns + j] += value * b.data[row * b.columns + j];
    }
  }
  const small = Math.min(a.columns, b.columns);
  const oriented =
    a.columns <= b.columns
      ? { rows: a.columns, columns: b.columns, data: cross }
      : { rows: b.columns, columns: a.columns, data: transposed(cross, a.columns, b.columns) };
  const nuclear = symmetricEigenvalues(gramMatrix(oriented), small).reduce(
    (sum, value) => sum + Math.sqrt(Math.max(0, value)),
    0,
  );
  return Math.max(0, 2 - 2 * nuclear);
}

/** RSA: Spearman correlation of the two matrices of dissimilarities 1 − r between inputs. Kriegeskorte et al. 2008. */
export function representationalSimilarity(x: Cloud, y: Cloud): number {
  return spearman(dissimilarities(x), dissimilarities(y)).value;
}

/** Mean share of the `k` nearest neighbours (cosine) that agree; chance is k / (n − 1). */
export function neighbourAgreement(x: Cloud, y: Cloud, k = 10): number {
  const [a, b] = [cosineNeighbours(x, k), cosineNeighbours(y, k)];
  let shared = 0;
  a.forEach((near, i) => {
    const other = new Set(b[i]);
    for (const j of near) if (other.has(j)) shared++;
  });
  return shared / (a.length * k);
}

export function cosineNeighbours(cloud: Cloud, k: number): number[][] {
  const gram = gramMatrix(onSphere(cloud));
  return nearestNeighbours(
    gram.map((value) => 1 - value),
    cloud.rows,
    k,
  );
}

function dissimilarities({ rows, columns, data }: Cloud): Float64Array {
  const standard = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    let mean = 0;
    for (let j = 0; j < columns; j++) mean += data[i * columns + j] / columns;
    let norm = 0;
    for (let j = 0; j < columns; j++) norm += (data[i * columns + j] - mean) ** 2;
    norm = Math.sqrt(norm) || 1;
    for (let j = 0; j < columns; j++) standard[i * columns + j] = (data[i * columns + j] - mean) / norm;
  }
  const out = new Float64Array((rows * (rows - 1)) / 2);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let r = 0;
      for (let k = 0; k < columns; k++) r += standard[i * columns + k] * standard[j * columns + k];
      out[at++] = 1 - r;
    }
  }
  return out;
}

function unitNorm({ rows, columns, data }: Cloud & { readonly data: Float64Array }) {
  const norm = Math.sqrt(data.reduce((sum, value) => sum + value ** 2, 0)) || 1;
  return { rows, columns, data: data.map((value) => value / norm) };
}

function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)],
  );
}
