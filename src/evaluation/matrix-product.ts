/**
 * The one large product that linear probes need. The plain implementation runs anywhere; a runtime's matrix
 * multiplication can stand in for it.
 * @module
 */

/**
 * `a · bᵀ` for row-major `a [m, k]` and `b [n, k]`, as a row-major `[m, n]`. A result in single precision tells the
 * caller to expect rounding of that size.
 */
export type MatrixProduct = (
  a: Float32Array,
  b: Float32Array,
  m: number,
  n: number,
  k: number,
) => Float32Array | Float64Array | Promise<Float32Array | Float64Array>;

/** Columns summed at a time: eight rows of this many stay in the first-level cache. */
const panel = 512;

/** `MatrixProduct` in plain loops, 4 × 4 results at a time, summed in double precision. */
export function plainMatrixProduct(a: Float32Array, b: Float32Array, m: number, n: number, k: number): Float64Array {
  const out = new Float64Array(m * n);
  const symmetric = a === b && m === n;
  for (let start = 0; start < k; start += panel) {
    const end = Math.min(k, start + panel);
    for (let i = 0; i < m; i += 4) {
      const limit = symmetric ? Math.min(n, i + 4) : n;
      for (let j = 0; j < limit; j += 4) {
        if (i + 4 <= m && j + 4 <= n) addTile(a, b, out, i, j, n, k, start, end);
        else addEdge(a, b, out, i, Math.min(m, i + 4), j, Math.min(n, j + 4), n, k, start, end);
      }
    }
  }
  if (symmetric) for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) out[i * n + j] = out[j * n + i];
  return out;
}

function addTile(
  a: Float32Array,
  b: Float32Array,
  out: Float64Array,
  i: number,
  j: number,
  n: number,
  k: number,
  start: number,
  end: number,
): void {
  const a0 = i * k;
  const a1 = a0 + k;
  const a2 = a1 + k;
  const a3 = a2 + k;
  const b0 = j * k;
  const b1 = b0 + k;
  const b2 = b1 + k;
  const b3 = b2 + k;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  for (let p = start; p < end; p++) {
    const y0 = b[b0 + p];
    const y1 = b[b1 + p];
    const y2 = b[b2 + p];
    const y3 = b[b3 + p];
    let x = a[a0 + p];
    s00 += x * y0;
    s01 += x * y1;
    s02 += x * y2;
    s03 += x * y3;
    x = a[a1 + p];
    s10 += x * y0;
    s11 += x * y1;
    s12 += x * y2;
    s13 += x * y3;
    x = a[a2 + p];
    s20 += x * y0;
    s21 += x * y1;
    s22 += x * y2;
    s23 += x * y3;
    x = a[a3 + p];
    s30 += x * y0;
    s31 += x * y1;
    s32 += x * y2;
    s33 += x * y3;
  }
  let o = i * n + j;
  out[o] += s00;
  out[o + 1] += s01;
  out[o + 2] += s02;
  out[o + 3] += s03;
  o += n;
  out[o] += s10;
  out[o + 1] += s11;
  out[o + 2] += s12;
  out[o + 3] += s13;
  o += n;
  out[o] += s20;
  out[o + 1] += s21;
  out[o + 2] += s22;
  out[o + 3] += s23;
  o += n;
  out[o] += s30;
  out[o + 1] += s31;
  out[o + 2] += s32;
  out[o + 3] += s33;
}

function addEdge(
  a: Float32Array,
  b: Float32Array,
  out: Float64Array,
  i0: number,
  i1: number,
  j0: number,
  j1: number,
  n: number,
  k: number,
  start: number,
  end: number,
): void {
  for (let i = i0; i < i1; i++) {
    for (let j = j0; j < j1; j++) {
      let sum = 0;
      for (let p = start; p < end; p++) sum += a[i * k + p] * b[j * k + p];
      out[i * n + j] += sum;
    }
  }
}
