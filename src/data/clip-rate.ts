/**
 * Clips at a rate of one's own: which frames of a recording are nearest to the times wanted.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { MediaItem } from './media.ts';

/** A recording may be this much slower than the rate it is read at before frames would be shown twice. */
const slowest = 0.9;

/**
 * The frames nearest to 0, 1/rate, 2/rate, … seconds, up to the last one; by the recording's own time stamps where its
 * frames are not evenly spaced. Throws `data/unsuitable` where it does not say when its frames were taken, or has too few.
 */
export function framesAtRate(
  item: Pick<MediaItem, 'frames' | 'frameRateHz' | 'frameTimesS'>,
  rateHz: number,
): Int32Array {
  const { frames, frameRateHz, frameTimesS } = item;
  if (frameRateHz === undefined || !(frameRateHz > 0)) {
    throw new SondeError('data/unsuitable', 'it does not say its frame rate, so it cannot be read at another', {
      hint: 'leave --frame-rate-hz out, or leave this item out',
    });
  }
  if (frameRateHz < slowest * rateHz) {
    throw new SondeError(
      'data/unsuitable',
      `it was recorded at ${round(frameRateHz)} Hz, fewer than the ${round(rateHz)} asked for: frames would repeat`,
      { hint: `choose --frame-rate-hz ${round(frameRateHz)} or less` },
    );
  }
  const timeOf = (frame: number) => (frameTimesS === undefined ? frame / frameRateHz : frameTimesS[frame]);
  const [first, last] = [timeOf(0), timeOf(frames - 1)];
  // A last frame that falls short by a rounding still counts.
  const count = Math.floor((last - first) * rateHz + 1e-6) + 1;
  const chosen = new Int32Array(count);
  let near = 0;
  for (let i = 0; i < count; i++) {
    const time = first + i / rateHz;
    while (near + 1 < frames && Math.abs(timeOf(near + 1) - time) <= Math.abs(timeOf(near) - time) + 1e-9) near++;
    chosen[i] = near;
  }
  return chosen;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
