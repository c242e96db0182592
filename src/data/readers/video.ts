/**
 * Clips in video files: MP4, MOV, MKV, WebM, AVI, MPEG, WMV, in any codec FFmpeg decodes. Two backends do the decoding:
 * `node-av` in this process, and where that cannot be loaded the system's `ffmpeg` through a pipe.
 * 8 bits a channel; 10-bit video is reduced. Turned or stretched display is ignored: pixels as they are stored.
 * @module
 */
import { SondeError, usageError } from '../../base/errors.ts';
import type { Frames, FrameWindow, MediaReader, OpenedMedia, TimeWindow, Track, TrackSamples } from '../media.ts';
import { resolveWindow } from '../window.ts';
import { begins } from './magic.ts';
import { trackWindow } from './signal-media.ts';
import type { VideoBackend, VideoCursor } from './video-backend.ts';
import { ffmpegBackend } from './video-ffmpeg.ts';
import { nodeAvBackend } from './video-node-av.ts';

export type VideoBackendName = VideoBackend['name'];

const backends: readonly VideoBackend[] = [nodeAvBackend, ffmpegBackend];

/**
 * The backend to use: the one named (or named by `SONDE_VIDEO`), else the first that is there.
 * Throws `data/unreadable` with advice where there is none.
 */
export async function videoBackend(name = process.env.SONDE_VIDEO): Promise<VideoBackend> {
  const wanted = name === undefined || name === '' ? backends : backends.filter((backend) => backend.name === name);
  for (const backend of wanted) if (await backend.available()) return backend;
  throw new SondeError(
    'data/unreadable',
    `no video decoder is there${name === undefined ? '' : ` by the name '${name}'`}`,
    {
      expected: backends.map((backend) => backend.name).join(' or '),
      hint: 'install the optional package node-av, or ffmpeg from your system (e.g. apt install ffmpeg)',
    },
  );
}

/** Frames that are decoded and dropped before it is cheaper to seek. */
const shortHop = 48;

/** Opens a video with a backend. Throws `data/unreadable`. */
export async function openVideo(path: string, backendName?: VideoBackendName): Promise<OpenedMedia> {
  const backend = await videoBackend(backendName);
  const file = await backend.open(path);
  const { frames, height, width, frameRateHz, frameTimesS, grey, audio } = file.facts;
  if (!(frames >= 1 && height >= 1 && width >= 1)) {
    throw new SondeError('data/unreadable', 'this video holds no frames', {
      hint: 'the file may be cut off or damaged; fetch it again',
    });
  }
  const channels = grey ? 1 : 3;
  const size = height * width * channels;
  const tracks: Track[] = audio.map((facts, i) => ({
    name: audio.length === 1 ? 'audio' : `audio ${i + 1}`,
    kind: 'audio',
    ...facts,
  }));
  const sounds = new Map<string, Promise<TrackSamples>>();
  let cursor: VideoCursor | undefined;
  let position = 0;

  async function readTrack(name: string, window?: TimeWindow): Promise<TrackSamples> {
    const number = tracks.findIndex((track) => track.name === name);
    if (number < 0)
      throw usageError(`there is no track '${name}'`, { expected: tracks.map((track) => track.name).join(', ') });
    const all = sounds.get(name) ?? file.audio(number);
    sounds.set(name, all);
    return trackWindow(await all, window);
  }

  async function seek(start: number): Promise<VideoCursor> {
    if (cursor !== undefined && start >= position && start - position <= shortHop) {
      await cursor.skip(start - position);
    } else {
      cursor?.close();
      cursor = await file.from(start);
    }
    position = start;
    return cursor;
  }

  async function read(window?: FrameWindow): Promise<Frames> {
    const { start, count, stride } = resolveWindow(window, frames);
    const data = new Uint8Array(count * size);
    for (let i = 0; i < count; i++) {
      const reader = await seek(start + i * stride);
      const frame = await reader.next();
      position++;
      if (frame === undefined || frame.length !== size) {
        throw new SondeError('data/unreadable', `frame ${start + i * stride + 1} of ${frames} cannot be decoded`, {
          hint: 'the file may be cut off or damaged; fetch it again',
        });
      }
      data.set(frame, i * size);
    }
    return { data, shape: [count, height, width, channels] };
  }

  return {
    description: {
      kind: 'clip',
      frames,
      height,
      width,
      channels,
      intensityRange: [0, 255],
      format: 'video',
      ...(frameRateHz === undefined ? {} : { frameRateHz }),
      ...(frameTimesS?.length === frames ? { frameTimesS } : {}),
      ...(tracks.length === 0 ? {} : { tracks }),
    },
    read: inTurn(read),
    ...(tracks.length === 0 ? {} : { readTrack }),
    close() {
      cursor?.close();
      cursor = undefined;
      sounds.clear();
    },
  };
}

/** One cursor serves one read at a time. */
function inTurn<A, R>(run: (argument?: A) => Promise<R>): (argument?: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (argument) => {
    const next = last.then(() => run(argument));
    last = next.catch(() => undefined);
    return next;
  };
}

export const videoReader: MediaReader = {
  format: 'video',
  title: 'video',
  extensions: ['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi', '.mpg', '.mpeg', '.m2v', '.wmv', '.ogv', '.ts', '.mts'],
  supports:
    'H.264, H.265, AV1, VP9, MPEG-1, 2 and 4, MJPEG and whatever else FFmpeg decodes; 10 bits reduced to 8; varying frame rates with their time stamps; sound as tracks',
  windowed: true,
  sniff: isVideo,
  open: (path) => openVideo(path),
};

function isVideo(head: Uint8Array, path: string): boolean {
  // ISO base media (MP4, MOV); a still picture in the same container (HEIF, AVIF) is none.
  if (begins(head, 4, 'ftyp')) return !/^(avif|avis|heic|heix|mif1|msf1)$/.test(brand(head));
  if (['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].some((box) => begins(head, 4, box))) return true;
  if (begins(head, 0, '\x1aE\xdf\xa3')) return true; // Matroska, WebM
  if (begins(head, 0, 'RIFF') && begins(head, 8, 'AVI ')) return true;
  if (begins(head, 0, '\0\0\x01\xba') || begins(head, 0, '\0\0\x01\xb3')) return true; // MPEG program or video stream
  if (begins(head, 0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11')) return true; // ASF (WMV)
  if (begins(head, 0, 'OggS')) return path.toLowerCase().endsWith('.ogv');
  return head.length > 376 && head[0] === 0x47 && head[188] === 0x47 && head[376] === 0x47; // MPEG transport stream
}

function brand(head: Uint8Array): string {
  return String.fromCharCode(...head.subarray(8, 12));
}
