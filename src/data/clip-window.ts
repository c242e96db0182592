/**
 * Clips by time: so many seconds, whatever the frame rate of the recording.
 * @module
 */
import { SondeError, usageError } from '../base/errors.ts';
import type { FrameWindow, MediaItem } from './media.ts';

export interface TimedClip {
  /** Seconds from the start of the recording. */
  readonly startS: number;
  readonly durationS: number;
  /** Frames the clip is given with, evenly spaced; all there are where absent. */
  readonly count?: number;
}

/**
 * The frames nearest to a stretch of time. The step between frames is a whole number, so with a `count` the stretch is
 * met to within half a frame a step. Throws `usage` where the recording is too short, `data/unsuitable` where its frame
 * rate is unknown.
 */
export function windowOfTime(
  item: Pick<MediaItem, 'frames' | 'frameRateHz'>,
  { startS, durationS, count }: TimedClip,
): Required<FrameWindow> {
  const { frames, frameRateHz } = item;
  if (frameRateHz === undefined || !(frameRateHz > 0)) {
    throw new SondeError(
      'data/unsuitable',
      'this recording does not say its frame rate, so seconds mean nothing in it',
      {
        hint: 'give frames and a stride instead',
      },
    );
  }
  if (!(startS >= 0 && durationS > 0)) {
    throw usageError('a clip starts at 0 s or later and lasts longer than 0 s', {
      found: `${startS} s, ${durationS} s`,
    });
  }
  const start = Math.round(startS * frameRateHz);
  const whole = Math.max(1, Math.round(durationS * frameRateHz));
  const wanted = count ?? whole;
  const stride = Math.max(1, Math.round(whole / wanted));
  const fits = start + (wanted - 1) * stride < frames;
  if (!fits) {
    throw usageError(`this recording of ${(frames / frameRateHz).toFixed(2)} s holds no such clip`, {
      found: `${durationS} s from ${startS} s on${count === undefined ? '' : ` in ${count} frames`}`,
    });
  }
  return { start, count: wanted, stride };
}
