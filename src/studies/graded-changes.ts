/**
 * Changes of a picture by an amount that is drawn for every picture, so that a probe can be asked whether it was much or
 * little: known factors that any data have.
 * @module
 */
import { Random } from '../base/random.ts';
import { mapped } from '../data/augment/augmentation.ts';
import type { FrameStore } from '../data/media.ts';
import { centreBox } from '../data/transform/crop.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { flipHorizontally } from '../data/transform/quarter-turn.ts';
import { resizePart } from '../data/transform/resize.ts';
import { rotate } from '../data/transform/rotate.ts';

type Frames = Pixels<Float32Array>;

interface GradedChange {
  readonly title: string;
  /** Frames `[T, H, W, C]`, values 0 to 1, by an amount between −1 and 1; the same change for all frames. */
  apply(frames: Frames, amount: number): Frames;
}

export const gradedChanges = {
  turn: {
    title: 'turned by up to 30 degrees',
    apply: (frames, amount) => rotate(frames, 30 * amount),
  },
  mirror: {
    title: 'left and right exchanged',
    apply: (frames, amount) => (amount > 0 ? flipHorizontally(frames) : frames),
  },
  size: {
    title: 'enlarged by up to a half',
    apply: (frames, amount) => enlarged(frames, 1.25 + 0.25 * amount),
  },
  gamma: {
    title: 'gamma between 0.6 and 1.7',
    apply: (frames, amount) => mapped(frames, (value) => Math.max(0, value) ** Math.exp(0.5 * amount)),
  },
} as const satisfies Readonly<Record<string, GradedChange>>;

export type GradedChangeName = keyof typeof gradedChanges;

/** The amount of each item of a store, between −1 and 1, by its position. */
export function amountsOf({ index }: FrameStore, change: GradedChangeName): number[] {
  const random = new Random('graded changes').split(change);
  return index.items.map(({ id }) => random.split(id).uniform(-1, 1));
}

/** A store whose pictures are changed as they are read, each by its amount. */
export function gradedStore(store: FrameStore, change: GradedChangeName, amounts: readonly number[]): FrameStore {
  return {
    index: store.index,
    sizeOf: (item) => store.sizeOf(item),
    read(item, window) {
      const { data, shape } = gradedChanges[change].apply(store.read(item, window), amounts[item]);
      const [frames, height, width, channels] = shape;
      return { data, shape: [frames, height, width, channels] };
    },
  };
}

function enlarged(frames: Frames, factor: number): Frames {
  const [, height, width] = frames.shape;
  const part = centreBox(height, width, Math.round(height / factor), Math.round(width / factor));
  return resizePart(frames, part, height, width, 'bilinear');
}
