/**
 * Maps by gradients (methods.md 7.4). Every map is `[batch, views · frames · height · width]`, one value a place.
 * @module
 */
import type { Random } from '../../base/random.ts';
import { type AttributionTarget, type InputLayout, inputLength, mapLength } from './target.ts';

/** Channels of every place into one value. */
export function overChannels(
  values: Float32Array,
  batch: number,
  layout: InputLayout,
  combine: 'sum' | 'largest magnitude',
): Float32Array {
  const { views, channels, frames, height, width } = layout;
  const area = frames * height * width;
  const out = new Float32Array(batch * views * area);
  for (let plane = 0; plane < batch * views; plane++) {
    for (let c = 0; c < channels; c++) {
      const from = (plane * channels + c) * area;
      for (let i = 0; i < area; i++) {
        const value = values[from + i];
        if (combine === 'sum') out[plane * area + i] += value;
        else out[plane * area + i] = Math.max(out[plane * area + i], Math.abs(value));
      }
    }
  }
  return out;
}

/** |∂y/∂x|, the largest over channels. Simonyan et al. 2014. */
export async function gradientMap(target: AttributionTarget, data: Float32Array): Promise<Float32Array> {
  const { gradients } = await target.gradients(data);
  return overChannels(gradients, target.batch, target.layout, 'largest magnitude');
}

/** x · ∂y/∂x, summed over channels: signed. */
export async function gradientTimesInput(target: AttributionTarget, data: Float32Array): Promise<Float32Array> {
  const { gradients } = await target.gradients(data);
  const product = gradients.map((slope, i) => slope * data[i]);
  return overChannels(product, target.batch, target.layout, 'sum');
}

/** SmoothGrad: the mean |gradient| over noisy copies. Smilkov et al. 2017; noise of `spread` times the range of values. */
export async function smoothGradient(
  target: AttributionTarget,
  data: Float32Array,
  { copies, spread, random }: { readonly copies: number; readonly spread: number; readonly random: Random },
): Promise<Float32Array> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const total = new Float32Array(target.batch * mapLength(target.layout));
  const noisy = new Float32Array(data.length);
  for (let copy = 0; copy < copies; copy++) {
    const own = random.split('noise', copy);
    for (let i = 0; i < data.length; i++) noisy[i] = data[i] + spread * (high - low) * own.normal();
    const map = await gradientMap(target, noisy);
    for (let i = 0; i < total.length; i++) total[i] += map[i] / copies;
  }
  return total;
}

export interface IntegratedGradients {
  readonly map: Float32Array;
  /** Σ of each input's map less what its number rose from the baseline, over that rise: 0 is complete. */
  readonly incompleteness: Float32Array;
}

/** Integrated gradients along the straight way from a baseline, by the midpoint rule. Sundararajan et al., ICML 2017. */
export async function integratedGradients(
  target: AttributionTarget,
  data: Float32Array,
  baseline: Float32Array,
  steps: number,
): Promise<IntegratedGradients> {
  const sum = new Float64Array(data.length);
  const point = new Float32Array(data.length);
  for (let step = 0; step < steps; step++) {
    const part = (step + 0.5) / steps;
    for (let i = 0; i < data.length; i++) point[i] = baseline[i] + part * (data[i] - baseline[i]);
    const { gradients } = await target.gradients(point);
    for (let i = 0; i < data.length; i++) sum[i] += gradients[i] / steps;
  }
  const attributed = Float32Array.from(data, (value, i) => (value - baseline[i]) * sum[i]);
  const [end, start] = [await target.values(data), await target.values(baseline)];
  const length = inputLength(target.layout);
  const incompleteness = Float32Array.from({ length: target.batch }, (_, row) => {
    let total = 0;
    for (let i = row * length; i < (row + 1) * length; i++) total += attributed[i];
    const rise = end[row] - start[row];
    return (total - rise) / Math.max(Math.abs(rise), 1e-6);
  });
  return { map: overChannels(attributed, target.batch, target.layout, 'sum'), incompleteness };
}

/** The input blurred until only the brightness of regions is left: no edge to read, no value outside the data. */
export function blurredBaseline(data: Float32Array, layout: InputLayout): Float32Array {
  const { height, width } = layout;
  const radius = Math.max(1, Math.round(Math.min(height, width) / 4));
  const planes = data.length / (height * width);
  let from = data;
  for (let pass = 0; pass < 2; pass++) {
    const across = new Float32Array(data.length);
    const down = new Float32Array(data.length);
    for (let plane = 0; plane < planes; plane++) {
      const base = plane * height * width;
      for (let y = 0; y < height; y++) boxLine(from, across, base + y * width, 1, width, radius);
      for (let x = 0; x < width; x++) boxLine(across, down, base + x, width, height, radius);
    }
    from = down;
  }
  return from;
}

/** A moving mean along one line, shorter at its ends. */
function boxLine(
  from: Float32Array,
  to: Float32Array,
  start: number,
  step: number,
  length: number,
  radius: number,
): void {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < Math.min(radius, length); i++) {
    sum += from[start + i * step];
    count++;
  }
  for (let i = 0; i < length; i++) {
    if (i + radius < length) {
      sum += from[start + (i + radius) * step];
      count++;
    }
    if (i - radius - 1 >= 0) {
      sum -= from[start + (i - radius - 1) * step];
      count--;
    }
    to[start + i * step] = sum / count;
  }
}

/**
 * Grad-CAM: channels weighted by their mean slope, what speaks for the answer kept, stretched over the input; over space,
 * time and depth, at the last of some taps that the answer depends on. Selvaraju et al., ICCV 2017.
 */
export async function gradCam(
  target: AttributionTarget,
  data: Float32Array,
  taps: readonly string[],
): Promise<Float32Array> {
  let found = await target.tapSlopes(taps.at(-1)!, data);
  // Where a class token answers, the places of the last layer are of no account to it.
  for (let i = taps.length - 2; i >= 0 && found.slopes.every((slope) => slope === 0); i--) {
    found = await target.tapSlopes(taps[i], data);
  }
  const { shape, activations, slopes } = found;
  const [planes, channels, ...grid] = shape;
  const cells = grid.reduce((product, length) => product * length, 1);
  const maps = new Float32Array(planes * cells);
  for (let plane = 0; plane < planes; plane++) {
    for (let c = 0; c < channels; c++) {
      const at = (plane * channels + c) * cells;
      let weight = 0;
      for (let i = 0; i < cells; i++) weight += slopes[at + i] / cells;
      for (let i = 0; i < cells; i++) maps[plane * cells + i] += weight * activations[at + i];
    }
  }
  for (let i = 0; i < maps.length; i++) maps[i] = Math.max(0, maps[i]);
  return stretched(maps, planes, grid, target.layout);
}

/** RotNet's attention maps: Σ_c |F_c|^p of a tap, each of unit length, stretched over the input. */
export async function activationMap(target: AttributionTarget, data: Float32Array, tap: string, power: 1 | 2 = 2) {
  const { shape, activations } = await target.tapSlopes(tap, data);
  const [planes, channels, ...grid] = shape;
  const cells = grid.reduce((product, length) => product * length, 1);
  const maps = new Float32Array(planes * cells);
  for (let plane = 0; plane < planes; plane++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < cells; i++)
        maps[plane * cells + i] += Math.abs(activations[(plane * channels + c) * cells + i]) ** power;
    }
    let norm = 0;
    for (let i = 0; i < cells; i++) norm += maps[plane * cells + i] ** 2;
    for (let i = 0; i < cells; i++) maps[plane * cells + i] /= Math.sqrt(norm) || 1;
  }
  return stretched(maps, planes, grid, target.layout);
}

/** Maps on a coarse grid, `[planes, …grid]`, linearly stretched over frames, rows and columns. */
export function stretched(
  maps: Float32Array,
  planes: number,
  grid: readonly number[],
  { frames, height, width }: InputLayout,
): Float32Array {
  const [coarseFrames, coarseHeight, coarseWidth] = grid.length === 3 ? grid : [1, grid[0], grid[1]];
  const axes = [weights(coarseFrames, frames), weights(coarseHeight, height), weights(coarseWidth, width)] as const;
  const out = new Float32Array(planes * frames * height * width);
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    const base = plane * coarseFrames * coarseHeight * coarseWidth;
    for (const [t0, t1, tw] of axes[0]) {
      for (const [y0, y1, yw] of axes[1]) {
        for (const [x0, x1, xw] of axes[2]) {
          const line = (t: number, y: number) => {
            const row = base + (t * coarseHeight + y) * coarseWidth;
            return maps[row + x0] * (1 - xw) + maps[row + x1] * xw;
          };
          const slice = (t: number) => line(t, y0) * (1 - yw) + line(t, y1) * yw;
          out[at++] = slice(t0) * (1 - tw) + slice(t1) * tw;
        }
      }
    }
  }
  return out;
}

/** For each fine position the two coarse ones beside it and how much the second counts. */
function weights(coarse: number, fine: number): [number, number, number][] {
  return Array.from({ length: fine }, (_, i) => {
    const place = Math.min(coarse - 1, Math.max(0, ((i + 0.5) * coarse) / fine - 0.5));
    const below = Math.min(Math.floor(place), coarse - 1);
    return [below, Math.min(below + 1, coarse - 1), place - below];
  });
}
