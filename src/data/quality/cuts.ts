/**
 * Places where a clip jumps to another scene: two recordings in one file, or a probe that was lifted.
 * @module
 */
import type { MediaItem } from '../media.ts';
import type { Finding } from './finding.ts';
import { type Observation, thumbnailSide } from './observation.ts';

/** How many times more a frame must change than the frames about it. */
const jump = 4;
/** Frames on either side that say what change is usual here. */
const neighbourhood = 8;
/** Correlation of the two pictures below which they no longer show the same scene. */
const related = 0.8;
/** Mean grey levels: less is no cut, however still the rest. */
const least = 4;
/** Fewer frames do not tell what change is usual. */
const fewestFrames = 8;
const listed = 4;

/** Frames that begin a new scene, counted from 0. */
export function cutsIn({
  frames,
  changes,
  thumbnails,
}: Pick<Observation, 'frames' | 'changes' | 'thumbnails'>): number[] {
  const cuts: number[] = [];
  for (let frame = 1; frame < frames; frame++) {
    const change = changes[frame];
    if (change < least || change < jump * usualChange(changes, frame)) continue;
    if (correlation(thumbnails, frame - 1, frame) < related) cuts.push(frame);
  }
  return cuts;
}

export function sceneCuts(item: Pick<MediaItem, 'kind' | 'frameRateHz'>, observation: Observation): Finding[] {
  if (item.kind !== 'clip' || observation.frames < fewestFrames) return [];
  const cuts = cutsIn(observation);
  if (cuts.length === 0) return [];
  const places = cuts.slice(0, listed).map((frame) => {
    const time = item.frameRateHz === undefined ? '' : ` (${(frame / item.frameRateHz).toFixed(1)} s)`;
    return `frame ${frame + 1}${time}`;
  });
  const more = cuts.length > listed ? ` and ${cuts.length - listed} more` : '';
  return [{ check: 'cut', severity: 'warning', text: `the scene changes at ${places.join(', ')}${more}` }];
}

/** Median change of the frames about `frame`, itself left out. */
function usualChange(changes: Float32Array, frame: number): number {
  const around: number[] = [];
  for (
    let other = Math.max(1, frame - neighbourhood);
    other <= frame + neighbourhood && other < changes.length;
    other++
  ) {
    if (other !== frame) around.push(changes[other]);
  }
  around.sort((a, b) => a - b);
  return around.length === 0 ? 0 : around[around.length >> 1];
}

function correlation(thumbnails: Float32Array, first: number, second: number): number {
  const cells = thumbnailSide ** 2;
  const a = thumbnails.subarray(first * cells, (first + 1) * cells);
  const b = thumbnails.subarray(second * cells, (second + 1) * cells);
  let [sumA, sumB] = [0, 0];
  for (let i = 0; i < cells; i++) {
    sumA += a[i];
    sumB += b[i];
  }
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < cells; i++) {
    const [x, y] = [a[i] - sumA / cells, b[i] - sumB / cells];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const scale = Math.sqrt(squaresA * squaresB);
  return scale === 0 ? 0 : product / scale;
}
