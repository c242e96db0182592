/**
 * Burnt-in text, ticks, bars and logos: pixels of one bright grey that stand still while the rest of a clip moves, or, in
 * still pictures, that many patients have in the same places.
 * @module
 */

import { ecgStrip } from './ecg-strip.ts';
import { regionAlone, regionTransplant } from './regional.ts';
import type { Shortcut } from './shortcut.ts';
import { stillMarks } from './still-marks.ts';
import { someFrames } from './stored-frames.ts';

export const text: Shortcut = {
  id: 'text',
  title: 'Burnt-in text and marks',
  why: 'Letters have an up and a down and stand in one corner, so they show a turn or a place without anatomy.',
  declared: ['border', 'text'],
  remedy: 'blank burnt-in text before training (sonde data deidentify) or cut parts inside the field of view',
  unfit: () => undefined,
  find: (store, item) => {
    const frames = someFrames(store, item);
    const trace = ecgStrip.find?.(store, item);
    if (frames.length < 3) {
      const marks = stillMarks(store, item)?.map((mark, i) => (trace?.[i] === 1 ? 0 : mark));
      return marks === undefined ? undefined : ofOneGrey(frames[0], marks);
    }
    const still = Uint8Array.from(frames[0], (value, i) =>
      value > 0.15 && trace?.[i] !== 1 && frames.every((frame) => Math.abs(frame[i] - value) < 0.006) ? 1 : 0,
    );
    const lit = frames[0].reduce((count, value) => count + (value > 0.15 ? 1 : 0), 0);
    const found = still.reduce((sum, value) => sum + value, 0);
    // Where most of what is lit stands still, the clip is frozen and nothing can be told.
    return found < 0.5 * lit ? ofOneGrey(frames[0], still) : undefined;
  },
  alone: regionAlone,
  transplant: regionTransplant('black'),
  holds: [
    {
      name: 'text present',
      by: 'probe',
      read: (store) => store.index.items.map((_, item) => (text.find?.(store, item) === undefined ? 'none' : 'text')),
    },
  ],
};

/** Fewest pixels of a mark. */
const fewest = 8;

/** Marks are written in one grey; echoes that stand still before the probe have many. */
function ofOneGrey(frame: Float32Array, still: Uint8Array): Uint8Array | undefined {
  const counts = new Map<number, number>();
  const greyOf = (i: number) => Math.round(frame[i] * 64);
  for (let i = 0; i < still.length; i++) if (still[i] === 1) counts.set(greyOf(i), (counts.get(greyOf(i)) ?? 0) + 1);
  const [grey, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  if (count < fewest) return undefined;
  return still.map((value, i) => (value === 1 && Math.abs(greyOf(i) - grey) <= 1 ? 1 : 0));
}
