/**
 * What segmentations are worth, case by case: Dice, intersection over union, HD95 and surface Dice, with intervals over
 * patients.
 * @module
 */
import { clusterBootstrap } from '../statistics/bootstrap.ts';
import { overlapOf } from './metrics/overlap.ts';
import { surfaceDistance } from './metrics/surface.ts';
import type { MaskCase } from './network/mask-cases.ts';
import type { Estimate, TapScore } from './probe-result.ts';
import type { IntervalOptions } from './protocols/protocol.ts';

export interface CaseScore {
  /** Mean over classes that are in the truth or the answer; 1 where none is and none was found. */
  readonly dice: number;
  readonly iou: number;
  readonly surfaceDice: number;
  /** NaN where neither holds anything. */
  readonly hd95: number;
  /** Dice of each class but the background; NaN where neither holds it. */
  readonly perClass: readonly number[];
}

/** Scores a case; frames of a clip one by one, and their mean. */
export function scoreCase(found: MaskCase, answer: Uint8Array, classes: number, tolerance: number): CaseScore {
  const { frames, mask, height, width, spacing, whole } = found;
  const size = height * width;
  const step = whole ? mask.length : size;
  const depth = whole ? frames.length : 1;
  const shape = [depth, height, width] as const;
  const sums: number[][] = Array.from({ length: 4 }, () => []);
  const perClass: number[][] = Array.from({ length: classes - 1 }, () => []);
  for (let from = 0; from < mask.length; from += step) {
    const truth = mask.subarray(from, from + step);
    const given = answer.subarray(from, from + step);
    const ofFrame: number[][] = Array.from({ length: 4 }, () => []);
    for (let code = 1; code < classes; code++) {
      const { dice, iou } = overlapOf(truth, given, code);
      if (Number.isNaN(dice)) continue;
      const { hd95, surfaceDice } = surfaceDistance(truth, given, code, { shape, spacing, tolerance });
      [dice, iou, surfaceDice, hd95].forEach((value, i) => {
        ofFrame[i].push(value);
      });
      perClass[code - 1].push(dice);
    }
    // Nothing was there and nothing was found: that is right.
    const empty = [1, 1, 1, Number.NaN];
    ofFrame.forEach((values, i) => {
      sums[i].push(values.length === 0 ? empty[i] : meanOf(values));
    });
  }
  const [dice, iou, surfaceDice, hd95] = sums.map((values) => meanOf(values.filter((value) => !Number.isNaN(value))));
  return { dice, iou, surfaceDice, hd95, perClass: perClass.map(meanOf) };
}

/** NaN of none. */
function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Means over cases with intervals over patients; the headline number is Dice. */
export function scoreMasks(
  scores: readonly CaseScore[],
  units: readonly { readonly item: string; readonly patient: string }[],
  classes: readonly string[],
  distanceName: string,
  interval: IntervalOptions,
): Pick<TapScore, 'score' | 'measures' | 'items'> {
  const columns: readonly (readonly [string, readonly number[]])[] = [
    ['dice', scores.map(({ dice }) => dice)],
    ['iou', scores.map(({ iou }) => iou)],
    ['surfaceDice', scores.map(({ surfaceDice }) => surfaceDice)],
    [distanceName, scores.map(({ hd95 }) => hd95)],
    ...classes.slice(1).map((name, k) => [`dice ${name}`, scores.map(({ perClass }) => perClass[k])] as const),
  ];
  const { intervals } = clusterBootstrap(
    units.map(({ patient }) => patient),
    (weights) => columns.map(([, values]) => weightedMean(values, weights)),
    interval,
  );
  const measures: Record<string, Estimate> = {};
  columns.forEach(([name], i) => {
    if (!Number.isNaN(intervals[i].value)) measures[name] = intervals[i];
  });
  return {
    score: measures.dice,
    measures,
    items: units.map(({ item, patient }, unit) => ({
      item,
      patient,
      correct: scores[unit].dice,
      measures: Object.fromEntries(
        columns.flatMap(([name, values]) => (Number.isNaN(values[unit]) ? [] : [[name, values[unit]]])),
      ),
    })),
  };
}

function weightedMean(values: readonly number[], weights?: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    sum += value * (weights?.[i] ?? 1);
    total += weights?.[i] ?? 1;
  });
  return sum / total;
}
