/**
 * One open video of `node-av`: demuxer, decoder and conversion to RGB.
 * @module
 */
import type { Demuxer, Frame, SoftwareScaleContext } from 'node-av';
import { SondeError } from '../../base/errors.ts';

export type NodeAv = typeof import('node-av');

/** A demuxer whose time stamps are those of the file. */
export function openDemuxer(av: NodeAv, path: string): Demuxer {
  return av.Demuxer.openSync(path, { copyTs: true, options: { protocol_whitelist: 'file' } });
}

export function videoStream(demuxer: Demuxer) {
  const stream = demuxer.video();
  if (stream === undefined || stream === null) throw new SondeError('data/unreadable', 'this file has no video stream');
  return stream;
}

/** An open decoder, holding one frame at a time. */
export class Decoding {
  readonly #av: NodeAv;
  readonly #demuxer;
  readonly #decoder;
  readonly #frames;
  readonly #converter: SoftwareScaleContext;
  /** RGB or grey of the current frame; made at the first conversion. */
  #target: Frame | undefined;
  #frame: Frame | undefined;

  /** Starts at the key frame at or before `seconds`. */
  constructor(av: NodeAv, path: string, seconds?: number) {
    this.#av = av;
    this.#demuxer = openDemuxer(av, path);
    try {
      const stream = videoStream(this.#demuxer);
      if (seconds !== undefined) this.#demuxer.seekSync(seconds, stream.index, av.AVSEEK_FLAG_BACKWARD);
      this.#decoder = av.Decoder.createSync(stream);
      this.#frames = this.#decoder.framesSync(this.#demuxer.packetsSync(stream.index));
      this.#converter = new av.SoftwareScaleContext();
      this.#converter.allocContext();
    } catch (error) {
      this.#demuxer.closeSync();
      throw error;
    }
  }

  advance(): boolean {
    this.#frame?.free();
    this.#frame = undefined;
    for (;;) {
      const { done, value } = this.#frames.next();
      if (done) return false;
      if (value === null) continue;
      this.#frame = value;
      return true;
    }
  }

  timeStamp(): bigint {
    return this.#frame!.bestEffortTimestamp;
  }

  /**
   * The frame as RGB bytes, or as grey from black to white. The conversion follows the colour matrix and range that the frame itself declares
   * (`av.Scaler` ignores them). Rows are aligned: with packed rows the converter overwrites the start of the next.
   */
  convert(size?: { readonly width: number; readonly height: number; readonly grey?: boolean }): Uint8Array {
    const frame = this.#frame!;
    if (this.#target === undefined) {
      this.#target = new this.#av.Frame();
      this.#target.alloc();
      this.#target.format = size?.grey ? this.#av.AV_PIX_FMT_GRAY8 : this.#av.AV_PIX_FMT_RGB24;
      // Video keeps 16 for black and 235 for white; grey is to reach from 0 to 255, as RGB does.
      if (size?.grey) this.#target.colorRange = this.#av.AVCOL_RANGE_JPEG;
      this.#target.width = size?.width ?? frame.width;
      this.#target.height = size?.height ?? frame.height;
      this.#target.getBuffer(64);
    }
    if (this.#converter.scaleFrameSync(this.#target, frame) < 0) {
      throw new SondeError('data/unreadable', 'a frame of this video cannot be converted');
    }
    return this.#target.toBuffer();
  }

  close(): void {
    this.#frame?.free();
    this.#frame = undefined;
    this.#frames.return(undefined);
    this.#target?.free();
    this.#target = undefined;
    this.#converter.freeContext();
    this.#decoder.close();
    this.#demuxer.closeSync();
  }
}
