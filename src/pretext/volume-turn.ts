/**
 * Turns of a volume by quarters about its axes: voxels are moved, never interpolated, so nothing betrays the turn.
 * @module
 */
import type { Pixels } from '../data/transform/pixels.ts';
import { quarterTurn } from '../data/transform/quarter-turn.ts';

/** About which axis, and by how many quarters. */
export interface VolumeTurn {
  readonly axis: 0 | 1 | 2;
  readonly quarters: 0 | 1 | 2 | 3;
}

/** As it is; about slices, rows and columns by 90, 180 and 270 degrees: ten of the cube's 24 positions. */
export const quarterTurns: readonly VolumeTurn[] = [
  { axis: 0, quarters: 0 },
  ...([0, 1, 2] as const).flatMap((axis) => ([1, 2, 3] as const).map((quarters) => ({ axis, quarters }))),
];

/** As it is; about each axis by 180 degrees: turns that ask nothing of the spacing of slices. */
export const halfTurns: readonly VolumeTurn[] = quarterTurns.filter(({ quarters }) => quarters % 2 === 0);

const axisNames = ['slice', 'row', 'column'] as const;

export const turnName = ({ axis, quarters }: VolumeTurn): string =>
  quarters === 0 ? 'not turned' : `${90 * quarters}° about the ${axisNames[axis]} axis`;

/** The plane of the other two axes turned as `quarterTurn` turns rows and columns. */
export function turnVolume(volume: Pixels<Float32Array>, { axis, quarters }: VolumeTurn): Pixels<Float32Array> {
  if (quarters === 0 || axis === 0) return quarterTurn(volume, quarters);
  const { data, shape } = volume;
  const across = axis === 1 ? 2 : 1;
  const [lengthA, lengthB] = [shape[0], shape[across]];
  const size = [...shape] as [number, number, number, number];
  if (quarters % 2 === 1) [size[0], size[across]] = [lengthB, lengthA];
  const [depth, height, width, channels] = size;
  const out = new Float32Array(data.length);
  const source = [0, 0, 0];
  for (let z = 0, at = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += channels) {
        const b = across === 2 ? x : y;
        source[1] = y;
        source[2] = x;
        source[0] = quarters === 1 ? b : quarters === 2 ? lengthA - 1 - z : lengthA - 1 - b;
        source[across] = quarters === 1 ? lengthB - 1 - z : quarters === 2 ? lengthB - 1 - b : z;
        const from = ((source[0] * shape[1] + source[1]) * shape[2] + source[2]) * channels;
        for (let c = 0; c < channels; c++) out[at + c] = data[from + c];
      }
    }
  }
  return { data: out, shape: size };
}

/** Sets to 0 what lies outside the inscribed ellipsoid, which is the same after every turn, so that corners betray none. */
export function maskEllipsoid({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  const [depth, height, width, channels] = shape;
  const out = data.slice();
  const squares = (length: number) => Float64Array.from({ length }, (_, i) => ((2 * i + 1 - length) / length) ** 2);
  const [z2, y2, x2] = [squares(depth), squares(height), squares(width)];
  for (let z = 0, at = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += channels) {
        if (z2[z] + y2[y] + x2[x] > 1) out.fill(0, at, at + channels);
      }
    }
  }
  return { data: out, shape };
}
