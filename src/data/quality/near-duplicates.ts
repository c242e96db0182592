/**
 * Items that show the same pictures: copied, recompressed, resized, brightened or cut out of one recording.
 * @module
 */
import { type FrameFingerprint, fingerprintSide } from './fingerprint.ts';

/** Looks at one item, spread over its frames. */
export interface ItemFingerprint {
  readonly id: string;
  readonly frames: readonly FrameFingerprint[];
  /** Shorter side of the picture in pixels: icons of a digit look alike without being the same. */
  readonly side: number;
}

export interface NearDuplicate {
  readonly first: string;
  readonly second: string;
  /** Correlation of the pictures that match best, 0 to 1. */
  readonly likeness: number;
}

/** Bits of 64 that may differ: every pair within this distance is met. */
const hashDistance = 7;
/** Correlation, of the pictures and of what distinguishes them from the set's mean, that makes two the same. */
const alike = 0.97;
const alikeBeyondMean = 0.93;
/** The same for pictures with a side below `smallSide`, which hold no fine structure to compare. */
const alikeWhenSmall = 0.995;
const smallSide = 48;
/** Fine structure must agree too: anatomy is similar from person to person, speckle is not. */
const alikeInDetail = 0.6;
/** Looks that must match, as a share of the item that has fewer. */
const share = 0.5;
/** From so many items on, their mean says what all have in common (a sector, a frame). */
const enoughForMean = 8;

/** Pairs in order of their items. Quick for tens of thousands: only looks that share part of their hash are compared. */
export function findNearDuplicates(items: readonly ItemFingerprint[]): NearDuplicate[] {
  const looks = items.flatMap(({ frames }, item) => frames.map((frame) => ({ item, frame })));
  const mean = items.length >= enoughForMean ? meanOf(looks.map(({ frame }) => frame.thumbnail)) : undefined;
  const matches = new Map<string, { first: number; second: number; looks: Set<number>; likeness: number }>();
  for (const [a, b] of candidatePairs(looks.map(({ frame }) => frame.hash))) {
    const [one, other] = looks[a].item < looks[b].item ? [a, b] : [b, a];
    const [first, second] = [looks[one].item, looks[other].item];
    if (first === second) continue;
    const likeness = compare(looks[one].frame.thumbnail, looks[other].frame.thumbnail, mean);
    const small = Math.min(items[first].side, items[second].side) < smallSide;
    if (likeness === undefined || (small && likeness < alikeWhenSmall)) continue;
    const key = `${first},${second}`;
    const match = matches.get(key) ?? { first, second, looks: new Set<number>(), likeness: 0 };
    match.looks.add(items[first].frames.length <= items[second].frames.length ? one : other);
    match.likeness = Math.max(match.likeness, likeness);
    matches.set(key, match);
  }
  return [...matches.values()]
    .filter(({ first, second, looks: matched }) => {
      const fewer = Math.min(items[first].frames.length, items[second].frames.length);
      return matched.size >= Math.max(1, Math.ceil(share * fewer));
    })
    .sort((a, b) => a.first - b.first || a.second - b.second)
    .map(({ first, second, likeness }) => ({ first: items[first].id, second: items[second].id, likeness }));
}

/** Pairs of hashes at most `hashDistance` bits apart: of their four quarters, one differs by a bit at most. */
function candidatePairs(hashes: readonly (readonly [number, number])[]): Iterable<readonly [number, number]> {
  const pairs = new Map<number, readonly [number, number]>();
  for (let quarter = 0; quarter < 4; quarter++) {
    const buckets = new Map<number, number[]>();
    const partOf = (hash: readonly [number, number]) => (hash[quarter >> 1] >>> (16 * (quarter & 1))) & 0xffff;
    hashes.forEach((hash, position) => {
      const part = partOf(hash);
      for (let flip = -1; flip < 16; flip++) {
        for (const other of buckets.get(flip < 0 ? part : part ^ (1 << flip)) ?? []) {
          const key = other * hashes.length + position;
          if (!pairs.has(key) && distance(hash, hashes[other]) <= hashDistance) pairs.set(key, [other, position]);
        }
      }
      const bucket = buckets.get(part);
      if (bucket === undefined) buckets.set(part, [position]);
      else bucket.push(position);
    });
  }
  return pairs.values();
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]);
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Correlation of two thumbnails where they are the same picture, else `undefined`. */
function compare(a: Float32Array, b: Float32Array, mean: Float32Array | undefined): number | undefined {
  const plain = correlation(a, b);
  if (plain < alike) return undefined;
  if (mean !== undefined && correlation(less(a, mean), less(b, mean)) < alikeBeyondMean) return undefined;
  return correlation(detail(a), detail(b)) < alikeInDetail ? undefined : plain;
}

function correlation(a: Float32Array, b: Float32Array): number {
  let [sumA, sumB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    sumA += a[i];
    sumB += b[i];
  }
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] - sumA / a.length, b[i] - sumB / a.length];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const scale = Math.sqrt(squaresA * squaresB);
  return scale === 0 ? 0 : product / scale;
}

function meanOf(thumbnails: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(fingerprintSide ** 2);
  for (const thumbnail of thumbnails) for (let i = 0; i < mean.length; i++) mean[i] += thumbnail[i] / thumbnails.length;
  return mean;
}

/** What is left of `a` without its share of `mean`. */
function less(a: Float32Array, mean: Float32Array): Float32Array {
  let [product, squares] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i] * mean[i];
    squares += mean[i] * mean[i];
  }
  const part = squares === 0 ? 0 : product / squares;
  return a.map((value, i) => value - part * mean[i]);
}

/** Each cell less the mean of the 3 × 3 cells about it. */
function detail(a: Float32Array): Float32Array {
  const side = fingerprintSide;
  const out = new Float32Array(a.length);
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      let sum = 0;
      for (let dy = -side; dy <= side; dy += side) {
        for (let dx = -1; dx <= 1; dx++) sum += a[y * side + x + dy + dx];
      }
      out[y * side + x] = a[y * side + x] - sum / 9;
    }
  }
  return out;
}
