/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * The same seed and the same path of `split` labels give the same numbers whatever the order, thread or worker count.
 * @module
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** High 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const lowHigh = aLow * bHigh;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16) + (lowHigh & 0xffff);
  return (aHigh * bHigh + Math.floor(lowHigh / 65536) + Math.floor(middle / 65536)) >>> 0;
}

/** One Philox4x32-10 block: writes four words for a counter and a key into `out`. */
export function philoxBlock(counter: ArrayLike<number>, key0: number, key1: number, out: Uint32Array): void {
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** 64 bits of a label as two words (FNV-1a over UTF-16 units, two offsets, then a Murmur finaliser). */
function hashLabel(label: string): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < label.length; i++) {
    const unit = label.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 13);
  }
  return [finalise(a ^ label.length), finalise(b)];
}

function finalise(word: number): number {
  let h = word >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of random numbers. Streams made by `split` are independent of each other and of their parent's draws. */
export class Random {
  readonly #key0: number;
  readonly #key1: number;
  readonly #counter = new Uint32Array(4);
  readonly #block = new Uint32Array(4);
  #used = 4;
  #spareNormal: number | undefined;

  constructor(seed: number | string, key1?: number) {
    if (typeof seed === 'number' && key1 !== undefined) {
      this.#key0 = seed >>> 0;
      this.#key1 = key1 >>> 0;
    } else {
      [this.#key0, this.#key1] = hashLabel(`seed:${seed}`);
    }
  }

  /** The stream that belongs to a path of labels below this one, e.g. `random.split('epoch', 3, 'crop')`. */
  split(...labels: (string | number)[]): Random {
    let key0 = this.#key0;
    let key1 = this.#key1;
    const out = new Uint32Array(4);
    for (const label of labels) {
      const [a, b] = hashLabel(`${typeof label}:${label}`);
      philoxBlock([a, b, 0x73706c69, 0x74000000], key0, key1, out);
      key0 = out[0];
      key1 = out[1];
    }
    return new Random(key0, key1);
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    if (this.#used === 4) {
      philoxBlock(this.#counter, this.#key0, this.#key1, this.#block);
      if (++this.#counter[0] === 0x100000000 || this.#counter[0] === 0) this.#counter[1]++;
      this.#used = 0;
    }
    return this.#block[this.#used++];
  }

  /** Uniform in [low, high), 32 bits of resolution. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.uint32() / 0x100000000);
  }

  /** Log-uniform in [low, high). */
  logUniform(low: number, high: number): number {
    return Math.exp(this.uniform(Math.log(low), Math.log(high)));
  }

  /** Gaussian (Box-Muller, both values used). */
  normal(mean = 0, standardDeviation = 1): number {
    if (this.#spareNormal !== undefined) {
      const value = this.#spareNormal;
      this.#spareNormal = undefined;
      return mean + standardDeviation * value;
    }
    const radius = Math.sqrt(-2 * Math.log((this.uint32() + 1) / 0x100000000));
    const angle = 2 * Math.PI * (this.uint32() / 0x100000000);
    this.#spareNormal = radius * Math.sin(angle);
    return mean + standardDeviation * radius * Math.cos(angle);
  }

  /** A whole number in [0, count), without modulo bias. */
  integer(count: number): number {
    if (!(count >= 1)) throw new RangeError(`integer: count must be at least 1, got ${count}`);
    const limit = Math.floor(0x100000000 / count) * count;
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % count;
  }

  /** True with the given probability. */
  bernoulli(probability = 0.5): boolean {
    return this.uniform() < probability;
  }

  choice<T>(values: readonly T[]): T {
    return values[this.integer(values.length)];
  }

  /** An index drawn with probability proportional to its weight. */
  categorical(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i];
    let left = this.uniform() * total;
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i];
      if (left < 0) return i;
    }
    return weights.length - 1;
  }

  /** Fisher-Yates, in place. */
  shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
    return values;
  }

  /** A random order of 0 … count − 1. */
  permutation(count: number): Uint32Array {
    const order = new Uint32Array(count);
    for (let i = 0; i < count; i++) order[i] = i;
    return this.shuffle(order);
  }

  fillNormal<T extends Float32Array | Float64Array>(out: T, mean = 0, standardDeviation = 1): T {
    for (let i = 0; i < out.length; i++) out[i] = this.normal(mean, standardDeviation);
    return out;
  }

  fillUniform<T extends Float32Array | Float64Array>(out: T, low = 0, high = 1): T {
    for (let i = 0; i < out.length; i++) out[i] = this.uniform(low, high);
    return out;
  }
}
