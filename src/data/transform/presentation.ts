/**
 * How an item is shown to a network that is measured or used: without chance, the same for every encoder with the same
 * presentation. Plain data, kept with the exported encoder.
 * @module
 */
import { z } from 'zod';
import type { FrameWindow } from '../media.ts';
import { centreBox, crop, maskCircle } from './crop.ts';
import { rgbToLab } from './lab.ts';
import { channelsFirst, standardise, withChannels } from './layout.ts';
import type { Pixels } from './pixels.ts';
import { resize } from './resize.ts';
import { resizeVolume } from './resize-volume.ts';

export const presentationSchema = z.object({
  /** 1 grey, 3 colour; as many as `pick` names, where it does. */
  channels: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  /** Frames or slices in one input; 1 for a network of single pictures. */
  frames: z.int().min(1),
  /** Step between them. */
  stride: z.int().min(1),
  /** Side of the square input in pixels. */
  size: z.int().min(1),
  mask: z.enum(['circle', 'none']),
  /**
   * `standardise`: zero mean and unit deviation over the input; `unit`: values 0 to 1 as they are; `lab`: L* − 50, a* and
   * b* of colours, or L* − 50 alone where there is one channel.
   */
  intensity: z.enum(['standardise', 'unit', 'difference', 'lab']),
  /** What values of `lab` are divided by. */
  divisor: z.number().positive().optional(),
  /** Which of red, green and blue are shown, by number. */
  pick: z.array(z.int().min(0).max(2)).min(1).max(3).optional(),
  /** Every slice of a volume, resampled along all three axes to `frames` of `size`, instead of a window of the slices. */
  whole: z.boolean().optional(),
});

export type Presentation = z.infer<typeof presentationSchema>;

/** Frames of the recording that one input spans; of a whole volume, the fewest there must be. */
export function framesSpanned({ frames, stride, intensity, whole = false }: Presentation): number {
  if (whole) return 1;
  return (framesNeeded({ frames, intensity }) - 1) * stride + 1;
}

/** Frames read for one input: differences need one more. */
function framesNeeded({ frames, intensity }: Pick<Presentation, 'frames' | 'intensity'>): number {
  return intensity === 'difference' ? frames + 1 : frames;
}

/** What is read for the input that begins at `start`. */
export function windowShown(presentation: Presentation, start: number): FrameWindow {
  if (presentation.whole) return {};
  return { start, count: framesNeeded(presentation), stride: presentation.stride };
}

/** Shape of one input without the batch axis: `[C, H, W]`, or `[C, T, H, W]` for networks of clips and volumes. */
export function inputShape({ channels, frames, size }: Presentation, rank: 2 | 3): number[] {
  return rank === 2 ? [channels, size, size] : [channels, frames, size, size];
}

/**
 * The central square of the frames that `windowShown` names, or the whole of them, resized. Returns `[C, T, H, W]`.
 */
export function present(frames: Pixels<Float32Array>, presentation: Presentation): Float32Array {
  const { channels, size, mask, intensity, divisor = 1, pick, whole = false } = presentation;
  const shown = withChannels(frames, pick !== undefined || intensity === 'lab' ? 3 : channels);
  const resized = whole ? resizeVolume(shown, framesNeeded(presentation), size, size) : resizedSquare(shown, size);
  const picked = pick === undefined ? resized : pickChannels(resized, pick);
  const moving = intensity === 'difference' ? differences(picked) : picked;
  const scaled =
    intensity === 'unit'
      ? moving
      : intensity === 'lab'
        ? centredLab(rgbToLab(moving), channels, divisor)
        : standardise(moving);
  return channelsFirst(mask === 'circle' ? maskCircle(scaled) : scaled);
}

function resizedSquare(frames: Pixels<Float32Array>, size: number): Pixels<Float32Array> {
  const [, height, width] = frames.shape;
  const side = Math.min(height, width);
  const square = crop(frames, centreBox(height, width, side, side));
  return resize(square, size, size, side >= size ? 'area' : 'bilinear');
}

/** Some of the channels, in the order that they are named in. */
export function pickChannels({ data, shape }: Pixels<Float32Array>, pick: readonly number[]): Pixels<Float32Array> {
  const [frames, height, width, channels] = shape;
  const out = new Float32Array(frames * height * width * pick.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[Math.floor(i / pick.length) * channels + pick[i % pick.length]];
  }
  return { data: out, shape: [frames, height, width, pick.length] };
}

/** L − 50, a and b as networks of colour take them, or L − 50 alone, divided. */
export function centredLab({ data, shape }: Pixels<Float32Array>, channels: number, divisor: number) {
  const [frames, height, width] = shape;
  const out = new Float32Array(frames * height * width * channels);
  for (let i = 0; i < out.length; i++) {
    const channel = i % channels;
    out[i] = (data[Math.floor(i / channels) * 3 + channel] - (channel === 0 ? 50 : 0)) / divisor;
  }
  return { data: out, shape: [frames, height, width, channels] } as const satisfies Pixels<Float32Array>;
}

/** Each frame less the one before it; one frame fewer. */
export function differences({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  const [count, height, width, channels] = shape;
  const length = height * width * channels;
  const out = new Float32Array((count - 1) * length);
  for (let i = 0; i < out.length; i++) out[i] = data[i + length] - data[i];
  return { data: out, shape: [count - 1, height, width, channels] };
}
