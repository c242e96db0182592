/**
 * The part of a volume that is cut into 2×2×2 cubes, chosen so that there is something in it.
 * @module
 */
import type { Random } from '../base/random.ts';
import type { MediaItem } from '../data/media.ts';
import { crop } from '../data/transform/crop.ts';
import { withChannels } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import type { SampleView } from './method.ts';
import { type AxisGrid, gridLength } from './tile-grid.ts';

/** A part of a volume, and where it was. */
export interface VolumePart {
  readonly pixels: Pixels<Float32Array>;
  /** First slice, row and column. */
  readonly corner: readonly [slice: number, row: number, column: number];
  /** Share of voxels that are brighter than air. */
  readonly foreground: number;
}

export interface PartChoice {
  /** Slices, rows, columns. */
  readonly size: readonly [number, number, number];
  /** Intensity from 0 (black) to 1 (white) up to which a voxel is air. */
  readonly air: number;
  /** Share of voxels brighter than air that a part must have. */
  readonly foreground: number;
}

/** How often a part is drawn anew before the fullest of them is taken. */
const attempts = 12;

/** Draws parts until one is full enough; a volume that is nearly empty gives the fullest drawn. */
export function drawPart(view: SampleView, random: Random, channels: number, choice: PartChoice): VolumePart {
  const { size, air, foreground } = choice;
  const [depth, height, width] = size;
  let fullest: VolumePart | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const slice = random.integer(view.frames - depth + 1);
    const row = random.integer(view.height - height + 1);
    const column = random.integer(view.width - width + 1);
    const slices = withChannels(view.read({ start: slice, count: depth }), channels);
    const pixels = crop(slices, { y: row, x: column, height, width });
    const part: VolumePart = { pixels, corner: [slice, row, column], foreground: shareAbove(pixels.data, air) };
    if (part.foreground >= foreground) return part;
    if (fullest === undefined || part.foreground > fullest.foreground) fullest = part;
  }
  return fullest!;
}

function shareAbove(data: Float32Array, limit: number): number {
  let above = 0;
  for (const value of data) if (value > limit) above++;
  return above / data.length;
}

/** Why a volume cannot give a part of this size, or `undefined`. */
function refusesPart(
  item: { readonly frames: number; readonly height: number; readonly width: number },
  [depth, height, width]: PartChoice['size'],
): string | undefined {
  if (item.width < width || item.height < height) {
    return `${item.width}×${item.height} pixels are fewer than the ${width}×${height} that are cut`;
  }
  return item.frames < depth ? `${item.frames} slices are fewer than the ${depth} that are cut` : undefined;
}

/** Why an item cannot give a part of this size, or `undefined`. */
export const refusesVolume = (item: MediaItem, size: PartChoice['size']): string | undefined =>
  item.kind === 'volume' ? refusesPart(item, size) : 'it is not a volume';

/** Where a part was cut, by name. */
export const partFactors = ({ corner: [slice, top, left], foreground }: VolumePart) => ({
  slice,
  top,
  left,
  foreground,
});

/** Where cubes lie in their part, by name. */
export const cubeFactors = (corners: readonly (readonly number[])[]) => ({
  cubeSlices: corners.map(([at]) => at),
  cubeTops: corners.map(([, at]) => at),
  cubeLefts: corners.map(([, , at]) => at),
});

/** Slices, rows and columns that a grid spans. */
export const gridSize = (axes: readonly AxisGrid[]): [number, number, number] => [
  gridLength(axes[0]),
  gridLength(axes[1]),
  gridLength(axes[2]),
];

/** Slices, rows and columns from `corner` on. */
export function cutCube(
  { data, shape }: Pixels<Float32Array>,
  [slice, row, column]: readonly number[],
  [depth, height, width]: readonly number[],
): Pixels<Float32Array> {
  const frame = shape[1] * shape[2] * shape[3];
  const slices = data.subarray(slice * frame, (slice + depth) * frame);
  const within = { data: slices, shape: [depth, shape[1], shape[2], shape[3]] as const };
  return crop(within, { y: row, x: column, height, width });
}

/** Stretches intensities to −1 … 1; a constant cube becomes zeros. */
export function normaliseCube({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high <= low) return { data: new Float32Array(data.length), shape };
  return { data: data.map((value) => (2 * (value - low)) / (high - low) - 1), shape };
}

/** Black to white as −1 … 1, the same for every cube. */
export function centreIntensities({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  return { data: data.map((value) => 2 * value - 1), shape };
}

/** First and last slice exchanged, and so on inwards. */
export function flipDepth({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  const frame = shape[1] * shape[2] * shape[3];
  const out = new Float32Array(data.length);
  for (let slice = 0; slice < shape[0]; slice++) {
    out.set(data.subarray(slice * frame, (slice + 1) * frame), (shape[0] - 1 - slice) * frame);
  }
  return { data: out, shape };
}
