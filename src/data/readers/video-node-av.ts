/**
 * Video through `node-av` (FFmpeg as a Node add-on), with its synchronous calls: the asynchronous ones of version 6.1
 * yield no frames on Node 20.
 * @module
 */
import { messageOf, SondeError } from '../../base/errors.ts';
import { looksGrey } from '../transform/grey.ts';
import { unevenTimes } from './frame-times.ts';
import { audioFacts, decodeAudio } from './video-audio.ts';
import type { VideoBackend, VideoCursor, VideoFacts, VideoFile } from './video-backend.ts';
import { Decoding, type NodeAv, openDemuxer, videoStream } from './video-decoding.ts';

let loading: Promise<NodeAv | undefined> | undefined;

/** The library, or `undefined` where it is not installed or not for this platform. */
function load(): Promise<NodeAv | undefined> {
  loading ??= import('node-av').then(
    (av) => {
      av.Log.setLevel(av.AV_LOG_QUIET);
      return av;
    },
    () => undefined,
  );
  return loading;
}

export const nodeAvBackend: VideoBackend = {
  name: 'node-av',
  available: async () => (await load()) !== undefined,
  async open(path) {
    const av = await load();
    if (av === undefined) throw new SondeError('data/unreadable', 'node-av cannot be loaded');
    return openFile(av, path);
  },
};

function openFile(av: NodeAv, path: string): VideoFile {
  const { timing, startS, ...stream } = attempt(() => scanPackets(av, path));
  const facts: VideoFacts = {
    ...stream,
    frames: stream.suspicious ? countByDecoding(av, path) : stream.packets,
    grey: [0, 0.5, 0.9].every((share) => isGreyAt(av, path, share * stream.seconds)),
    audio: attempt(() => audioFacts(av, path)),
  };
  return {
    facts,
    from: async (start) => attempt(() => new Cursor(av, path, start, facts, timing)),
    audio: async (number) => attempt(() => decodeAudio(av, path, number, startS)),
  };
}

/** Reads the file without decoding: size, rate, number of frames and when each is shown. */
function scanPackets(av: NodeAv, path: string) {
  const demuxer = openDemuxer(av, path);
  try {
    const stream = videoStream(demuxer);
    const declared = Number(stream.nbFrames);
    const { num, den } = stream.avgFrameRate;
    const secondsPerTick = stream.timeBase.num / stream.timeBase.den;
    const stamps: bigint[] = [];
    let packets = 0;
    let damaged = false;
    for (const packet of demuxer.packetsSync(stream.index)) {
      if (packet === null) continue;
      if (packet.flags & av.AV_PKT_FLAG_CORRUPT) damaged = true;
      if (!(packet.flags & av.AV_PKT_FLAG_DISCARD)) {
        packets++;
        if (packet.pts !== av.AV_NOPTS_VALUE) stamps.push(packet.pts);
      }
      packet.free();
    }
    stamps.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const complete = stamps.length === packets && stamps.every((stamp, i) => i === 0 || stamp > stamps[i - 1]);
    const frameRateHz = num > 0 && den > 0 ? num / den : undefined;
    const frameTimesS = complete ? unevenTimes(stamps.map((stamp) => Number(stamp) * secondsPerTick)) : undefined;
    return {
      width: stream.codecpar.width,
      height: stream.codecpar.height,
      ...(frameRateHz === undefined ? {} : { frameRateHz }),
      ...(frameTimesS === undefined ? {} : { frameTimesS }),
      packets,
      // One packet is one frame in every sound file; where the container disagrees, decoding decides.
      suspicious: damaged || (declared > 0 && declared !== packets),
      seconds: stamps.length > 0 ? Number(stamps[stamps.length - 1]) * secondsPerTick : packets / (frameRateHz ?? 25),
      startS: stamps.length > 0 ? Number(stamps[0]) * secondsPerTick : 0,
      timing: complete ? { stamps, secondsPerTick } : undefined,
    };
  } finally {
    demuxer.closeSync();
  }
}

function countByDecoding(av: NodeAv, path: string): number {
  return attempt(() => {
    const decoding = new Decoding(av, path);
    try {
      let frames = 0;
      while (decoding.advance()) frames++;
      return frames;
    } finally {
      decoding.close();
    }
  });
}

/** Whether the frame at about `seconds` holds colour; a place that cannot be reached does not count. */
function isGreyAt(av: NodeAv, path: string, seconds: number): boolean {
  return attempt(() => {
    const decoding = new Decoding(av, path, seconds > 0 ? seconds : undefined);
    try {
      if (!decoding.advance()) return seconds > 0;
      return looksGrey(decoding.convert(), 255);
    } finally {
      decoding.close();
    }
  });
}

/** When each frame is shown, in display order. */
interface Timing {
  readonly stamps: readonly bigint[];
  readonly secondsPerTick: number;
}

/** Seeks to before the frame with this time stamp and decodes up to it; `undefined` where it is not met exactly. */
function land(av: NodeAv, path: string, stamp: bigint, { secondsPerTick }: Timing): Decoding | undefined {
  const decoding = new Decoding(av, path, Number(stamp) * secondsPerTick);
  while (decoding.advance()) {
    if (decoding.timeStamp() === stamp) return decoding;
    if (decoding.timeStamp() > stamp) break;
  }
  decoding.close();
  return undefined;
}

class Cursor implements VideoCursor {
  #decoding: Decoding;
  readonly #facts: VideoFacts;
  /** True when the decoder already stands on the next frame. */
  #ready = false;

  constructor(av: NodeAv, path: string, start: number, facts: VideoFacts, timing: Timing | undefined) {
    this.#facts = facts;
    const reached = start > 0 && timing !== undefined ? land(av, path, timing.stamps[start], timing) : undefined;
    if (reached !== undefined) {
      this.#decoding = reached;
      this.#ready = true;
      return;
    }
    this.#decoding = new Decoding(av, path);
    for (let i = 0; i < start; i++) if (!this.#decoding.advance()) break;
  }

  async next(): Promise<Uint8Array | undefined> {
    return attempt(() => {
      if (!this.#ready && !this.#decoding.advance()) return undefined;
      this.#ready = false;
      return this.#decoding.convert(this.#facts);
    });
  }

  async skip(count: number): Promise<void> {
    attempt(() => {
      for (let i = 0; i < count; i++) {
        if (this.#ready) this.#ready = false;
        else if (!this.#decoding.advance()) return;
      }
    });
  }

  close(): void {
    this.#decoding.close();
  }
}

function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SondeError) throw error;
    throw new SondeError('data/unreadable', `this video cannot be decoded: ${messageOf(error).split('\n', 1)[0]}`, {
      hint: 'the file may be cut off or damaged; fetch it again',
      cause: error,
    });
  }
}
