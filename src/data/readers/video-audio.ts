/**
 * Sound of a video, decoded by `node-av`.
 * @module
 */
import type { Frame } from 'node-av';
import { SondeError } from '../../base/errors.ts';
import type { TrackSamples } from '../media.ts';
import type { AudioFacts } from './video-backend.ts';
import { type NodeAv, openDemuxer } from './video-decoding.ts';

/** Decoded samples of one recording: about an hour of stereo. */
const mostSamples = 2 ** 29;

/** What sound a file holds. */
export function audioFacts(av: NodeAv, path: string): AudioFacts[] {
  const demuxer = openDemuxer(av, path);
  try {
    return demuxer.streams
      .filter((stream) => stream.codecpar.codecType === av.AVMEDIA_TYPE_AUDIO)
      .map((stream) => {
        const { num, den } = stream.timeBase;
        const own = (Number(stream.duration) * num) / den;
        return {
          sampleRateHz: stream.codecpar.sampleRate,
          channels: stream.codecpar.channels,
          durationS: own > 0 ? own : demuxer.duration,
        };
      })
      .filter(({ sampleRateHz, channels }) => sampleRateHz > 0 && channels > 0);
  } finally {
    demuxer.closeSync();
  }
}

/** All samples of a recording, shifted so that they begin at `originS` on the file's clock. Throws `data/unreadable`. */
export function decodeAudio(av: NodeAv, path: string, number: number, originS: number): TrackSamples {
  const demuxer = openDemuxer(av, path);
  try {
    const stream = demuxer.audio(number);
    if (stream === undefined || stream === null)
      throw new SondeError('data/unreadable', 'this video has no such sound');
    const decoder = av.Decoder.createSync(stream);
    const parts: Float32Array[] = [];
    let [length, rate, channels] = [0, 0, 0];
    let startS: number | undefined;
    try {
      for (const frame of decoder.framesSync(demuxer.packetsSync(stream.index))) {
        if (frame === null) continue;
        const stamp = frame.bestEffortTimestamp;
        if (startS === undefined && stamp !== av.AV_NOPTS_VALUE) {
          startS = (Number(stamp) * stream.timeBase.num) / stream.timeBase.den;
        }
        [rate, channels] = [frame.sampleRate, frame.channels];
        const part = samplesOfFrame(av, frame);
        frame.free();
        length += part.length;
        if (length > mostSamples)
          throw new SondeError('data/unreadable', 'the sound of this video is too long to be held');
        parts.push(part);
      }
    } finally {
      decoder.close();
    }
    if (length === 0 || channels === 0)
      throw new SondeError('data/unreadable', 'the sound of this video cannot be decoded');
    const shift = Math.round(((startS ?? originS) - originS) * rate) * channels;
    const data = new Float32Array(Math.max(channels, length + shift));
    let at = shift;
    for (const part of parts) {
      if (at + part.length > 0) data.set(at < 0 ? part.subarray(-at) : part, Math.max(0, at));
      at += part.length;
    }
    return { data, shape: [data.length / channels, channels], sampleRateHz: rate };
  } finally {
    demuxer.closeSync();
  }
}

/** Samples of one frame, channel beside channel, from -1 to 1. */
function samplesOfFrame(av: NodeAv, frame: Frame): Float32Array {
  const { nbSamples, channels, format } = frame;
  const planes = frame.extendedData ?? frame.data ?? [];
  const kinds: readonly (readonly [
    packed: number,
    planar: number,
    width: number,
    read: (view: DataView, at: number) => number,
  ])[] = [
    [av.AV_SAMPLE_FMT_U8, av.AV_SAMPLE_FMT_U8P, 1, (view, at) => (view.getUint8(at) - 128) / 128],
    [av.AV_SAMPLE_FMT_S16, av.AV_SAMPLE_FMT_S16P, 2, (view, at) => view.getInt16(at, true) / 2 ** 15],
    [av.AV_SAMPLE_FMT_S32, av.AV_SAMPLE_FMT_S32P, 4, (view, at) => view.getInt32(at, true) / 2 ** 31],
    [av.AV_SAMPLE_FMT_FLT, av.AV_SAMPLE_FMT_FLTP, 4, (view, at) => view.getFloat32(at, true)],
    [av.AV_SAMPLE_FMT_DBL, av.AV_SAMPLE_FMT_DBLP, 8, (view, at) => view.getFloat64(at, true)],
  ];
  const kind = kinds.find(([packed, planar]) => format === packed || format === planar);
  if (kind === undefined)
    throw new SondeError('data/unreadable', 'the sound of this video has samples of an unknown kind');
  const [packed, , width, read] = kind;
  const views = planes.map((plane) => new DataView(plane.buffer, plane.byteOffset, plane.byteLength));
  const out = new Float32Array(nbSamples * channels);
  for (let i = 0; i < nbSamples; i++) {
    for (let channel = 0; channel < channels; channel++) {
      const view = format === packed ? views[0] : views[channel];
      out[i * channels + channel] = read(view, (format === packed ? i * channels + channel : i) * width);
    }
  }
  return out;
}
