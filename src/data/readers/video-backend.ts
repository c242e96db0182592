/**
 * What a video decoder offers.
 * @module
 */
import type { TrackSamples } from '../media.ts';

/** What a backend finds out about the first video stream of a file. */
export interface VideoFacts {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly frameRateHz?: number;
  /** When each frame is shown, in seconds from the first, where the rate varies. */
  readonly frameTimesS?: readonly number[];
  /** True when a few frames, from all over the clip, hold no colour. */
  readonly grey: boolean;
  /** Sound recorded with it, in the order of the file. */
  readonly audio: readonly AudioFacts[];
}

export interface AudioFacts {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly durationS: number;
}

/** Decodes frames one after another. */
export interface VideoCursor {
  /** The next frame as tightly packed bytes, grey or RGB as the facts say, valid until the next call; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Passes over frames without converting them. */
  skip(count: number): Promise<void>;
  close(): void;
}

export interface VideoFile {
  readonly facts: VideoFacts;
  /** Starts decoding so that the next frame is number `start`. */
  from(start: number): Promise<VideoCursor>;
  /** All samples of one recording of sound; the first one belongs to the beginning of the first frame. */
  audio(number: number): Promise<TrackSamples>;
}

export interface VideoBackend {
  readonly name: 'node-av' | 'ffmpeg';
  /** False where the library or program is not there. */
  available(): Promise<boolean>;
  open(path: string): Promise<VideoFile>;
}
