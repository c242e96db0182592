/**
 * Where in a recording to ask about time: windows drawn by how much moves in them, never across a jump.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { motionSeries, windowWeights } from '../data/motion/motion-series.ts';
import { type FiveFrames, fiveFrames, type Spacing, spanOf } from './frame-tuples.ts';
import type { SampleView } from './method.ts';

/** Movement into each frame of the training recordings, by item id. */
export interface MotionTable {
  readonly motion: Readonly<Record<string, readonly number[]>>;
}

export interface WindowRules extends Spacing {
  readonly weighting: 'motion' | 'uniform';
  /** Smallest mean squared difference of c from a and from e, intensities from 0 to 1. */
  readonly leastDifference: number;
  readonly motionSide: number;
}

export interface DrawnWindow {
  readonly view: SampleView;
  readonly start: number;
  readonly frames: FiveFrames;
  /** Mean movement within the window, in pixels of reduced frames; 0 where it was not measured. */
  readonly motion: number;
  /** The smaller of the mean squared differences of c from a and from e. */
  readonly difference: number;
}

export function motionTable(views: readonly SampleView[], side: number): MotionTable {
  return { motion: Object.fromEntries(views.map((view) => [view.item.id, motionSeries(view.read(), side)])) };
}

/** Windows and middle frames tried in one recording, and recordings tried. */
const draws = 12;
const recordings = 16;

/**
 * Five frames of the recording; of another where nothing moves in this one.
 * @throws SondeError `data/unsuitable` when nothing moves in any of those tried
 */
export function drawWindow(view: SampleView, random: Random, rules: WindowRules, table: MotionTable): DrawnWindow {
  let current = view;
  for (let tried = 0; tried < recordings; tried++) {
    const drawn = windowIn(current, random, rules, table);
    if (drawn !== undefined) return drawn;
    current = view.other(random);
  }
  throw new SondeError('data/unsuitable', `nothing moves in ${view.item.id} nor in the recordings beside it`, {
    expected: `a stretch of ${spanOf(rules)} frames without a cut, whose frames differ`,
    hint: 'shorten it with tauMax and tauMin, lower leastDifference, or leave frozen recordings out',
  });
}

function windowIn(view: SampleView, random: Random, rules: WindowRules, table: MotionTable): DrawnWindow | undefined {
  const span = spanOf(rules);
  if (view.frames < span) return undefined;
  const moving = rules.weighting === 'motion';
  const motion = moving ? (table.motion[view.item.id] ?? motionSeries(view.read(), rules.motionSide)) : [];
  const weights = moving ? windowWeights(motion, span) : new Array<number>(view.frames - span + 1).fill(1);
  if (!weights.some((weight) => weight > 0)) return undefined;
  for (let draw = 0; draw < draws; draw++) {
    const start = random.categorical(weights);
    const frames = fiveFrames(start, rules, random);
    const difference = leastDifferenceOf(view, frames);
    if (difference < rules.leastDifference) continue;
    return { view, start, frames, motion: moving ? weights[start] / (span - 1) : 0, difference };
  }
  return undefined;
}

function leastDifferenceOf(view: SampleView, [a, , c, , e]: FiveFrames): number {
  const [before, middle, after] = [a, c, e].map((start) => view.read({ start, count: 1 }).data);
  const difference = (other: Float32Array) =>
    middle.reduce((sum, value, i) => sum + (value - other[i]) ** 2, 0) / middle.length;
  return Math.min(difference(before), difference(after));
}
