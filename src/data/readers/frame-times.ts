/**
 * When the frames of a video were taken, where that is more than a rate says.
 * @module
 */

/** Frames further than this from evenly spaced ones, in steps, make a frame rate that varies. */
const uneven = 0.5;

/**
 * Seconds from the first frame, from time stamps in display order; `undefined` where they are those of evenly spaced
 * frames, or do not grow.
 */
export function unevenTimes(stamps: readonly number[]): number[] | undefined {
  const steps = stamps.length - 1;
  if (steps < 2) return undefined;
  const [first] = stamps;
  const step = (stamps[steps] - first) / steps;
  if (!stamps.every((stamp, i) => Number.isFinite(stamp) && (i === 0 || stamp > stamps[i - 1]))) return undefined;
  if (stamps.every((stamp, i) => Math.abs(stamp - first - i * step) <= uneven * step)) return undefined;
  return stamps.map((stamp) => Number((stamp - first).toFixed(6)));
}
