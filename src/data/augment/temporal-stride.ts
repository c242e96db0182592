/**
 * Which frames of a clip, or slices of a volume, are looked at: a start and a step, drawn together.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { FrameWindow } from '../media.ts';
import type { Drawn } from './augmentation.ts';

export interface TemporalDraw {
  readonly window: Required<FrameWindow>;
  readonly drawn: Drawn;
}

/**
 * `count` frames in one of the `strides` that fit into `frames`, from anywhere. Draws `start` and `stride`.
 * Throws `data/unsuitable` where not even the smallest stride fits.
 */
export function randomTemporalWindow(
  frames: number,
  random: Random,
  { count, strides = [1] }: { readonly count: number; readonly strides?: readonly number[] },
): TemporalDraw {
  const fitting = strides.filter((stride) => (count - 1) * stride < frames);
  if (fitting.length === 0) {
    throw new SondeError('data/unsuitable', `${count} frames in steps of ${Math.min(...strides)} do not fit`, {
      found: `${frames} frames`,
    });
  }
  const stride = random.choice(fitting);
  const start = random.integer(frames - (count - 1) * stride);
  return { window: { start, count, stride }, drawn: { start, stride } };
}
