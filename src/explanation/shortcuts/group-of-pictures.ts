/**
 * The group of pictures of compressed clips: every so many frames one is a key frame and sharper than those predicted
 * from it. Found in the stored frames as a period of their fineness that all clips share, each with a phase of its own.
 * @module
 */
import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { fineness } from './frame-quality.ts';
import { spreadOf } from './planes.ts';
import { storedFrame } from './stored-frames.ts';

export interface GroupOfPictures {
  /** Frames from one key frame to the next. */
  readonly period: number;
  /** Share of the variance of fineness, trends taken away, that the place in the group explains. */
  readonly explained: number;
  /** The place in its group, 0 for key frames, of the first frame of an item; `undefined` for items that were not clips. */
  place(item: number): number | undefined;
}

/** Clips that are looked at for a period, and frames of each. */
const mostClips = 40;
const mostFrames = 64;
const longestPeriod = 32;
/** What the place in the group must explain at least, and how far above what it explains of frames in any other order. */
const leastExplained = 0.3;
const aboveChance = 1.5;
const shuffles = 99;

const known = new WeakMap<FrameStore, GroupOfPictures | undefined>();

/** `undefined` where fineness has no period, or no clip is long enough to show one. Looked for once a store. */
export function groupOfPictures(store: FrameStore): GroupOfPictures | undefined {
  if (!known.has(store)) known.set(store, findGroup(store));
  return known.get(store);
}

function findGroup(store: FrameStore): GroupOfPictures | undefined {
  const clips = store.index.items.flatMap(({ kind }, item) =>
    kind === 'clip' && store.sizeOf(item)[0] > 4 ? [item] : [],
  );
  const step = Math.max(1, clips.length / mostClips);
  const shown = Array.from({ length: Math.min(mostClips, clips.length) }, (_, i) => clips[Math.floor(i * step)]);
  const series = new Map(shown.map((item) => [item, finenessOverTime(store, item)]));
  const found = strongestPeriod([...series.values()]);
  if (found === undefined) return undefined;
  const random = new Random('group of pictures');
  for (let shuffle = 0; shuffle < shuffles; shuffle++) {
    const stream = random.split(shuffle);
    const other = strongestPeriod(
      [...series.values()].map((values) => stream.shuffle([...values])),
      0,
    );
    if (other !== undefined && aboveChance * other.explained >= found.explained) return undefined;
  }
  const { period } = found;
  return {
    ...found,
    place: (item) => {
      if (store.index.items[item].kind !== 'clip') return undefined;
      if (!series.has(item)) series.set(item, finenessOverTime(store, item));
      const key = keyPlace(series.get(item)!, period);
      return key === undefined ? undefined : (period - key) % period;
    },
  };
}

function finenessOverTime(store: FrameStore, item: number): number[] {
  const [frames, , width] = store.sizeOf(item);
  return Array.from({ length: Math.min(frames, mostFrames) }, (_, frame) =>
    fineness(storedFrame(store, item, frame), width),
  );
}

/**
 * The shortest period that explains nearly as much of the fineness of all clips together as the best does, each clip with
 * means of its own; `undefined` where none explains enough.
 */
export function strongestPeriod(
  series: readonly (readonly number[])[],
  least = leastExplained,
): { readonly period: number; readonly explained: number } | undefined {
  const found: { readonly period: number; readonly explained: number }[] = [];
  for (let period = 2; period <= longestPeriod; period++) {
    const explained = explainedBy(series, period);
    if (explained !== undefined && explained >= least) found.push({ period, explained });
  }
  // What has a period has its multiples too.
  const best = Math.max(...found.map(({ explained }) => explained));
  return found.find(({ explained }) => explained >= 0.9 * best);
}

/**
 * How much of a frame's fineness the other frames at its place in the group tell: an estimate without bias, 0 by chance
 * and 1 where the place is all there is.
 */
function explainedBy(series: readonly (readonly number[])[], period: number): number | undefined {
  let [together, total] = [0, 0];
  for (const values of series) {
    const { residual, places } = withoutTrend(values, period);
    if (residual.length < 2 * period) continue;
    const { mean } = spreadOf(residual);
    const sums = new Float64Array(period);
    const counts = new Float64Array(period);
    residual.forEach((value, i) => {
      sums[places[i]] += value - mean;
      counts[places[i]]++;
    });
    residual.forEach((value, i) => {
      const own = value - mean;
      together += (own * (sums[places[i]] - own)) / (counts[places[i]] - 1);
      total += own * own;
    });
  }
  return total < 1e-12 ? undefined : together / total;
}

/** Fineness less its mean over one period about it: of an even period the two ends count half. */
function withoutTrend(values: readonly number[], period: number) {
  const half = period >> 1;
  const residual: number[] = [];
  const places: number[] = [];
  for (let t = half; t < values.length - half; t++) {
    let sum = 0;
    for (let k = -half; k <= half; k++) sum += values[t + k] * (period % 2 === 0 && Math.abs(k) === half ? 0.5 : 1);
    residual.push(values[t] - sum / period);
    places.push(t % period);
  }
  return { residual, places };
}

/** The place at which frames are finest. */
function keyPlace(values: readonly number[], period: number): number | undefined {
  const { residual, places } = withoutTrend(values, period);
  if (residual.length < period) return undefined;
  const means = Array.from({ length: period }, (_, place) => {
    const own = residual.filter((_, i) => places[i] === place);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  return means.indexOf(Math.max(...means));
}
