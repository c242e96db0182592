/**
 * Exact Euclidean distances on a grid of unequal spacing, by the lower envelope of parabolas along one axis after the
 * other: Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions", Theory of Computing 8 (2012).
 * @module
 */

/** Distance of every place of a grid `[D, H, W]` to the nearest that is marked, in the unit of the spacing; ∞ without any. */
export function distanceMap(
  marked: ArrayLike<number>,
  shape: readonly [number, number, number],
  spacing: readonly [number, number, number],
): Float64Array {
  const squares = Float64Array.from(marked, (value) => (value ? 0 : Number.POSITIVE_INFINITY));
  const strides = [shape[1] * shape[2], shape[2], 1];
  for (let axis = 0; axis < 3; axis++) {
    const length = shape[axis];
    if (length === 1) continue;
    const line = new Float64Array(length);
    const lower = new Envelope(length);
    for (let start = 0; start < squares.length; start++) {
      // The first place of every line along the axis.
      if (Math.floor(start / strides[axis]) % length !== 0) continue;
      for (let i = 0; i < length; i++) line[i] = squares[start + i * strides[axis]];
      lower.transform(line, spacing[axis]);
      for (let i = 0; i < length; i++) squares[start + i * strides[axis]] = line[i];
    }
  }
  return squares.map(Math.sqrt);
}

class Envelope {
  readonly #feet: Int32Array;
  readonly #bounds: Float64Array;
  readonly #values: Float64Array;

  constructor(length: number) {
    this.#feet = new Int32Array(length);
    this.#bounds = new Float64Array(length + 1);
    this.#values = new Float64Array(length);
  }

  /** f ← min over j of f(j) + (spacing · (i − j))². */
  transform(f: Float64Array, spacing: number): void {
    const [feet, bounds, values] = [this.#feet, this.#bounds, this.#values];
    values.set(f);
    const square = spacing * spacing;
    let last = -1;
    for (let q = 0; q < values.length; q++) {
      if (values[q] === Number.POSITIVE_INFINITY) continue;
      let from = Number.NEGATIVE_INFINITY;
      while (last >= 0) {
        const p = feet[last];
        from = (values[q] - values[p] + square * (q * q - p * p)) / (2 * square * (q - p));
        if (from > bounds[last]) break;
        last--;
        from = Number.NEGATIVE_INFINITY;
      }
      last++;
      feet[last] = q;
      bounds[last] = from;
      bounds[last + 1] = Number.POSITIVE_INFINITY;
    }
    if (last < 0) return;
    let k = 0;
    for (let i = 0; i < values.length; i++) {
      while (bounds[k + 1] < i) k++;
      f[i] = square * (i - feet[k]) ** 2 + values[feet[k]];
    }
  }
}
