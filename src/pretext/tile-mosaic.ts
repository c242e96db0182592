/**
 * Tiles side by side in one picture, each outlined with its number, for drawings of puzzles.
 * @module
 */
import type { Pixels } from '../data/transform/pixels.ts';
import { resize } from '../data/transform/resize.ts';
import type { Outline, Panel } from './drawing.ts';

/** Small tiles are shown larger, so that numbers leave something to be seen. */
const wantedSide = 160;
/** A dark grey between tiles, which are often black themselves. */
const ground = 0.25;

/**
 * @param tiles single pictures `[1, h, w, C]` of one size, values 0 to 1, in row-major order
 * @param texts what is written at each
 * @param space pixels between them
 */
export function mosaic(
  tiles: readonly Pixels<Float32Array>[],
  texts: readonly string[],
  columns: number,
  space: number,
): Pick<Panel, 'picture' | 'outlines'> {
  const rows = Math.ceil(tiles.length / columns);
  const [, oldHeight, oldWidth, channels] = tiles[0].shape;
  const factor = Math.max(
    1,
    Math.floor(wantedSide / Math.max(rows * (oldHeight + space), columns * (oldWidth + space))),
  );
  const [height, width, apart] = [oldHeight * factor, oldWidth * factor, space * factor];
  const across = columns * width + (columns - 1) * apart;
  const down = rows * height + (rows - 1) * apart;
  const data = new Float32Array(down * across * channels).fill(ground);
  const outlines = tiles.map((tile, i): Outline => {
    const x = (i % columns) * (width + apart);
    const y = Math.floor(i / columns) * (height + apart);
    const enlarged = resize(tile, height, width);
    for (let row = 0; row < height; row++) {
      const line = enlarged.data.subarray(row * width * channels, (row + 1) * width * channels);
      data.set(line, ((y + row) * across + x) * channels);
    }
    return { x, y, width, height, text: texts[i] };
  });
  return { picture: { data, shape: [1, down, across, channels] }, outlines };
}
