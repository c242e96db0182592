/**
 * Cubes as a person can look at them: the volume's middle slices with the cubes outlined, and a slice of every cube.
 * @module
 */
import { channelsLast, stretched } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { resize } from '../data/transform/resize.ts';
import type { HostArray } from '../tensor/host-array.ts';
import type { Outline, Panel } from './drawing.ts';
import type { Factors, SampleView } from './method.ts';
import { mosaic } from './tile-mosaic.ts';

/** One cube as it lies in the volume, in voxels from the volume's first. */
export interface PlacedCube {
  readonly corner: readonly [slice: number, row: number, column: number];
  readonly size: readonly [slices: number, rows: number, columns: number];
  readonly text: string;
  /** Not outlined: it lies in the grid, and nobody asks about it. */
  readonly hidden?: boolean;
}

/** The cubes that a puzzle's factors place: the part's corner, and each cube's within it. */
export function placedCubes(factors: Factors, size: PlacedCube['size']): PlacedCube[] {
  const of = (name: 'Slices' | 'Tops' | 'Lefts') => factors[`cube${name}`] as number[];
  const [tops, lefts] = [of('Tops'), of('Lefts')];
  return of('Slices').map((slice, i) => ({
    corner: [Number(factors.slice) + slice, Number(factors.top) + tops[i], Number(factors.left) + lefts[i]],
    size,
    text: `${i + 1}`,
  }));
}

/** One panel for every layer of cubes: the middle slice of the layer, those of its cubes outlined that it passes through. */
export function volumePanels(view: SampleView, cubes: readonly PlacedCube[], layers: number): Panel[] {
  const perLayer = cubes.length / layers;
  return Array.from({ length: layers }, (_, layer): Panel => {
    const here = cubes.slice(layer * perLayer, (layer + 1) * perLayer);
    const middle = here.reduce((sum, { corner, size }) => sum + corner[0] + size[0] / 2, 0) / here.length;
    const slice = Math.min(view.frames - 1, Math.floor(middle));
    const { data, shape } = view.read({ start: slice, count: 1 });
    const outlines = here
      .filter(({ hidden }) => hidden !== true)
      .map(
        ({ corner, size, text }): Outline => ({ x: corner[2], y: corner[1], width: size[2], height: size[1], text }),
      );
    return {
      caption: `slice ${slice + 1} of ${view.frames}, and the ${cubes.length === 1 ? 'part that is used' : 'cubes it passes through'}`,
      picture: { data, shape },
      outlines,
      role: 'source',
    };
  });
}

/** The middle slice of a cube `[C, D, H, W]`, from black to white. */
export function middleSlice(cube: Float32Array, channels: number, size: PlacedCube['size']): Pixels<Float32Array> {
  const [depth, height, width] = size;
  const { data } = channelsLast(cube, [depth, height, width, channels]);
  const frame = height * width * channels;
  const from = Math.floor(depth / 2) * frame;
  return stretched({ data: data.slice(from, from + frame), shape: [1, height, width, channels] });
}

/** The middle slices of `count` cubes that lie one after another. */
export function middleSlices(
  { data }: HostArray,
  count: number,
  channels: number,
  size: PlacedCube['size'],
): Pixels<Float32Array>[] {
  const length = data.length / count;
  return Array.from({ length: count }, (_, i) =>
    middleSlice((data as Float32Array).slice(i * length, (i + 1) * length), channels, size),
  );
}

/** The middle planes across slices, rows and columns of a volume `[C, D, H, W]`, side by side as squares. */
export function threePlanes(
  volume: Float32Array,
  channels: number,
  size: PlacedCube['size'],
): Pick<Panel, 'picture' | 'outlines'> {
  const [depth, height, width] = size;
  const { data } = stretched(channelsLast(volume, [depth, height, width, channels]));
  const plane = (rows: number, columns: number, voxel: (row: number, column: number) => number) => {
    const out = Float32Array.from({ length: rows * columns * channels }, (_, i) => {
      const at = Math.floor(i / channels);
      return data[voxel(Math.floor(at / columns), at % columns) * channels + (i % channels)];
    });
    return resize({ data: out, shape: [1, rows, columns, channels] }, height, width);
  };
  const [z, y, x] = size.map((length) => Math.floor(length / 2));
  const planes = [
    plane(height, width, (row, column) => (z * height + row) * width + column),
    plane(depth, width, (slice, column) => (slice * height + y) * width + column),
    plane(depth, height, (slice, row) => (slice * height + row) * width + x),
  ];
  return mosaic(planes, ['across slices', 'across rows', 'across columns'], 3, 1);
}

/** A slice of every cube side by side, a layer below the other. */
export function cubeMosaic(
  slices: readonly Pixels<Float32Array>[],
  texts: readonly string[],
  columns: number,
): Pick<Panel, 'picture' | 'outlines'> {
  return mosaic(slices, texts, columns, 2);
}
