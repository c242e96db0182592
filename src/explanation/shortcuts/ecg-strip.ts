/**
 * A strip with the electrocardiogram: rows at the upper or lower edge that have two levels only and yet change in time.
 * @module
 */
import { regionAlone, regionTransplant } from './regional.ts';
import type { Shortcut } from './shortcut.ts';
import { someFrames } from './stored-frames.ts';

export const ecgStrip: Shortcut = {
  id: 'ecg-strip',
  title: 'Strip with the electrocardiogram',
  why: 'The sweep of the trace is a clock: it tells the order of frames, and its edge shows how a picture stands.',
  declared: ['border'],
  remedy: 'blank the strip before training (sonde data deidentify)',
  unfit: ({ store, items }) =>
    items.some((item) => store.sizeOf(item)[0] > 2)
      ? undefined
      : 'a trace is told by its sweep, and there are no clips',
  find: (store, item) => {
    const [, height, width] = store.sizeOf(item);
    const frames = someFrames(store, item);
    if (frames.length < 3) return undefined;
    const region = new Uint8Array(height * width);
    let rows = 0;
    for (const [start, step] of [
      [height - 1, -1],
      [0, 1],
    ]) {
      const band = bandFrom(frames, start, step, height, width);
      for (const row of band) region.fill(1, row * width, (row + 1) * width);
      rows += band.length;
    }
    return rows > 0 ? region : undefined;
  },
  alone: regionAlone,
  transplant: regionTransplant('black'),
};

/** Rows from an edge inwards that hold the trace; none where nothing in them moves. */
function bandFrom(frames: readonly Float32Array[], start: number, step: number, height: number, width: number) {
  const band: number[] = [];
  let moving = 0;
  for (let row = start; band.length < height / 3; row += step) {
    const values = frames.flatMap((frame) => [...frame.subarray(row * width, (row + 1) * width)]);
    const high = Math.max(...values);
    const between = values.filter((value) => value > 0.05 * high && value < 0.95 * high).length;
    if (high > 0.1 && between > 0.02 * values.length) break;
    band.push(row);
    const changes = frames.some((frame, k) => k > 0 && differs(frame, frames[0], row, width));
    if (high > 0.1 && changes) moving++;
  }
  // A band that runs on without end is black margin with text in it.
  return moving >= 3 && band.length < height / 3 ? band : [];
}

function differs(a: Float32Array, b: Float32Array, row: number, width: number): boolean {
  for (let i = row * width; i < (row + 1) * width; i++) if (Math.abs(a[i] - b[i]) > 0.1) return true;
  return false;
}
