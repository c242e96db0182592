/**
 * A strip with the electrocardiogram: rows at the upper or lower edge that have two levels only and yet change in time; in
 * still pictures, whose bright level runs on from side to side.
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
  unfit: () => undefined,
  find: (store, item) => {
    const [, height, width] = store.sizeOf(item);
    const frames = someFrames(store, item);
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
  transplant: regionTransplant('content'),
};

/** Share of columns that a printed trace crosses; letters leave more of them dark. */
const runsOn = 0.7;

/** Rows from an edge inwards that hold the trace; none where nothing in them moves. */
function bandFrom(frames: readonly Float32Array[], start: number, step: number, height: number, width: number) {
  const band: number[] = [];
  const crossed = new Uint8Array(width);
  let [moving, written] = [0, 0];
  for (let row = start; band.length < height / 3; row += step) {
    const values = frames.flatMap((frame) => [...frame.subarray(row * width, (row + 1) * width)]);
    const high = Math.max(...values);
    const between = values.filter((value) => value > 0.05 * high && value < 0.95 * high).length;
    if (high > 0.1 && between > 0.02 * values.length) break;
    band.push(row);
    const changes = frames.some((frame, k) => k > 0 && differs(frame, frames[0], row, width));
    if (high > 0.1 && changes) moving++;
    if (high > 0.1) {
      written++;
      for (let x = 0; x < width; x++) if (frames[0][row * width + x] > 0.5 * high) crossed[x] = 1;
    }
  }
  const across = crossed.reduce((sum, value) => sum + value, 0) >= runsOn * width;
  const trace = frames.length >= 3 ? moving >= 3 : written >= 3 && across;
  // A band that runs on without end is black margin with text in it.
  return trace && band.length < height / 3 ? band : [];
}

function differs(a: Float32Array, b: Float32Array, row: number, width: number): boolean {
  for (let i = row * width; i < (row + 1) * width; i++) if (Math.abs(a[i] - b[i]) > 0.1) return true;
  return false;
}
