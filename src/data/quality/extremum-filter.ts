/**
 * The smallest or largest value in a square about each pixel.
 * @module
 */

/** Separable; squares are cut off at the border. `radius` 1 is 3 × 3. */
export function extremumFilter(
  values: Float32Array,
  height: number,
  width: number,
  radius: number,
  choose: 'smallest' | 'largest',
): Float32Array {
  const sign = choose === 'smallest' ? 1 : -1;
  const across = new Float32Array(values.length);
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let best = Number.POSITIVE_INFINITY;
      const last = Math.min(width - 1, x + radius);
      for (let nx = Math.max(0, x - radius); nx <= last; nx++) best = Math.min(best, sign * values[y * width + nx]);
      across[y * width + x] = best;
    }
  }
  for (let y = 0; y < height; y++) {
    const first = Math.max(0, y - radius);
    const last = Math.min(height - 1, y + radius);
    const to = out.subarray(y * width, (y + 1) * width).fill(Number.POSITIVE_INFINITY);
    for (let ny = first; ny <= last; ny++) {
      for (let x = 0; x < width; x++) to[x] = Math.min(to[x], across[ny * width + x]);
    }
    for (let x = 0; x < width; x++) to[x] *= sign;
  }
  return out;
}
