/**
 * Clips whose frames are all as fine as their coarsest: how a re-encoding at one quality closes what sharpness tells.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';
import { changeChannels, changedFrames } from './changed-frames.ts';
import { detailScale, fineness, scaledDetail } from './frame-quality.ts';
import { someFrames } from './stored-frames.ts';

export function evenlyFine(store: FrameStore): FrameStore {
  const coarsest = new Map<number, number>();
  const goalOf = (item: number, width: number) => {
    let goal = coarsest.get(item);
    if (goal === undefined) {
      goal = Math.min(...someFrames(store, item, 32).map((frame) => fineness(frame, width)));
      coarsest.set(item, goal);
    }
    return goal;
  };
  return changedFrames(store, (frame, item) => {
    const [, , width, channels] = store.sizeOf(item);
    const goal = goalOf(item, width);
    return changeChannels(frame, channels, (plane) => scaledDetail(plane, width, detailScale(plane, width, goal)));
  });
}
