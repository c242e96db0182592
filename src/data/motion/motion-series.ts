/**
 * How much moves in a recording from frame to frame, and where it jumps to another scene.
 * @module
 */
import { toGrey } from '../transform/grey.ts';
import type { Pixels } from '../transform/pixels.ts';
import { fittedSize, resize } from '../transform/resize.ts';
import { meanMagnitude, opticalFlow } from './optical-flow.ts';

/**
 * Mean length of the optical flow into each frame, in pixels of frames reduced to `side`; 0 for the first.
 *
 * @param frames values 0 to 1, `[T, H, W, C]`
 * @param side longer side of the reduced frames in pixels
 */
export function motionSeries(frames: Pixels<Float32Array>, side = 64): number[] {
  const [height, width] = fittedSize(frames.shape[1], frames.shape[2], side, 'long');
  const { data, shape } = resize(toGrey(frames), height, width);
  const length = height * width;
  const motion = [0];
  for (let frame = 1; frame < shape[0]; frame++) {
    const [before, after] = [frame - 1, frame].map((at) => data.subarray(at * length, (at + 1) * length));
    motion.push(meanMagnitude(opticalFlow(before, after, height, width)));
  }
  return motion;
}

/** Deviations above the mean at which a movement is a jump. */
const spike = 6;
/** A recording that moves evenly has no spread to measure by: a jump is also this many times the usual movement. */
const multiple = 3;

/** Pixels of movement below which a frame stands still and says nothing of what movement is usual. */
const stillness = 0.02;

/** Frames into which the recording jumps: movement above the mean of moving frames by 6 median absolute deviations. */
export function motionSpikes(motion: readonly number[]): number[] {
  const moving = motion.filter((value) => value > stillness);
  if (moving.length === 0) return [];
  const mean = moving.reduce((sum, value) => sum + value, 0) / moving.length;
  const usual = median(moving);
  const deviation = median(moving.map((value) => Math.abs(value - usual)));
  const limit = Math.max(mean + spike * deviation, multiple * usual);
  return motion.flatMap((value, frame) => (frame > 0 && value > limit ? [frame] : []));
}

/**
 * A weight for each window of `span` frames, by its first frame: the movement within it, 0 where it holds a jump.
 * Empty where the recording is shorter than a window.
 */
export function windowWeights(motion: readonly number[], span: number): number[] {
  const jumps = new Set(motionSpikes(motion));
  const weights: number[] = [];
  for (let start = 0; start + span <= motion.length; start++) {
    let sum = 0;
    let jumping = false;
    // Movement into the window's first frame is not within it.
    for (let frame = start + 1; frame < start + span; frame++) {
      sum += motion[frame];
      jumping ||= jumps.has(frame);
    }
    weights.push(jumping ? 0 : sum);
  }
  return weights;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
