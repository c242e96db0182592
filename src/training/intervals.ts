/**
 * How often a run writes, measures and keeps.
 * @module
 */

/** About 100 lines of metrics and 20 held-out points a run; checkpoints fall on lines of metrics. */
export function runIntervals(steps: number, checkpointEvery?: number) {
  const logEvery = Math.max(1, Math.floor(steps / 100));
  const evaluateEvery = logEvery * Math.max(1, Math.floor(steps / 20 / logEvery));
  const wanted = checkpointEvery ?? Math.max(1, Math.floor(steps / 10));
  return { logEvery, evaluateEvery, checkpointEvery: logEvery * Math.max(1, Math.round(wanted / logEvery)) };
}
