/**
 * What every source of pictures offers, whatever the file format: items, and a window of one of them.
 * @module
 */
import type { Random } from '../base/random.ts';

/** `signal`: no picture but samples over time (speech, an ECG); `frames` are samples, `width` is the number of leads. */
export type MediaKind = 'image' | 'clip' | 'volume' | 'signal';

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
  /** When each frame was taken, in seconds, where they are not evenly spaced. */
  readonly frameTimesS?: readonly number[];
  /** Slope and intercept from the intensities that are read to real units (Hounsfield units), where they are not those. */
  readonly rescale?: readonly [slope: number, intercept: number];
  /** Raw intensities that stand for black and white, e.g. [0, 255] or a DICOM window. */
  readonly intensityRange: readonly [number, number];
  readonly labels: Readonly<Record<string, Label>>;
  /** Labels that vary over time, one value a frame, e.g. `phase`. */
  readonly frameLabels?: Readonly<Record<string, readonly number[]>>;
  /** Where a volume lies in the patient, where the file says so. */
  readonly geometry?: Geometry;
  /** Sound and signals recorded with the pictures. */
  readonly tracks?: readonly Track[];
  /** Boxes, points and stretches of time; masks by reference. */
  readonly annotations?: readonly Annotation[];
  /** Of kept frames: what of the item as it is read they show, where that is not all of it. */
  readonly placement?: Placement;
  /** The files an item is put together from, one a frame in order, relative to the root; absent where its id names the one file. */
  readonly files?: readonly string[];
  readonly format: string;
}

/**
 * Which part of an item was kept, in pixels and frames of the item as it is read. Size, labels and annotations of an item
 * that has one are those of the kept part; masks are brought onto it when they are read.
 */
export interface Placement {
  /** The item as it is read. */
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** The part of every frame. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** The frames, in order; absent where they are spread evenly over all of them. */
  readonly chosen?: readonly number[];
}

/** Position and direction in the patient's own coordinates: x to the left, y to the back, z to the head (LPS), in millimetres. */
export interface Geometry {
  /** Centre of the first pixel of the first slice. */
  readonly originMm: readonly [number, number, number];
  /** Unit vectors along growing slices, rows and columns. */
  readonly directions: readonly [
    slices: readonly [number, number, number],
    rows: readonly [number, number, number],
    columns: readonly [number, number, number],
  ];
  /** Where slices, rows and columns grow to, by the nearest direction of the body: `SPL` is to the head, the back, the left. */
  readonly axes: string;
}

/** A recording beside the pictures, on the same clock. */
export interface Track {
  readonly name: string;
  readonly kind: 'audio' | 'signal';
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly durationS: number;
  /** The file it is in, relative to the root, where that is not the item's own. */
  readonly file?: string;
}

/** Pixels from the left and top edge, of the stored picture. */
export interface Box {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Absent where it holds for every frame. */
  readonly frame?: number;
}

export interface Point {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly frame?: number;
}

/** A stretch of time with a name: a word, a phase, an event. */
export interface Interval {
  readonly label: string;
  readonly startS: number;
  readonly endS: number;
}

export type Annotation =
  | { readonly type: 'boxes'; readonly name: string; readonly boxes: readonly Box[] }
  | { readonly type: 'points'; readonly name: string; readonly points: readonly Point[] }
  | { readonly type: 'intervals'; readonly name: string; readonly intervals: readonly Interval[] }
  | {
      readonly type: 'mask';
      readonly name: string;
      /** A file (or part of one) of class numbers, 0 background, relative to the root. */
      readonly file: string;
      /** What the numbers stand for. */
      readonly classes?: Readonly<Record<string, string>>;
      /** The frame of the item it belongs to; absent where it has a frame for each of the item's. */
      readonly frame?: number;
    };

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

/** Which samples of a track to read. Default: all. */
export interface TimeWindow {
  readonly startS?: number;
  readonly durationS?: number;
}

/** Samples of a track, `[samples, channels]` in row-major order; sound from -1 to 1, signals in their own unit. */
export interface TrackSamples {
  readonly data: Float32Array;
  readonly shape: readonly [samples: number, channels: number];
  readonly sampleRateHz: number;
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

/** An item without what the folder adds to it. */
export type MediaDescription = Omit<MediaItem, 'id' | 'patient' | 'labels' | 'files'> & {
  readonly labels?: MediaItem['labels'];
};

/** One of many items in one file. */
export interface MediaPart {
  /** Stands behind the path and a `#` in the item's id. */
  readonly name: string;
  readonly description: MediaDescription;
  /** Which part of the set's own split it belongs to, where the file says so. */
  readonly official?: SplitPart;
}

/** An opened file: what it holds, and how to read a window of it. */
export interface OpenedMedia {
  /** The file as one item; the first part where it is many. */
  readonly description: MediaDescription;
  /** Present where the file holds many items; `read` then takes the name of one. */
  readonly parts?: readonly MediaPart[];
  /** How the file is taken where it can be both one item and many. Default: many where there are parts. */
  readonly preferred?: 'whole' | 'parts';
  /** Files beside it that it is made of (pixels of a detached header), by name in the same folder. */
  readonly companions?: readonly string[];
  /** What puts a file into a series: see `SlicePlace`. */
  readonly slice?: SlicePlace;
  /** Value that may identify the patient, for salted hashing only; never stored or printed. */
  readonly identity?: string;
  /** Whatever else may identify a person (names, numbers, dates of birth): taken out of paths, never stored or printed. */
  readonly identifying?: readonly string[];
  readonly warnings?: readonly string[];
  read(window?: FrameWindow, part?: string): Promise<Frames>;
  /** Samples of one of the description's `tracks`. */
  readTrack?(name: string, window?: TimeWindow): Promise<TrackSamples>;
  /** Class numbers on the slices of another item, for files that say where their segments lie in the patient. */
  segmentOn?(item: MediaItem, window: FrameWindow): Promise<Frames>;
  close?(): Promise<void> | void;
}

/** Where one file of a series lies among the others. Values that could identify a person are hashed by the reader. */
export interface SlicePlace {
  /** The same for the files of one series. */
  readonly series: string;
  /** The same for this very picture wherever it is referred to. */
  readonly instance: string;
  readonly number?: number;
  /** Centre of the first pixel, LPS, millimetres. */
  readonly positionMm?: readonly [number, number, number];
  /** Unit vectors along growing rows and columns. */
  readonly rows?: readonly [number, number, number];
  readonly columns?: readonly [number, number, number];
  /** When the picture was taken within the series, in milliseconds. */
  readonly timeMs?: number;
  /** Slope and intercept from stored values to real units, where they do more than nothing. */
  readonly rescale?: readonly [slope: number, intercept: number];
  /** For segmentations: the series they were drawn on, and what their numbers stand for. */
  readonly describes?: string;
  readonly classes?: Readonly<Record<string, string>>;
}

/** One file format, in one file of `readers/`. */
export interface MediaReader {
  readonly format: string;
  readonly title: string;
  readonly extensions: readonly string[];
  /** What of the format is read, in a few words, for the table of formats. */
  readonly supports?: string;
  /** True when a window is read without decoding what lies outside it. */
  readonly windowed?: boolean;
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
  /** What was asked of it, beyond that no patient is in two parts. */
  readonly recipe?: SplitRecipe;
}

/** What a split was asked for. */
export interface SplitRecipe {
  /** Shares of train, validation and test; they need not add up to 1. Default 0.6, 0.2, 0.2. */
  readonly fractions?: readonly [train: number, validation: number, test: number];
  /** A label whose values are spread evenly over the parts. A patient counts as its most frequent value. */
  readonly stratifyBy?: string;
  /** A label whose values stay whole, e.g. `site`: no hospital or scanner is in two parts. */
  readonly wholeBy?: string;
  /** A label whose values stand in for patients: the same patient may be in several parts. */
  readonly within?: string;
  /** One of so many folds; the fold counts from 1. */
  readonly folds?: number;
  readonly fold?: number;
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
  /** A part of each of those frames, resized: what `read`, `crop` and `resize` give but for rounding, in less time. */
  readPart?(
    item: number,
    window: FrameWindow,
    part: PartShown,
  ): { readonly data: Float32Array; readonly shape: Frames['shape'] };
}

/** A rectangle of a frame, and the size it is brought to. */
export interface PartShown {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly height: number;
  readonly width: number;
  readonly method: 'area' | 'bilinear';
}

/** Anything that draws an item at random. */
export type ItemSampler = (random: Random) => number;
