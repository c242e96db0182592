/**
 * How often a recording repeats itself: the beat of a heart, a breath, as its movement shows it.
 * @module
 */

/** Shorter than this, in frames, is flicker and not a movement that could be followed. */
const shortest = 4;
/** Periods that must be seen: contraction and relaxation resemble each other, and two of them pass for two beats. */
const seen = 3;
/** How alike movement must be to that a period before to count as the same again. */
const alike = 0.5;
/** Multiples of a period are nearly as alike as the period itself; the shortest within this of the best is the period. */
const nearlyBest = 0.9;

/**
 * The period of a recording in frames, by the autocorrelation of its movement: the shortest lag, at a peak, at which
 * movement is nearly as like itself as it ever becomes again. `undefined` where nothing repeats, or where fewer than three
 * periods are seen.
 *
 * @param motion movement into each frame, as `motionSeries` measures it; the first frame has none
 */
export function motionPeriod(motion: readonly number[]): number | undefined {
  const series = motion.slice(1);
  const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
  const centred = series.map((value) => value - mean);
  const longest = Math.floor(series.length / seen);
  const likeness = Array.from({ length: longest + 2 }, (_, lag) => autocorrelation(centred, lag));
  const peaks = likeness.flatMap((value, lag) => {
    const isPeak = lag >= shortest && lag <= longest && value >= likeness[lag - 1] && value >= likeness[lag + 1];
    return isPeak && value >= alike ? [{ lag, value }] : [];
  });
  const best = Math.max(...peaks.map(({ value }) => value));
  return peaks.find(({ value }) => value >= nearlyBest * best)?.lag;
}

/** Pearson's correlation of a series with itself `lag` places later, both parts by their own spread; 0 where still. */
function autocorrelation(centred: readonly number[], lag: number): number {
  const [early, late] = [centred.slice(0, centred.length - lag), centred.slice(lag)];
  const product = early.reduce((sum, value, i) => sum + value * late[i], 0);
  const length = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const lengths = length(early) * length(late);
  return lengths === 0 ? 0 : product / lengths;
}
