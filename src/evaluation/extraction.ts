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
  const rows = rowsOf(encoder, store, options.windows ?? 4, options.only);
  const collected = new Map<string, { columns: number; features: Float32Array }>();
  for await (const { first, pooled } of featureBatches(encoder, store, rows, options)) {
    for (const [tap, { columns, features }] of pooled) {
      let whole = collected.get(tap);
      if (whole === undefined) {
        whole = { columns, features: new Float32Array(rows.length * columns) };
        collected.set(tap, whole);
      }
      whole.features.set(features, first * columns);
    }
  }
  const facts = factsOf(store, rows, framesSpanned(encoder.presentation));
  return encoder.taps.map((tap) => ({ tap, rows: rows.length, ...collected.get(tap)!, ...facts }));
}

/** Features of neighbouring rows. */
export interface FeatureBatch {
  /** Place of the first row among all. */
  readonly first: number;
  readonly count: number;
  /** By tap, row-major `[count, columns]`. */
  readonly pooled: ReadonlyMap<string, { readonly columns: number; readonly features: Float32Array }>;
}

/** Features batch after batch, for who does not keep them all. */
export async function* featureBatches(
  encoder: Encoder,
  store: FrameStore,
  rows: readonly Row[],
  { dimensions = poolingTargets.lab, pooling, batchSize: wanted = 16, onProgress }: ExtractionOptions,
): AsyncGenerator<FeatureBatch> {
  requireRows(rows, encoder, store);
  const batchSize = encoder.fixedBatch ?? wanted;
  const plans = new Map<string, PoolingPlan>();
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
    const pooled = encoder.taps.map((tap) => {
      const { shape, data } = outputs[tap];
      const plan = plans.get(tap) ?? planPooling(shape.slice(1), dimensions, pooling);
      plans.set(tap, plan);
      const activations = (data as Float32Array).subarray(0, chosen.length * sizeOf(plan.shape));
      const features = poolActivations(activations, chosen.length, plan);
      return [tap, { columns: plan.dimensions, features }] as const;
    });
    yield { first, count: chosen.length, pooled: new Map(pooled) };
    onProgress?.(Math.min(rows.length, first + batchSize), rows.length);
  }
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
