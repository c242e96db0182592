/**
 * What a picture looks like, in a few hundred bytes: the same for the same picture in another size, format or brightness.
 * A hash of its coarsest structure (the discrete cosine transform of a 32 × 32 thumbnail; Zauner 2010) finds candidates,
 * the thumbnail itself decides.
 * @module
 */

/** Side of the thumbnails that are hashed and compared. */
export const fingerprintSide = 32;
const side = fingerprintSide;
const kept = 8;

/** One look at an item. */
export interface FrameFingerprint {
  /** 64 bits of coarse structure, as two words. */
  readonly hash: readonly [number, number];
  /** `[side, side]`, zero mean and unit deviation. */
  readonly thumbnail: Float32Array;
}

const cosines = Float64Array.from({ length: (kept + 1) * side }, (_, i) => {
  const [frequency, at] = [Math.floor(i / side), i % side];
  return Math.cos((Math.PI * (2 * at + 1) * frequency) / (2 * side));
});

/** Grey levels of deviation below which a frame shows nothing that could be compared. */
const flat = 2;

/** The fingerprint of one thumbnail (grey levels 0 to 255); `undefined` where it is flat. */
export function fingerprintOf(levels: Float32Array): FrameFingerprint | undefined {
  const count = side * side;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += levels[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (levels[i] - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  if (deviation < flat) return undefined;
  const thumbnail = new Float32Array(count);
  for (let i = 0; i < count; i++) thumbnail[i] = (levels[i] - mean) / deviation;
  return { hash: hashOf(thumbnail), thumbnail };
}

/** 64 coefficients of the lowest frequencies but the mean, each above or below their median. */
function hashOf(thumbnail: Float32Array): readonly [number, number] {
  const rows = new Float64Array((kept + 1) * side);
  for (let v = 0; v <= kept; v++) {
    for (let y = 0; y < side; y++) {
      const weight = cosines[v * side + y];
      for (let x = 0; x < side; x++) rows[v * side + x] += weight * thumbnail[y * side + x];
    }
  }
  const coefficients: number[] = [];
  for (let v = 0; v <= kept; v++) {
    for (let u = 0; u <= kept && coefficients.length < 64; u++) {
      if (u + v === 0 || u + v > kept + 2) continue;
      let sum = 0;
      for (let x = 0; x < side; x++) sum += cosines[u * side + x] * rows[v * side + x];
      coefficients.push(sum);
    }
  }
  const median = [...coefficients].sort((a, b) => a - b)[coefficients.length >> 1];
  const words: [number, number] = [0, 0];
  coefficients.forEach((value, i) => {
    if (value > median) words[i >> 5] |= 1 << (i & 31);
  });
  return [words[0] >>> 0, words[1] >>> 0];
}

/** Positions of up to `most` frames spread over `frames`, the ends left out where there are enough. */
export function spreadOver(frames: number, most: number): number[] {
  const count = Math.min(frames, most);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * frames) / count));
}
