/**
 * Eigenvalues and eigenvectors of real symmetric matrices: Householder's reduction to three diagonals, then QL steps with
 * implicit shifts (Golub and Van Loan, Matrix Computations, 8.3). Exact to rounding, cubic: a second for 500 rows.
 * @module
 */

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Row k is the unit vector of value k, row-major `[n, n]`. */
  readonly vectors: Float64Array;
}

/**
 * @param matrix symmetric, row-major `[n, n]`; not changed
 * @throws RangeError for a matrix that is not finite
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): Eigen {
  const z = finite(matrix, n);
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  reduce(z, n, diagonal, beside);
  accumulate(z, n, diagonal);
  diagonalise(n, diagonal, beside, z);
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b] - diagonal[a]);
  const vectors = new Float64Array(n * n);
  order.forEach((column, k) => {
    for (let i = 0; i < n; i++) vectors[k * n + i] = z[i * n + column];
  });
  return { values: Float64Array.from(order, (k) => diagonal[k]), vectors };
}

/** The values alone, descending: a fraction of the time. */
export function symmetricEigenvalues(matrix: ArrayLike<number>, n: number): Float64Array {
  const z = finite(matrix, n);
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  reduce(z, n, diagonal, beside);
  for (let i = 0; i < n; i++) diagonal[i] = z[i * n + i];
  diagonalise(n, diagonal, beside);
  return diagonal.sort().reverse();
}

function finite(matrix: ArrayLike<number>, n: number): Float64Array {
  const copy = Float64Array.from({ length: n * n }, (_, i) => matrix[i]);
  if (copy.every(Number.isFinite)) return copy;
  throw new RangeError('symmetricEigen: the matrix holds values that are not finite');
}

/** Eigenvalues, descending, of XXᵀ or XᵀX, whichever is smaller, for row-major X `[rows, columns]`; they agree but for zeros. */
export function gramSpectrum(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = Array.from({ length: count }, (_, a) =>
    Float64Array.from({ length }, (_, k) => (rows <= columns ? matrix[a * columns + k] : matrix[k * columns + a])),
  );
  const gram = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let k = 0; k < length; k++) sum += vectors[a][k] * vectors[b][k];
      gram[a * count + b] = sum;
      gram[b * count + a] = sum;
    }
  }
  return symmetricEigenvalues(gram, count);
}

/** Reflections that leave three diagonals: the inner one on the diagonal of `z`, the outer ones in `beside`. */
function reduce(z: Float64Array, n: number, diagonal: Float64Array, beside: Float64Array): void {
  for (let i = n - 1; i > 0; i--) {
    let h = 0;
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(z[i * n + k]);
    if (i === 1 || scale === 0) {
      beside[i] = z[i * n + i - 1];
      diagonal[i] = 0;
      continue;
    }
    for (let k = 0; k < i; k++) {
      z[i * n + k] /= scale;
      h += z[i * n + k] ** 2;
    }
    const f = z[i * n + i - 1];
    const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    beside[i] = scale * g;
    h -= f * g;
    z[i * n + i - 1] = f - g;
    reflect(z, n, i, h, beside);
    diagonal[i] = h;
  }
  diagonal[0] = 0;
  beside[0] = 0;
}

/** Overwrites `z` with the product Q of the reflections, QᵀAQ = T, and `diagonal` with the inner diagonal of T. */
function accumulate(z: Float64Array, n: number, diagonal: Float64Array): void {
  for (let i = 0; i < n; i++) {
    if (diagonal[i] !== 0) {
      for (let j = 0; j < i; j++) {
        let g = 0;
        for (let k = 0; k < i; k++) g += z[i * n + k] * z[k * n + j];
        for (let k = 0; k < i; k++) z[k * n + j] -= g * z[k * n + i];
      }
    }
    diagonal[i] = z[i * n + i];
    z[i * n + i] = 1;
    for (let j = 0; j < i; j++) {
      z[j * n + i] = 0;
      z[i * n + j] = 0;
    }
  }
}

/** A ← (1 − uuᵀ/h) A (1 − uuᵀ/h) for the rows above `i`; u stands in row i, u/h is kept in column i. */
function reflect(z: Float64Array, n: number, i: number, h: number, beside: Float64Array): void {
  let total = 0;
  for (let j = 0; j < i; j++) {
    z[j * n + i] = z[i * n + j] / h;
    let g = 0;
    for (let k = 0; k <= j; k++) g += z[j * n + k] * z[i * n + k];
    for (let k = j + 1; k < i; k++) g += z[k * n + j] * z[i * n + k];
    beside[j] = g / h;
    total += beside[j] * z[i * n + j];
  }
  const half = total / (h + h);
  for (let j = 0; j < i; j++) {
    const f = z[i * n + j];
    const g = beside[j] - half * f;
    beside[j] = g;
    for (let k = 0; k <= j; k++) z[j * n + k] -= f * beside[k] + g * z[i * n + k];
  }
}

/** QL steps until the outer diagonals vanish; columns of `z` are rotated along, where it is given. */
function diagonalise(n: number, diagonal: Float64Array, beside: Float64Array, z?: Float64Array): void {
  for (let i = 1; i < n; i++) beside[i - 1] = beside[i];
  if (n > 0) beside[n - 1] = 0;
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l;
      while (m < n - 1) {
        const size = Math.abs(diagonal[m]) + Math.abs(diagonal[m + 1]);
        if (Math.abs(beside[m]) <= Number.EPSILON * size) break;
        m++;
      }
      if (m === l) break;
      if (step === 60) throw new RangeError('symmetricEigen: no convergence');
      shiftedStep(n, diagonal, beside, l, m, z);
    }
  }
}

function shiftedStep(n: number, d: Float64Array, e: Float64Array, l: number, m: number, z?: Float64Array): void {
  let g = (d[l + 1] - d[l]) / (2 * e[l]);
  let r = Math.hypot(g, 1);
  g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
  let [sine, cosine, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    let f = sine * e[i];
    const b = cosine * e[i];
    r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= p;
      e[m] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1] - p;
    r = (d[i] - g) * sine + 2 * cosine * b;
    p = sine * r;
    d[i + 1] = g + p;
    g = cosine * r - b;
    if (z === undefined) continue;
    for (let k = 0; k < n; k++) {
      const at = k * n + i;
      f = z[at + 1];
      z[at + 1] = sine * z[at] + cosine * f;
      z[at] = cosine * z[at] - sine * f;
    }
  }
  d[l] -= p;
  e[l] = g;
  e[m] = 0;
}
