/**
 * Samples over time as media: one item whose frames are samples and whose columns are leads, with itself as its track.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { MediaItem, OpenedMedia, TimeWindow, Track, TrackSamples } from '../media.ts';
import { resolveWindow } from '../window.ts';

export interface Signal {
  readonly format: string;
  readonly track: Omit<Track, 'durationS' | 'file'>;
  readonly samples: number;
  readonly range: MediaItem['intensityRange'];
  readonly warnings?: readonly string[];
  /** `[count, channels]` from a sample on. */
  readonly read: (start: number, count: number) => Float32Array;
  readonly close?: () => void;
}

export function openSignal({ format, track, samples, range, warnings, read, close }: Signal): OpenedMedia {
  const { channels, sampleRateHz } = track;
  return {
    description: {
      kind: 'signal',
      frames: samples,
      height: 1,
      width: channels,
      channels: 1,
      frameRateHz: sampleRateHz,
      intensityRange: range,
      tracks: [{ ...track, durationS: samples / sampleRateHz }],
      format,
    },
    ...(warnings === undefined ? {} : { warnings }),
    async read(window) {
      const { start, count, stride } = resolveWindow(window, samples);
      const all = read(start, (count - 1) * stride + 1);
      const shape = [count, 1, channels, 1] as const;
      if (stride === 1) return { data: all, shape };
      const data = new Float32Array(count * channels);
      for (let i = 0; i < count; i++)
        data.set(all.subarray(i * stride * channels, (i * stride + 1) * channels), i * channels);
      return { data, shape };
    },
    async readTrack(name, window) {
      if (name !== track.name) throw usageError(`there is no track '${name}'`, { expected: track.name });
      const { start, count } = samplesOf(window, samples, sampleRateHz);
      return { data: read(start, count), shape: [count, channels], sampleRateHz };
    },
    close,
  };
}

/** The samples of a stretch of time. Throws `usage` when it reaches outside the track. */
export function samplesOf(
  window: TimeWindow | undefined,
  samples: number,
  rateHz: number,
): { start: number; count: number } {
  const start = Math.round((window?.startS ?? 0) * rateHz);
  const count = window?.durationS === undefined ? samples - start : Math.round(window.durationS * rateHz);
  if (!(start >= 0 && count >= 1 && start + count <= samples)) {
    throw usageError('this stretch of time reaches outside the track', {
      found: `${window?.startS ?? 0} s, ${window?.durationS ?? 'to the end'} long`,
      expected: `0 to ${samples / rateHz} s`,
    });
  }
  return { start, count };
}

/** Samples of a track, out of all of them. */
export function trackWindow(all: TrackSamples, window: TimeWindow | undefined): TrackSamples {
  const [samples, channels] = all.shape;
  const { start, count } = samplesOf(window, samples, all.sampleRateHz);
  const data = all.data.subarray(start * channels, (start + count) * channels);
  return { data, shape: [count, channels], sampleRateHz: all.sampleRateHz };
}
