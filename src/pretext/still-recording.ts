/**
 * Recordings, and stretches of them, in which nothing moves: a question about time has no answer there.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { SampleView } from './method.ts';

/**
 * Mean squared difference, intensities 0 to 1, up to which frames count as the same: less than one grey level of 256 in
 * every tenth pixel, as a decoder leaves it in a frozen picture.
 */
const stillness = 1e-6;

/** Frames compared with the first. */
const looks = 4;

/** Whether frames spread evenly over a stretch differ from its first by no more than a frozen picture's do. */
function isStill(view: SampleView, start: number, span: number): boolean {
  const first = view.read({ start, count: 1 }).data;
  for (let look = 1; look <= looks; look++) {
    const { data } = view.read({ start: start + Math.round((look * (span - 1)) / looks), count: 1 });
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += (data[i] - first[i]) ** 2;
    if (sum / data.length > stillness) return false;
  }
  return true;
}

/** Why a recording in which nothing moves cannot be used, or `undefined`. */
export function refusesStill(view: SampleView): string | undefined {
  return isStill(view, 0, view.frames) ? 'nothing moves in it: it is one picture from beginning to end' : undefined;
}

/** Starts tried in one recording, and recordings tried. */
const starts = 8;
const recordings = 16;

/**
 * Where a stretch of `span` frames begins in which something moves; in another recording where this one offers none.
 * @throws SondeError `data/unsuitable` when nothing moves in any of those tried
 */
export function drawMovingStart(
  view: SampleView,
  random: Random,
  span: number,
): { readonly view: SampleView; readonly start: number } {
  let current = view;
  for (let tried = 0; tried < recordings; tried++) {
    for (let draw = 0; draw < starts && current.frames >= span; draw++) {
      const start = random.integer(current.frames - span + 1);
      if (!isStill(current, start, span)) return { view: current, start };
    }
    current = current.other(random);
  }
  throw new SondeError('data/unsuitable', `nothing moves in ${view.item.id} nor in the recordings beside it`, {
    expected: `a stretch of ${span} frames that are not all the same`,
    hint: 'leave frozen recordings out, or ask about longer stretches',
  });
}
