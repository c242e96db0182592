/**
 * Pictures cut into segments whose neighbours differ more across their border than within: Felzenszwalb and Huttenlocher,
 * "Efficient graph-based image segmentation", IJCV 2004.
 * @module
 */

export interface SegmentOptions {
  /** How readily segments merge, for values 0 to 1: larger gives larger segments. */
  readonly scale: number;
  /** Pixels that a segment has at least. */
  readonly smallest: number;
}

/** Segment numbers from 0 on, `[S · S]`, of a picture `[C, S, S]`. */
export function graphSegments(
  picture: Float32Array,
  channels: number,
  size: number,
  options: SegmentOptions,
): Int32Array {
  const pixels = size * size;
  const from: number[] = [];
  const to: number[] = [];
  const weights: number[] = [];
  const join = (a: number, b: number) => {
    let square = 0;
    for (let c = 0; c < channels; c++) square += (picture[c * pixels + a] - picture[c * pixels + b]) ** 2;
    from.push(a);
    to.push(b);
    weights.push(Math.sqrt(square));
  };
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      if (x + 1 < size) join(at, at + 1);
      if (y + 1 < size) join(at, at + size);
      if (x + 1 < size && y + 1 < size) join(at, at + size + 1);
      if (x > 0 && y + 1 < size) join(at, at + size - 1);
    }
  }
  const order = Int32Array.from(weights.keys()).sort((a, b) => weights[a] - weights[b] || a - b);
  const forest = new Forest(pixels);
  const within = new Float64Array(pixels);
  for (const edge of order) {
    const [a, b] = [forest.find(from[edge]), forest.find(to[edge])];
    if (a === b) continue;
    const allowed = Math.min(within[a] + options.scale / forest.sizes[a], within[b] + options.scale / forest.sizes[b]);
    if (weights[edge] > allowed) continue;
    within[forest.merge(a, b)] = weights[edge];
  }
  for (const edge of order) {
    const [a, b] = [forest.find(from[edge]), forest.find(to[edge])];
    if (a !== b && Math.min(forest.sizes[a], forest.sizes[b]) < options.smallest) forest.merge(a, b);
  }
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: pixels }, (_, i) => {
    const root = forest.find(i);
    if (!numbers.has(root)) numbers.set(root, numbers.size);
    return numbers.get(root)!;
  });
}

/** Disjoint sets by path halving and union by size. */
class Forest {
  readonly sizes: Int32Array;
  readonly #parents: Int32Array;

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, i) => i);
    this.sizes = new Int32Array(count).fill(1);
  }

  find(element: number): number {
    let at = element;
    while (this.#parents[at] !== at) {
      this.#parents[at] = this.#parents[this.#parents[at]];
      at = this.#parents[at];
    }
    return at;
  }

  /** Joins two roots and returns the one that stays. */
  merge(a: number, b: number): number {
    const [large, small] = this.sizes[a] >= this.sizes[b] ? [a, b] : [b, a];
    this.#parents[small] = large;
    this.sizes[large] += this.sizes[small];
    return large;
  }
}
