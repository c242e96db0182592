/**
 * Maps by taking something away and asking again (methods.md 7.4): patches, frames, random masks, whole tiles.
 * @module
 */
import type { Random } from '../../base/random.ts';
import { stretched } from './maps.ts';
import { type AttributionTarget, type InputLayout, inputLength, mapLength } from './target.ts';

/** Mixes `baseline` into every input by the share that is hidden of each place of each view, in the views named. */
function replaced(
  data: Float32Array,
  baseline: Float32Array,
  layout: InputLayout,
  batch: number,
  hidden: (frame: number, row: number, column: number, view: number) => number,
  views?: readonly number[],
): Float32Array {
  const { channels, frames, height, width } = layout;
  const chosen = views === undefined ? undefined : new Set(views);
  const out = data.slice();
  for (let plane = 0; plane < batch * layout.views; plane++) {
    const view = plane % layout.views;
    if (chosen !== undefined && !chosen.has(view)) continue;
    for (let c = 0; c < channels; c++) {
      for (let t = 0; t < frames; t++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const share = hidden(t, y, x, view);
            if (share === 0) continue;
            const at = (((plane * channels + c) * frames + t) * height + y) * width + x;
            out[at] = data[at] * (1 - share) + baseline[at] * share;
          }
        }
      }
    }
  }
  return out;
}

export interface OcclusionOptions {
  /** Side of the patch and its step, in pixels. */
  readonly side: number;
  readonly step: number;
  /** Frames hidden at once; default all. */
  readonly frames?: number;
}

/**
 * How much the number falls where a patch is replaced by the baseline, in one view at a time. Zeiler and Fergus, ECCV
 * 2014.
 */
export async function occlusion(
  target: AttributionTarget,
  data: Float32Array,
  baseline: Float32Array,
  { side, step, frames: span }: OcclusionOptions,
): Promise<Float32Array> {
  const { layout, batch } = target;
  const { views, frames, height, width } = layout;
  const before = await target.values(data);
  const sums = new Float32Array(batch * mapLength(layout));
  const times = new Float32Array(frames * height * width);
  const depth = span ?? frames;
  const starts = (length: number, size: number, by: number) => {
    const list: number[] = [];
    for (let at = 0; at < Math.max(1, length - size + 1); at += by) list.push(at);
    if (list.at(-1)! + size < length) list.push(length - size);
    return list;
  };
  for (const t0 of starts(frames, depth, depth)) {
    for (const y0 of starts(height, side, step)) {
      for (const x0 of starts(width, side, step)) {
        const inside = (t: number, y: number, x: number) =>
          t >= t0 && t < t0 + depth && y >= y0 && y < y0 + side && x >= x0 && x < x0 + side ? 1 : 0;
        const falls: Float32Array[] = [];
        for (let view = 0; view < views; view++) {
          const after = await target.values(replaced(data, baseline, layout, batch, inside, [view]));
          falls.push(before.map((value, row) => value - after[row]));
        }
        for (let t = t0; t < Math.min(frames, t0 + depth); t++) {
          for (let y = y0; y < Math.min(height, y0 + side); y++) {
            for (let x = x0; x < Math.min(width, x0 + side); x++) {
              const place = (t * height + y) * width + x;
              times[place]++;
              for (let plane = 0; plane < batch * views; plane++) {
                sums[plane * times.length + place] += falls[plane % views][Math.floor(plane / views)];
              }
            }
          }
        }
      }
    }
  }
  return sums.map((sum, i) => sum / Math.max(1, times[i % times.length]));
}

/** How much the number of each input falls when a frame stands for its neighbour's: `[batch, frames]`. */
export async function temporalOcclusion(target: AttributionTarget, data: Float32Array): Promise<Float32Array> {
  const { layout, batch } = target;
  const { frames } = layout;
  const before = await target.values(data);
  const out = new Float32Array(batch * frames);
  for (let frame = 0; frame < frames; frame++) {
    const neighbour = shiftedFrames(data, layout, frame === 0 ? 1 : -1);
    const after = await target.values(replaced(data, neighbour, layout, batch, (t) => (t === frame ? 1 : 0)));
    for (let row = 0; row < batch; row++) out[row * frames + frame] = before[row] - after[row];
  }
  return out;
}

/** Every frame's content taken from the frame `by` later. */
function shiftedFrames(data: Float32Array, { frames, height, width }: InputLayout, by: number): Float32Array {
  const area = height * width;
  const out = new Float32Array(data.length);
  for (let plane = 0; plane < data.length / (frames * area); plane++) {
    for (let t = 0; t < frames; t++) {
      const from = Math.min(frames - 1, Math.max(0, t + by));
      out.set(
        data.subarray((plane * frames + from) * area, (plane * frames + from + 1) * area),
        (plane * frames + t) * area,
      );
    }
  }
  return out;
}

export interface RandomMaskOptions {
  readonly masks: number;
  /** Cells of a mask along each side. */
  readonly cells: number;
  readonly random: Random;
}

/** RISE: random masks, each view its own, weighted by what the number is under them. Petsiuk et al., BMVC 2018. */
export async function randomMasks(
  target: AttributionTarget,
  data: Float32Array,
  baseline: Float32Array,
  { masks, cells, random }: RandomMaskOptions,
): Promise<Float32Array> {
  const { layout, batch } = target;
  const { views, frames, height, width } = layout;
  const area = frames * height * width;
  const kept = new Float64Array(views * area);
  const weighted = new Float64Array(batch * views * area);
  const mean = new Float64Array(batch);
  const coarseFrames = frames > 1 ? Math.min(frames, 4) : 1;
  const grid = frames > 1 ? [coarseFrames, cells, cells] : [cells, cells];
  for (let mask = 0; mask < masks; mask++) {
    const own = random.split('mask', mask);
    const coarse = Float32Array.from({ length: views * coarseFrames * cells * cells }, () =>
      own.uniform() < 0.5 ? 1 : 0,
    );
    const shown = stretched(coarse, views, grid, layout);
    const values = await target.values(
      replaced(data, baseline, layout, batch, (t, y, x, view) => 1 - shown[view * area + (t * height + y) * width + x]),
    );
    for (let i = 0; i < kept.length; i++) kept[i] += shown[i] / masks;
    for (let row = 0; row < batch; row++) {
      mean[row] += values[row] / masks;
      for (let i = 0; i < kept.length; i++) weighted[row * kept.length + i] += (values[row] * shown[i]) / masks;
    }
  }
  return Float32Array.from(weighted, (value, i) => {
    const place = i % kept.length;
    return value / Math.max(kept[place], 1e-6) - mean[Math.floor(i / kept.length)];
  });
}

/** How much the number falls when one view (a tile, a frame of a tuple) is replaced by the mean view: `[batch, views]`. */
export async function viewImportance(target: AttributionTarget, data: Float32Array): Promise<Float32Array> {
  const { layout, batch } = target;
  const { views } = layout;
  const length = inputLength(layout) / views;
  const mean = new Float32Array(data.length);
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let view = 0; view < views; view++) sum += data[(row * views + view) * length + i];
      for (let view = 0; view < views; view++) mean[(row * views + view) * length + i] = sum / views;
    }
  }
  const before = await target.values(data);
  const out = new Float32Array(batch * views);
  for (let view = 0; view < views; view++) {
    const after = await target.values(replaced(data, mean, layout, batch, () => 1, [view]));
    for (let row = 0; row < batch; row++) out[row * views + view] = before[row] - after[row];
  }
  return out;
}
