/**
 * What a unit can see and does see of one picture, from its gradient: every place that can move it lies in its receptive
 * field, those that do most make up the effective one (Luo et al., NeurIPS 2016).
 * @module
 */
import type { Picture } from '../pretext/drawing.ts';
import type { InputLayout } from './attribution/target.ts';
import type { ShownInputs } from './laboratory.ts';

export interface Seen {
  /** Places with any gradient, over rows, columns and frames. */
  readonly support: number;
  /** The fewest places that hold half of the gradient's energy. */
  readonly half: number;
  /** Around the places with any gradient, in pixels; right and bottom lie outside. */
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  /** Frame with the most energy, and its energy by place, `[H, W]`. */
  readonly frame: number;
  readonly energy: Float32Array;
}

/** The square of a gradient `[C, T, H, W]` at every place, channels together: `[T, H, W]`. */
export function gradientEnergy(gradient: Float32Array, { channels, frames, height, width }: InputLayout): Float32Array {
  const places = frames * height * width;
  const energy = new Float32Array(places);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < places; i++) energy[i] += gradient[c * places + i] ** 2;
  }
  return energy;
}

/** @param gradient of one input, `[C, T, H, W]` */
export function seenBy(gradient: Float32Array, layout: InputLayout): Seen {
  const { frames, height, width } = layout;
  const area = height * width;
  const energy = gradientEnergy(gradient, layout);
  const total = energy.reduce((sum, value) => sum + value, 0);
  let held = 0;
  let half = 0;
  for (const value of energy.toSorted().reverse()) {
    if (held >= total / 2 || value === 0) break;
    held += value;
    half++;
  }
  let [left, top, right, bottom, support] = [width, height, 0, 0, 0];
  const perFrame = new Float64Array(frames);
  for (let i = 0; i < energy.length; i++) {
    if (energy[i] === 0) continue;
    const [t, y, x] = [Math.floor(i / area), Math.floor((i % area) / width), i % width];
    perFrame[t] += energy[i];
    support++;
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  const frame = perFrame.indexOf(Math.max(...perFrame));
  const box = support === 0 ? { left: 0, top: 0, right: 0, bottom: 0 } : { left, top, right, bottom };
  return { support, half, box, frame, energy: energy.slice(frame * area, (frame + 1) * area) };
}

/** One frame of an input as a grey or colour picture between black and white. */
export function firstFrame(inputs: ShownInputs, row: number, layout: InputLayout, frame: number): Picture {
  const { channels, frames, height, width } = layout;
  const area = height * width;
  const start = row * channels * frames * area;
  const shown = channels === 3 ? 3 : 1;
  const data = new Float32Array(area * shown);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < shown; c++) {
      const value = inputs.data[start + (c * frames + frame) * area + i];
      data[i * shown + c] = value;
      [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  return {
    data: data.map((value) => (high > low ? (value - low) / (high - low) : 0)),
    shape: [1, height, width, shown],
  };
}
