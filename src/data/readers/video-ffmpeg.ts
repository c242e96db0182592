/**
 * Video through the system's `ffmpeg` and `ffprobe`: frames come through a pipe.
 * @module
 */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { SondeError } from '../../base/errors.ts';
import type { TrackSamples } from '../media.ts';
import { looksGrey } from '../transform/grey.ts';
import { unevenTimes } from './frame-times.ts';
import type { AudioFacts, VideoBackend, VideoCursor, VideoFacts, VideoFile } from './video-backend.ts';

const execute = promisify(execFile);

/** Nothing but local files, whatever a container refers to. */
const safely = ['-protocol_whitelist', 'file,pipe'];

export const ffmpegBackend: VideoBackend = {
  name: 'ffmpeg',
  async available() {
    try {
      await execute('ffprobe', ['-version']);
      await execute('ffmpeg', ['-version']);
      return true;
    } catch {
      return false;
    }
  },
  async open(path) {
    const url = `file:${resolve(path)}`;
    const stream = await probe(url);
    const facts: VideoFacts = {
      width: stream.width,
      height: stream.height,
      frames: stream.frames,
      frameRateHz: stream.frameRateHz,
      ...(stream.frameTimesS === undefined ? {} : { frameTimesS: stream.frameTimesS }),
      grey: await looksGreyThroughout(url, stream),
      audio: await probeAudio(url),
    };
    const file: VideoFile = {
      facts,
      from: async (start) => new PipeCursor(url, start, facts),
      audio: (number) => decodeAudio(url, number, facts.audio[number]),
    };
    return file;
  },
};

interface StreamFacts {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly frameRateHz: number | undefined;
  readonly frameTimesS: readonly number[] | undefined;
}

async function probe(url: string): Promise<StreamFacts> {
  const entries = 'stream=width,height,avg_frame_rate,nb_frames,nb_read_packets:packet=pts_time,flags';
  const probed = await probeStreams(url, ['-count_packets', '-show_entries', entries]);
  let { stream } = probed;
  const declared = Number(stream.nb_frames ?? 0);
  let frames = Number(stream.nb_read_packets ?? 0);
  if (declared > 0 && declared !== frames) {
    // The container and its packets disagree: only decoding tells.
    stream = {
      ...stream,
      ...(await probeStreams(url, ['-count_frames', '-show_entries', 'stream=nb_read_frames'])).stream,
    };
    frames = Number(stream.nb_read_frames ?? 0);
  }
  const shown = probed.packets.filter(({ flags = '' }) => !flags.includes('D')).map(({ pts_time }) => Number(pts_time));
  const [numerator, denominator] = (stream.avg_frame_rate ?? '').split('/').map(Number);
  const rate = numerator / denominator;
  return {
    width: Number(stream.width),
    height: Number(stream.height),
    frames,
    frameRateHz: Number.isFinite(rate) && rate > 0 ? rate : undefined,
    frameTimesS: unevenTimes(shown.sort((a, b) => a - b)),
  };
}

type Entries = Readonly<Record<string, string | undefined>>;

/** Text of the packets of hours of video. */
const mostText = 2 ** 28;

async function probeStreams(
  url: string,
  options: readonly string[],
): Promise<{ stream: Entries; packets: readonly Entries[] }> {
  const args = ['-v', 'error', ...safely, '-select_streams', 'v:0', ...options, '-of', 'json', url];
  let output: string;
  try {
    ({ stdout: output } = await execute('ffprobe', args, { maxBuffer: mostText }));
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw unreadable(stderr ?? '', url, error);
  }
  const { streams = [], packets = [] } = JSON.parse(output) as { streams?: Entries[]; packets?: Entries[] };
  if (streams.length === 0) throw new SondeError('data/unreadable', 'this file has no video stream');
  return { stream: streams[0], packets };
}

async function probeAudio(url: string): Promise<AudioFacts[]> {
  const entries = 'stream=sample_rate,channels,duration:format=duration';
  const args = ['-v', 'error', ...safely, '-select_streams', 'a', '-show_entries', entries, '-of', 'json', url];
  const { stdout } = await execute('ffprobe', args);
  const { streams = [], format } = JSON.parse(stdout) as {
    streams?: { sample_rate?: string; channels?: number; duration?: string }[];
    format?: { duration?: string };
  };
  return streams.map(({ sample_rate, channels, duration }) => ({
    sampleRateHz: Number(sample_rate ?? 0),
    channels: channels ?? 0,
    durationS: Number(duration ?? format?.duration ?? 0),
  }));
}

/** Bytes of decoded sound that are held. */
const mostSound = 2 ** 31 - 1;

/** All samples, with silence up to where they begin. */
async function decodeAudio(url: string, number: number, { sampleRateHz, channels }: AudioFacts): Promise<TrackSamples> {
  const input = ['-v', 'error', '-nostdin', ...safely, '-i', url, '-map', `0:a:${number}`];
  const output = ['-af', 'aresample=async=1:first_pts=0', '-f', 'f32le', 'pipe:1'];
  try {
    const { stdout } = await execute('ffmpeg', [...input, ...output], { encoding: 'buffer', maxBuffer: mostSound });
    const data = new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~3)));
    return { data, shape: [Math.floor(data.length / channels), channels], sampleRateHz };
  } catch (error) {
    throw unreadable(String((error as { stderr?: Buffer }).stderr ?? ''), url, error);
  }
}

async function looksGreyThroughout(url: string, stream: StreamFacts): Promise<boolean> {
  const places = [0, 0.5, 0.9].map((share) => Math.floor(share * (stream.frames - 1)));
  const cursor = new PipeCursor(url, 0, stream, places);
  try {
    for (const _ of new Set(places)) {
      const frame = await cursor.next();
      if (frame !== undefined && !looksGrey(frame, 255)) return false;
    }
    return true;
  } finally {
    cursor.close();
  }
}

class PipeCursor implements VideoCursor {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #frame: Uint8Array;
  readonly #url: string;
  #rest: Uint8Array = new Uint8Array(0);
  #messages = '';

  /** Sends every frame from `start` on, or only those listed. */
  constructor(
    url: string,
    start: number,
    { width, height, grey = false }: { readonly width: number; readonly height: number; readonly grey?: boolean },
    only?: readonly number[],
  ) {
    const chosen = only === undefined ? `gte(n,${start})` : only.map((n) => `eq(n,${n})`).join('+');
    const filters = `select='${chosen}',scale=${width}:${height}`;
    const input = ['-v', 'error', '-nostdin', '-noautorotate', ...safely, '-i', url];
    const output = ['-map', '0:v:0', '-fps_mode', 'passthrough', '-vf', filters, '-f', 'rawvideo'];
    const pixels = ['-pix_fmt', grey ? 'gray' : 'rgb24'];
    this.#url = url;
    this.#process = spawn('ffmpeg', [...input, ...output, ...pixels, 'pipe:1'], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.on('error', (error) => {
      this.#messages += error.message;
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.#messages.length < 2000) this.#messages += text;
    });
    this.#chunks = this.#process.stdout[Symbol.asyncIterator]();
    this.#keepAlive(false);
    this.#frame = new Uint8Array(width * height * (grey ? 1 : 3));
  }

  async next(): Promise<Uint8Array | undefined> {
    let filled = 0;
    while (filled < this.#frame.length) {
      if (this.#rest.length === 0) {
        this.#keepAlive(true);
        const { done, value } = await this.#chunks.next();
        this.#keepAlive(false);
        if (done) {
          if (filled === 0 && this.#messages === '') return undefined;
          throw unreadable(this.#messages, this.#url);
        }
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, this.#frame.length - filled);
      this.#frame.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return this.#frame;
  }

  /** Only a frame that somebody waits for holds the process open, not a cursor nobody closed. */
  #keepAlive(wanted: boolean): void {
    for (const handle of [this.#process, this.#process.stdout as Socket, this.#process.stderr as Socket]) {
      if (wanted) handle.ref();
      else handle.unref();
    }
  }

  async skip(count: number): Promise<void> {
    for (let i = 0; i < count; i++) if ((await this.next()) === undefined) return;
  }

  close(): void {
    this.#process.stdout.destroy();
    this.#process.kill('SIGKILL');
  }
}

/** FFmpeg's own words, without the path in them. */
function unreadable(messages: string, url: string, cause?: unknown): SondeError {
  const [line = ''] = messages.replaceAll(url, 'the file').trim().split('\n');
  const reason = line.replace(/^\[[^\]]*\]\s*/, '');
  return new SondeError('data/unreadable', `this video cannot be decoded${reason === '' ? '' : `: ${reason}`}`, {
    hint: 'the file may be cut off or damaged; fetch it again',
    cause,
  });
}
