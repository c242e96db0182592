/**
 * Another time-gain curve: an ultrasound picture that fades, or brightens, with depth.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { type Augmented, mapped } from './augmentation.ts';

export interface AttenuationOptions {
  /** Change of the grey level from the probe to the deepest pixel, at most, as a fraction (default 0.4). */
  readonly strength?: number;
  /** Where the beams meet, in pixels; by default depth is counted in rows from the top. */
  readonly apex?: readonly [x: number, y: number];
}

/** Multiplies by 1 at the probe and 1 + slope at the deepest pixel. Draws `attenuation`: minus the slope. */
export function randomDepthAttenuation(
  pixels: Pixels<Float32Array>,
  random: Random,
  { strength = 0.4, apex }: AttenuationOptions = {},
): Augmented {
  const [, height, width, channels] = pixels.shape;
  const slope = random.uniform(-strength, strength);
  const depths = new Float32Array(height * width);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) depths[i] = apex === undefined ? y : Math.hypot(x - apex[0], y - apex[1]);
  }
  const deepest = depths.reduce((most, depth) => Math.max(most, depth), 1e-9);
  const area = height * width;
  return {
    pixels: mapped(pixels, (value, i) => value * (1 + (slope * depths[Math.floor(i / channels) % area]) / deepest)),
    drawn: { attenuation: -slope },
  };
}
