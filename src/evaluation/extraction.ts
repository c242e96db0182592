/**
 * Features of every tap, extracted once: each item is shown in a few windows, each tap pooled to a bounded size.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import type { FrameStore, Label, SplitPart } from '../data/media.ts';
import { partOf } from '../data/split.ts';
import { framesSpanned, present, windowShown } from '../data/transform/presentation.ts';
import type { Encoder } from './encoder.ts';
import type { FeatureTable } from './feature-table.ts';
import { type PoolingPlan, planPooling, poolActivations, poolingTargets } from './pooling.ts';

export interface ExtractionOptions {
  /** Windows of a clip (or pictures of one), evenly spaced. Default 4; items too short give fewer. */
  readonly windows?: number;
  /** Features a tap, about. */
  readonly dimensions?: number;
  /** How cells of an activation become one feature; default their average. */
  readonly pooling?: PoolingPlan['kind'];
  readonly batchSize?: number;
  /** Items to leave out, by position. */
  readonly only?: readonly number[];
  readonly onProgress?: (done: number, total: number) => void;
}

/** One window of one item. */
export interface Row {
  readonly item: number;
  readonly start: number;
}

/** One table a tap, first layer to last, all with the same rows. Items too short for one window are left out. */
export async function extractFeatures(
  encoder: Encoder,
  store: FrameStore,
  options: ExtractionOptions = {},
): Promise<FeatureTable[]> {
  const { windows = 4, dimensions = poolingTargets.lab, pooling, onProgress } = options;
  const rows = rowsOf(encoder, store, windows, options.only);
  requireRows(rows, encoder, store);
  const batchSize = encoder.fixedBatch ?? options.batchSize ?? 16;
  const facts = factsOf(store, rows, framesSpanned(encoder.presentation));
  const collectors = new Map<string, Collector>();
  let pixels = new Float32Array(0);
  for (let first = 0; first < rows.length; first += batchSize) {
    const chosen = rows.slice(first, first + batchSize);
    const shown = chosen.map(({ item, start }) => showWindow(encoder, store, item, start));
    const length = shown[0].length;
    if (pixels.length < batchSize * length) pixels = new Float32Array(batchSize * length);
    shown.forEach((data, i) => {
      pixels.set(data, i * length);
    });
    const outputs = await encoder.encode(pixels, encoder.fixedBatch ?? chosen.length);
    for (const tap of encoder.taps) {
      const { shape, data } = outputs[tap];
      let collector = collectors.get(tap);
      if (collector === undefined) {
        collector = new Collector(planPooling(shape.slice(1), dimensions, pooling), rows.length);
        collectors.set(tap, collector);
      }
      collector.add(data as Float32Array, chosen.length);
    }
    onProgress?.(Math.min(rows.length, first + batchSize), rows.length);
  }
  return encoder.taps.map((tap) => {
    const { features, plan } = collectors.get(tap)!;
    return { tap, rows: rows.length, columns: plan.dimensions, features, ...facts };
  });
}

/** Throws `data/unsuitable` where no item is long enough. */
export function requireRows(rows: readonly Row[], { presentation }: Pick<Encoder, 'presentation'>, store: FrameStore) {
  if (rows.length > 0) return;
  const { frames } = presentation;
  throw new SondeError('data/unsuitable', `no item of ${store.index.name} has the ${frames} frames the encoder takes`, {
    hint: 'choose other data, or train with fewer frames (--set frames=…)',
  });
}

/** The input for one window, `[C, T, H, W]`. */
function showWindow({ presentation }: Encoder, store: FrameStore, item: number, start: number): Float32Array {
  return present(store.read(item, windowShown(presentation, start)), presentation);
}

/** The windows in which the items of a store are shown, evenly spaced; items too short for one are left out. */
export function rowsOf(
  { presentation }: Pick<Encoder, 'presentation'>,
  store: FrameStore,
  windows: number,
  only?: readonly number[],
): Row[] {
  const span = framesSpanned(presentation);
  const rows: Row[] = [];
  for (const item of only ?? store.index.items.keys()) {
    const [frames] = store.sizeOf(item);
    const last = frames - span;
    if (last < 0) continue;
    const count = presentation.whole ? 1 : Math.min(windows, last + 1);
    for (let k = 0; k < count; k++) {
      rows.push({ item, start: count === 1 ? Math.floor(last / 2) : Math.round((k * last) / (count - 1)) });
    }
  }
  return rows;
}

/** What is known of each row: the item's labels, and those of the window's middle frame. */
export function factsOf({ index }: FrameStore, rows: readonly Row[], span: number) {
  const names = new Set(
    index.items.flatMap((item) => [...Object.keys(item.labels), ...Object.keys(item.frameLabels ?? {})]),
  );
  const labels: Record<string, (Label | undefined)[]> = {};
  for (const name of names) {
    labels[name] = rows.map(({ item, start }) => {
      const { labels: own, frameLabels } = index.items[item];
      return own[name] ?? frameLabels?.[name]?.[start + Math.floor(span / 2)];
    });
  }
  return {
    items: rows.map(({ item }) => index.items[item].id),
    patients: rows.map(({ item }) => index.items[item].patient),
    frames: rows.map(({ start }) => start),
    parts: rows.map(({ item }): SplitPart => partOf(index.split, index.items[item])),
    labels,
  };
}

class Collector {
  readonly plan: PoolingPlan;
  readonly features: Float32Array;
  #filled = 0;

  constructor(plan: PoolingPlan, rows: number) {
    this.plan = plan;
    this.features = new Float32Array(rows * plan.dimensions);
  }

  add(activations: Float32Array, count: number): void {
    const size = sizeOf(this.plan.shape);
    const pooled = poolActivations(activations.subarray(0, count * size), count, this.plan);
    this.features.set(pooled, this.#filled * this.plan.dimensions);
    this.#filled += count;
  }
}
