/**
 * The even ground that surrounds what a scanner shows: its grey level, and which pixels are not ground.
 * @module
 */
import type { Observation } from './observation.ts';

type Watched = Pick<Observation, 'frames' | 'height' | 'width' | 'mean' | 'deviation'>;

/** Pixels of the frame's edge that are looked at for the ground. */
const edge = 3;
/** Share of the edge that must be of the ground's grey for there to be a ground. */
const leastShare = 0.1;
/** Grey levels about the ground's own that still are the ground. */
const near = 2;
/** A scanner draws on a dark screen: a lighter edge is part of the picture. */
const lightest = 48;
/** Grey levels by which an even ground wavers at most, over time: more is tissue in shadow. */
const stillest = 0.8;
/** Share of pixels that must move for motion alone to tell picture from screen. */
const leastMoving = 0.05;

/**
 * Ones where the picture moves or, in pictures that stand still, is not of the ground's grey; `undefined` where no
 * even, dark and still ground reaches the edge of the frame. What the ground itself wavers by (noise of a converter,
 * of compression) is measured and allowed for.
 */
export function standsOut({ frames, height, width, mean, deviation }: Watched): Uint8Array | undefined {
  const counts = new Uint32Array(256);
  const rim: number[] = [];
  for (let y = 0; y < height; y++) {
    const inner = y >= edge && y < height - edge;
    for (let x = 0; x < width; x += inner && x === edge - 1 ? width - 2 * edge + 1 : 1) rim.push(y * width + x);
  }
  for (const at of rim) if (deviation[at] <= near) counts[Math.round(mean[at])]++;
  const level = counts.indexOf(Math.max(...counts));
  const ground = rim.filter((at) => Math.abs(mean[at] - level) <= near && deviation[at] <= near);
  if (level > lightest || ground.length < leastShare * rim.length) return undefined;
  const wavering = median(ground.map((at) => deviation[at]));
  if (wavering > stillest) return undefined;
  const unevenness = median(ground.map((at) => Math.abs(mean[at] - level)));
  const moves = 0.5 + 3 * wavering;
  const differs = 1.5 + 3 * unevenness;
  const out = new Uint8Array(mean.length);
  if (frames > 2) {
    let moving = 0;
    for (let i = 0; i < out.length; i++) {
      // The ringing of compression beside an edge moves a little about the ground's own grey.
      const shown = deviation[i] > near || Math.abs(mean[i] - level) > differs;
      if (shown && deviation[i] > moves) moving += out[i] = 1;
    }
    if (moving >= leastMoving * out.length) return out;
  }
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(mean[i] - level) > differs ? 1 : 0;
  return out;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
