/**
 * How near answered points are to true ones: the percentage of correct key points (Yang and Ramanan, TPAMI 2013).
 * @module
 */

/** The share of distances of at most `alpha`. NaN of none. */
export function correctShare(distances: ArrayLike<number>, alpha: number): number {
  let near = 0;
  for (let i = 0; i < distances.length; i++) if (distances[i] <= alpha) near++;
  return near / distances.length;
}

/** Area under `correctShare` for alpha from 0 to `most`, as a share of what perfect points have. NaN of none. */
export function areaUnderCorrect(distances: ArrayLike<number>, most: number): number {
  let sum = 0;
  // A point counts as right from its own distance on.
  for (let i = 0; i < distances.length; i++) sum += Math.max(0, 1 - distances[i] / most);
  return sum / distances.length;
}
