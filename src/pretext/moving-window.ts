/**
 * Where in a recording to ask about time: windows drawn by how much moves in them, never across a jump.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { motionSeries, windowWeights } from '../data/motion/motion-series.ts';
import { motionPeriod } from '../data/motion/period.ts';
import { type FiveFrames, fiveFrames, type Spacing, spanOf } from './frame-tuples.ts';
import type { SampleView } from './method.ts';

/** What was measured of the training recordings before training, by item id. */
export interface MotionTable {
  /** Movement into each frame. */
  readonly motion: Readonly<Record<string, readonly number[]>>;
  /** Periods in frames, of the recordings that repeat themselves; absent in tables kept before they were measured. */
  readonly periods?: Readonly<Record<string, number>>;
}

export interface WindowRules extends Spacing {
  readonly weighting: 'motion' | 'uniform';
  /** Smallest mean squared difference of c from a and from e, intensities from 0 to 1. */
  readonly leastDifference: number;
  readonly motionSide: number;
  /** Keep `tauMax` below half the period of what repeats; only movement that was measured tells it. */
  readonly withinPeriod: boolean;
}

export interface DrawnWindow {
  readonly view: SampleView;
  readonly start: number;
  readonly frames: FiveFrames;
  /** What was asked for, or less where the recording repeats itself. */
  readonly spacing: Spacing;
  /** Mean movement within the window, in pixels of reduced frames; 0 where it was not measured. */
  readonly motion: number;
  /** The smaller of the mean squared differences of c from a and from e. */
  readonly difference: number;
}

export function motionTable(views: readonly SampleView[], side: number): MotionTable {
  const motion = views.map((view) => [view.item.id, motionSeries(view.read(), side)] as const);
  const periods = motion.flatMap(([id, series]) => {
    const period = motionPeriod(series);
    return period === undefined ? [] : [[id, period] as const];
  });
  return { motion: Object.fromEntries(motion), periods: Object.fromEntries(periods) };
}

/** Windows and middle frames tried in one recording, and recordings tried. */
const draws = 12;
const recordings = 16;
/** Frames from first to last of a triple that has a middle. */
const shortestTriple = 2;

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
  const moving = rules.weighting === 'motion';
  const { id } = view.item;
  const motion = moving ? (table.motion[id] ?? motionSeries(view.read(), rules.motionSide)) : [];
  const period = id in table.motion && table.periods !== undefined ? table.periods[id] : motionPeriod(motion);
  const spacing = rules.withinPeriod ? withinHalf(period, rules) : rules;
  const span = spanOf(spacing);
  if (view.frames < span) return undefined;
  const weights = moving ? windowWeights(motion, span) : new Array<number>(view.frames - span + 1).fill(1);
  if (!weights.some((weight) => weight > 0)) return undefined;
  for (let draw = 0; draw < draws; draw++) {
    const start = random.categorical(weights);
    const frames = fiveFrames(start, spacing, random);
    const difference = leastDifferenceOf(view, frames);
    if (difference < rules.leastDifference) continue;
    return { view, start, frames, spacing, motion: moving ? weights[start] / (span - 1) : 0, difference };
  }
  return undefined;
}

/** Of two moments half a period apart either may be the earlier one. */
function withinHalf(period: number | undefined, { tauMax, tauMin }: Spacing): Spacing {
  if (period === undefined) return { tauMax, tauMin };
  const longest = Math.max(shortestTriple, Math.ceil(period / 2) - 1);
  return { tauMax: Math.min(tauMax, longest), tauMin: Math.min(tauMin, longest) };
}

function leastDifferenceOf(view: SampleView, [a, , c, , e]: FiveFrames): number {
  const [before, middle, after] = [a, c, e].map((start) => view.read({ start, count: 1 }).data);
  const difference = (other: Float32Array) =>
    middle.reduce((sum, value, i) => sum + (value - other[i]) ** 2, 0) / middle.length;
  return Math.min(difference(before), difference(after));
}
