/**
 * Labels of places rather than items: masks and key points of the items of a data set.
 * @module
 */
import type { Point } from './media.ts';

/** Class numbers of some frames of an item, as the file has them. */
export interface ItemMask {
  /** The item's frames that have a mask, ascending. */
  readonly frames: readonly number[];
  /** Row-major `[frames, H, W]` on the original pixels; 0 background. */
  readonly data: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** What the numbers stand for, where the file says so. */
  readonly classes: Readonly<Record<string, string>>;
}

/** Points of one frame of an item, in pixels of the original picture counted from the centre of the first. */
export interface ItemPoints {
  readonly frame: number;
  readonly points: readonly Point[];
}

/** Items are numbered as in the store's index. */
export interface DenseLabels {
  /** `undefined` for an item without a mask. */
  mask(item: number): Promise<ItemMask | undefined>;
  points(item: number): Promise<readonly ItemPoints[]>;
}
