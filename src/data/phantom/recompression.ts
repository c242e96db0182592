/**
 * What a lossy copy does to a frame: blocks of 8 × 8 cosines, coarsely rounded (the luminance path of JPEG).
 * @module
 */

/** Quantisation table of ITU-T T.81, annex K.1, row by row. */
const luminance = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];

const basis = Float32Array.from({ length: 64 }, (_, index) => {
  const [frequency, place] = [index >> 3, index & 7];
  const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return scale * Math.cos(((2 * place + 1) * frequency * Math.PI) / 16);
});

const block = new Float32Array(64);
const half = new Float32Array(64);

/**
 * Recompresses one square frame of `out` in place. `coarseness` multiplies the standard table; `corner` is the row and
 * the column, 0 to 7, at which the first whole block begins, as in a picture that was cropped after it was compressed.
 */
export function recompress(
  out: Uint8Array,
  offset: number,
  size: number,
  coarseness: number,
  corner: readonly [row: number, column: number] = [0, 0],
): void {
  const inside = (place: number) => Math.max(0, Math.min(size - 1, place));
  const [firstRow, firstColumn] = corner.map((place) => (place === 0 ? 0 : place - 8)) as [number, number];
  for (let top = firstRow; top < size; top += 8) {
    for (let left = firstColumn; left < size; left += 8) {
      for (let i = 0; i < 64; i++) {
        const row = inside(top + (i >> 3));
        const column = inside(left + (i & 7));
        block[i] = out[offset + row * size + column]! - 128;
      }
      transform(block, half, false);
      for (let i = 0; i < 64; i++) {
        const step = luminance[i]! * coarseness;
        block[i] = Math.round(block[i]! / step) * step;
      }
      transform(block, half, true);
      for (let i = 0; i < 64; i++) {
        const [row, column] = [top + (i >> 3), left + (i & 7)];
        if (row < 0 || column < 0 || row >= size || column >= size) continue;
        out[offset + row * size + column] = Math.max(0, Math.min(255, Math.round(block[i]! + 128)));
      }
    }
  }
}

/**
 * How coarsely a coder rounds a frame of a group of pictures: the key frame a quarter as coarsely as the last of those
 * that are predicted from it, which lose more with every step away from it.
 */
export function groupCoarseness(coarseness: number, place: number, length: number): number {
  return coarseness * (0.25 + (0.75 * place) / Math.max(1, length - 1));
}

/** The two-dimensional cosine transform or its inverse, in place. */
function transform(values: Float32Array, spare: Float32Array, inverse: boolean): void {
  const at = inverse
    ? (to: number, from: number) => basis[from * 8 + to]!
    : (to: number, from: number) => basis[to * 8 + from]!;
  for (let row = 0; row < 8; row++) {
    for (let to = 0; to < 8; to++) {
      let sum = 0;
      for (let from = 0; from < 8; from++) sum += at(to, from) * values[row * 8 + from]!;
      spare[row * 8 + to] = sum;
    }
  }
  for (let column = 0; column < 8; column++) {
    for (let to = 0; to < 8; to++) {
      let sum = 0;
      for (let from = 0; from < 8; from++) sum += at(to, from) * spare[from * 8 + column]!;
      values[to * 8 + column] = sum;
    }
  }
}
