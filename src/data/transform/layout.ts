/**
 * From pictures as they are stored to arrays as networks take them.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import { toColour, toGrey } from './grey.ts';
import type { Pixels } from './pixels.ts';

/** `[T, H, W, C]` to `[C, T, H, W]`. */
export function channelsFirst({ data, shape }: Pixels<Float32Array>): Float32Array {
  const [, , , channels] = shape;
  if (channels === 1) return data;
  const positions = data.length / channels;
  const out = new Float32Array(data.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < positions; i++) out[c * positions + i] = data[i * channels + c];
  return out;
}

/** `[C, T, H, W]` back to `[T, H, W, C]`. */
export function channelsLast(data: Float32Array, shape: Pixels['shape']): Pixels<Float32Array> {
  const [, , , channels] = shape;
  if (channels === 1) return { data, shape };
  const positions = data.length / channels;
  const out = new Float32Array(data.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < positions; i++) out[i * channels + c] = data[c * positions + i];
  return { data: out, shape };
}

/** Grey or colour, as the network wants it. */
export function withChannels(frames: Pixels<Float32Array>, channels: number): Pixels<Float32Array> {
  if (channels === 1) return toGrey(frames);
  if (channels === 3) return toColour(frames);
  throw usageError('pictures have 1 or 3 channels', { found: `${channels}` });
}

/** Subtracts the mean and divides by the standard deviation over all values; a constant picture becomes zeros. */
export function standardise({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  const mean = sum / data.length;
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i] - mean) ** 2;
  const scale = 1 / Math.max(Math.sqrt(squares / data.length), 1e-4);
  return { data: data.map((value) => (value - mean) * scale), shape };
}

/** Stretches values so that the smallest is 0 and the largest 1, for looking at. */
export function stretched({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = high > low ? 1 / (high - low) : 0;
  return { data: data.map((value) => (value - low) * scale), shape };
}
