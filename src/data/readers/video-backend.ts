/**
 * What a video decoder offers.
 * @module
 */

/** What a backend finds out about the first video stream of a file. */
export interface VideoFacts {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly frameRateHz?: number;
  /** True when a few frames, from all over the clip, hold no colour. */
  readonly grey: boolean;
}

/** Decodes frames one after another. */
export interface VideoCursor {
  /** The next frame as tightly packed RGB bytes, valid until the next call; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Passes over frames without converting them. */
  skip(count: number): Promise<void>;
  close(): void;
}

export interface VideoFile {
  readonly facts: VideoFacts;
  /** Starts decoding so that the next frame is number `start`. */
  from(start: number): Promise<VideoCursor>;
}

export interface VideoBackend {
  readonly name: 'node-av' | 'ffmpeg';
  /** False where the library or program is not there. */
  available(): Promise<boolean>;
  open(path: string): Promise<VideoFile>;
}
