/**
 * A puzzle as a person would explain it: pictures with outlined and numbered crops, tiles, and the question.
 * Plain data, made by each method's `draw`; `report/` and the lab render it.
 * @module
 */
import type { HostArray } from '../tensor/host-array.ts';

/** A grey or colour picture (or a clip of several frames): values 0 to 1, `[T, H, W, C]` with C 1 or 3. */
export interface Picture {
  readonly data: Float32Array;
  readonly shape: readonly [frames: number, height: number, width: number, channels: number];
  readonly frameRateHz?: number;
  /** Distance between [rows, columns], where it is known: the picture gets its true aspect and a scale bar. */
  readonly spacingMm?: readonly [number, number];
}

/** A rectangle on a picture, in its pixels. */
export interface Outline {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly text?: string;
}

/** One picture of the drawing, with its caption and what is marked on it. */
export interface Panel {
  readonly caption: string;
  readonly picture: Picture;
  readonly outlines?: readonly Outline[];
  /** Marks the panel the network is asked about, the one that is the answer, and so on. */
  readonly role?: 'source' | 'input' | 'target' | 'output';
}

export interface PuzzleDrawing {
  /** What the network must answer, as a question. */
  readonly question: string;
  /** The right answer in words. */
  readonly answer: string;
  /** Panels in reading order; each inner array is a row. */
  readonly rows: readonly (readonly Panel[])[];
}

/** What the network produced as a panel, where there is a network. */
export function outputPanels(
  produced: HostArray | undefined,
  caption: string,
  pictureOf: (produced: HostArray) => Picture,
): Panel[] {
  return produced === undefined ? [] : [{ caption, picture: pictureOf(produced), role: 'output' }];
}
