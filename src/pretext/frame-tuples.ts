/**
 * Which frames of a recording make a question of temporal order: five frames in a window that moves, and questions on them.
 * Misra, Zitnick and Hebert, "Shuffle and learn", ECCV 2016 (verification); Lee et al., "Unsupervised representation
 * learning by sorting sequences", ICCV 2017 (sorting); Fernando et al., "Self-supervised video representation learning
 * with odd-one-out networks", CVPR 2017.
 * @module
 */
import type { Random } from '../base/random.ts';
import { allOrders } from './orders.ts';

/** Frame numbers a < b < c < d < e of one window. */
export type FiveFrames = readonly [a: number, b: number, c: number, d: number, e: number];

/** Elements of one question in the order shown, each made of one or several frames, and its answer. */
export interface Question {
  readonly elements: readonly (readonly number[])[];
  readonly answer: number;
}

export interface Spacing {
  /** From b to d. */
  readonly tauMax: number;
  /** From a to b, and from d to e. */
  readonly tauMin: number;
}

/** Frames that five of them span. */
export function spanOf({ tauMax, tauMin }: Spacing): number {
  return tauMax + 2 * tauMin + 1;
}

export function fiveFrames(start: number, { tauMax, tauMin }: Spacing, random: Random): FiveFrames {
  const b = start + tauMin;
  return [start, b, b + 1 + random.integer(tauMax - 1), b + tauMax, b + tauMax + tauMin];
}

/** What is answered: 0 out of order, 1 in order. */
export const orderNames = ['out of order', 'in order'] as const;

/**
 * The triple in order, forwards or backwards, then `negatives` of the four whose middle frame lies outside its ends.
 *
 * @param sameEnds whether negatives share first and last frame with the positive; otherwise their ends differ, and
 * similarity of frames betrays them
 */
export function verification(
  [a, b, c, d, e]: FiveFrames,
  negatives: number,
  sameEnds: boolean,
  random: Random,
): Question[] {
  const turned = (triple: readonly number[]) => (random.bernoulli() ? triple : [...triple].reverse());
  const question = (frames: readonly number[], answer: number): Question => ({
    elements: frames.map((frame) => [frame]),
    answer,
  });
  const outside = sameEnds
    ? [
        [b, a, d],
        [d, a, b],
        [b, e, d],
        [d, e, b],
      ]
    : [
        [c, a, e],
        [e, a, c],
        [a, e, c],
        [c, e, a],
      ];
  return [
    question(turned([b, c, d]), 1),
    ...random
      .shuffle(outside)
      .slice(0, negatives)
      .map((frames) => question(frames, 0)),
  ];
}

/** The twelve orders of four frames that differ in more than direction, the first frame shown before the last. */
export const fourFrameOrders: readonly (readonly number[])[] = allOrders(4).filter(([first, , , last]) => first < last);

/** Four frames from b to d, evenly spaced, in one of twelve orders, forwards or backwards. */
export function sorting([, b, , d]: FiveFrames, random: Random): Question[] {
  const frames = [0, 1, 2, 3].map((third) => b + Math.round(((d - b) * third) / 3));
  const answer = random.integer(fourFrameOrders.length);
  const shown = fourFrameOrders[answer].map((place) => [frames[place]]);
  return [{ elements: random.bernoulli() ? shown : shown.reverse(), answer }];
}

/** Stretches of a recording, and frames in each. */
export const stretchCount = 6;
export const stretchFrames = 6;

/** Six stretches that begin anywhere in the window, each in order but one. */
export function oddOneOut(start: number, span: number, random: Random): Question[] {
  const answer = random.integer(stretchCount);
  const step = Math.max(1, Math.floor((span - 1) / (2 * (stretchFrames - 1))));
  const room = span - (stretchFrames - 1) * step;
  const elements = Array.from({ length: stretchCount }, (_, stretch) => {
    const first = start + random.integer(room);
    const frames = Array.from({ length: stretchFrames }, (_, i) => first + i * step);
    return stretch === answer ? disordered(frames, random) : frames;
  });
  return [{ elements, answer }];
}

/** The frames in another order, neither forwards nor backwards. */
function disordered(frames: readonly number[], random: Random): number[] {
  for (;;) {
    const shuffled = random.shuffle([...frames]);
    const rising = shuffled.every((frame, i) => i === 0 || frame > shuffled[i - 1]);
    const falling = shuffled.every((frame, i) => i === 0 || frame < shuffled[i - 1]);
    if (!rising && !falling) return shuffled;
  }
}
