/**
 * The encoder as it was on the way: a few copies, closer together early, where a network changes fastest. They are what
 * the instruments of learning dynamics look at.
 * @module
 */

/** Snapshots a run keeps unless told otherwise. */
export const defaultSnapshots = 6;

/**
 * Steps after which the encoder is kept: halves of what is left towards the start, so that `count` 3 of 800 steps are
 * 100, 200 and 400. The untrained and the finished encoder are kept anyway.
 */
export function snapshotSteps(steps: number, count: number): number[] {
  const wanted = Array.from({ length: count }, (_, i) => Math.round(steps / 2 ** (count - i)));
  return [...new Set(wanted)].filter((step) => step > 0 && step < steps);
}
