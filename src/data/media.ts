/**
 * What every source of pictures offers, whatever the file format: items, and a window of one of them.
 * @module
 */
import type { Random } from '../base/random.ts';

export type MediaKind = 'image' | 'clip' | 'volume';

/** A label of an item: a class name or a number; absent where unknown. */
export type Label = string | number;

/** One image, clip or volume. Plain data: it is stored in `dataset.json`. Holds nothing that identifies a person. */
export interface MediaItem {
  /** Unique within the data set, stable across runs: the path relative to the root, or a generator's name for it. */
  readonly id: string;
  /** Unit of splitting and resampling. Salted hash or folder name; the item's own id where nothing better is known. */
  readonly patient: string;
  readonly kind: MediaKind;
  /** Frames of a clip, slices of a volume, 1 for an image. */
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 colour (RGB). */
  readonly channels: 1 | 3;
  /** Distance between [slices, rows, columns]; slices 0 for clips and images. */
  readonly spacingMm?: readonly [number, number, number];
  readonly frameRateHz?: number;
  /** Raw intensities that stand for black and white, e.g. [0, 255] or a DICOM window. */
  readonly intensityRange: readonly [number, number];
  readonly labels: Readonly<Record<string, Label>>;
  /** Labels that vary over time, one value a frame, e.g. `phase`. */
  readonly frameLabels?: Readonly<Record<string, readonly number[]>>;
  readonly format: string;
}

/** Which frames (or slices) to read: `start`, `start + stride`, …, `count` of them. Default: all. */
export interface FrameWindow {
  readonly start?: number;
  readonly count?: number;
  readonly stride?: number;
}

export type PixelData = Uint8Array | Int8Array | Uint16Array | Int16Array | Int32Array | Float32Array;

/** Decoded pictures, `[T, H, W, C]` in row-major order, raw intensities (see `MediaItem.intensityRange`). */
export interface Frames {
  readonly data: PixelData;
  readonly shape: readonly [frames: number, height: number, width: number, channels: number];
}

/** What went wrong with one file; the run goes on without it. */
export interface Problem {
  /** Path relative to the root, or item id. */
  readonly path: string;
  /** One sentence a person can act on; never names a patient. */
  readonly reason: string;
  readonly severity: 'skipped' | 'warning';
}

/** A collection of pictures that can be read window by window. */
export interface MediaSource {
  readonly name: string;
  readonly items: readonly MediaItem[];
  readonly problems: readonly Problem[];
  read(item: MediaItem, window?: FrameWindow): Promise<Frames>;
}

/** An opened file: what it holds, and how to read a window of it. */
export interface OpenedMedia {
  readonly description: Omit<MediaItem, 'id' | 'patient' | 'labels'> & { readonly labels?: MediaItem['labels'] };
  /** Value that may identify the patient, for salted hashing only; never stored or printed. */
  readonly identity?: string;
  readonly warnings?: readonly string[];
  read(window?: FrameWindow): Promise<Frames>;
  close?(): Promise<void> | void;
}

/** One file format, in one file of `readers/`. */
export interface MediaReader {
  readonly format: string;
  readonly title: string;
  readonly extensions: readonly string[];
  /** True when the first 512 bytes (or, failing a magic number, the name) are of this format. */
  sniff(head: Uint8Array, path: string): boolean;
  /** Throws `SondeError` `data/unreadable` with a sentence. */
  open(path: string): Promise<OpenedMedia>;
}

export type SplitPart = 'train' | 'validation' | 'test';

/** A partition of patients. */
export interface Split {
  readonly name: string;
  readonly seed: number;
  readonly parts: Readonly<Record<string, SplitPart>>;
}

/** `dataset.json`: everything known about a data set, made once. */
export interface DatasetIndex {
  readonly version: 1;
  readonly name: string;
  readonly items: readonly MediaItem[];
  readonly problems: readonly Problem[];
  readonly split: Split;
  /** Hash of items and file contents (size and modification time, or generator options): names the cache. */
  readonly hash: string;
}

/**
 * Decoded frames on disk, read synchronously by samplers: the same whichever format they came from.
 * Intensities are scaled to 8 or 16 bits so that 0 is black and the type's maximum is white.
 */
export interface FrameStore {
  readonly index: DatasetIndex;
  /** The stored size of an item, after any resizing. */
  sizeOf(item: number): readonly [frames: number, height: number, width: number, channels: number];
  /** Frames of an item, values 0 (black) to 1 (white), `[T, H, W, C]`. */
  read(item: number, window?: FrameWindow): { readonly data: Float32Array; readonly shape: Frames['shape'] };
}

/** Anything that draws an item at random. */
export type ItemSampler = (random: Random) => number;
