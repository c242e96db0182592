/**
 * Marks of still pictures: places that many patients have lit in the very same grey. Anatomy does not agree so; what a
 * machine writes does. Where pictures move, standing still tells marks better.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';
import { someFrames } from './stored-frames.ts';

/** Patients compared, at the most and at the least. */
const [mostPatients, fewestPatients] = [40, 10];
/** Share of patients that must agree on the grey of a place, and how many at the least. */
const [agreeing, fewestAgreeing] = [0.4, 6];
/** Darker places are not lit. */
const lit = 0.15;
/** Greys told apart. */
const levels = 64;

const known = new WeakMap<FrameStore, Map<string, Float32Array | undefined>>();

/** Places of a still item that show a mark common to its data, `[H, W]`; `undefined` where there are none. */
export function stillMarks(store: FrameStore, item: number): Uint8Array | undefined {
  const [, height, width] = store.sizeOf(item);
  const greys = commonGreys(store, height, width);
  if (greys === undefined) return undefined;
  const [frame] = someFrames(store, item, 1);
  const marks = Uint8Array.from(frame, (value, i) => (Math.abs(value - greys[i]) < 0.75 / levels ? 1 : 0));
  return thin(marks, height, width) ? marks : undefined;
}

/** The grey that patients agree on in each place, NaN where they do not. */
function commonGreys(store: FrameStore, height: number, width: number): Float32Array | undefined {
  const bySize = known.get(store) ?? new Map<string, Float32Array | undefined>();
  known.set(store, bySize);
  const key = `${height}×${width}`;
  if (!bySize.has(key)) bySize.set(key, agreedGreys(store, height, width));
  return bySize.get(key);
}

function agreedGreys(store: FrameStore, height: number, width: number): Float32Array | undefined {
  const chosen = new Map<string, number>();
  store.index.items.forEach(({ patient }, item) => {
    const [, h, w] = store.sizeOf(item);
    if (h === height && w === width && !chosen.has(patient)) chosen.set(patient, item);
  });
  const items = [...chosen.values()].slice(0, mostPatients);
  if (items.length < fewestPatients) return undefined;
  const frames = items.map((item) => someFrames(store, item, 1)[0]);
  const needed = Math.max(fewestAgreeing, Math.ceil(agreeing * items.length));
  return Float32Array.from({ length: height * width }, (_, i) => {
    const counts = new Map<number, number>();
    for (const frame of frames) {
      if (frame[i] <= lit) continue;
      const grey = Math.round(frame[i] * levels);
      counts.set(grey, (counts.get(grey) ?? 0) + 1);
    }
    const [grey, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
    return count >= needed ? grey / levels : Number.NaN;
  });
}

/** Marks are strokes: few of their pixels have marks all around. */
function thin(marks: Uint8Array, height: number, width: number): boolean {
  let [count, inner] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (marks[y * width + x] === 0) continue;
      count++;
      let around = 0;
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          const [v, u] = [y + dy, x + dx];
          if (v >= 0 && v < height && u >= 0 && u < width) around += marks[v * width + u];
        }
      }
      if (around === 25) inner++;
    }
  }
  return count > 0 && inner < 0.5 * count;
}
