/**
 * Where known structures lie in the inputs that are explained, and how much of a map falls on them: energy inside a mask
 * and the pointing game (methods.md 7.4).
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { DenseLabels, ItemMask } from '../../data/dense-labels.ts';
import type { FrameStore } from '../../data/media.ts';
import type { Presentation } from '../../data/transform/presentation.ts';
import { readMaskCases, shownMask, unlabelled } from '../../evaluation/network/mask-cases.ts';
import type { PretextNetwork, QuestionBatch } from '../pretext-network.ts';
import { differingPlaces, drawnAlike, noisyStore } from '../shortcuts/traced-region.ts';
import { pictureInput } from './pretext-target.ts';
import { type InputLayout, inputLength, mapLength } from './target.ts';

export interface KnownStructures {
  /** Background first. */
  readonly classes: readonly string[];
  /** `[batch, views · frames · height · width]`: class numbers, `unlabelled` where nobody drew. */
  readonly mask: Uint8Array;
}

/** Structures in windows of items as an encoder is shown them; `undefined` where none of them has a mask. */
export async function structuresInWindows(
  store: FrameStore,
  dense: DenseLabels,
  windows: readonly { readonly item: number; readonly start: number }[],
  presentation: Presentation,
): Promise<KnownStructures | undefined> {
  const masks = await Promise.all(windows.map(({ item }) => dense.mask(item)));
  if (masks.every((mask) => mask === undefined)) return undefined;
  const { classes, cases } = await readMaskCases(store, dense, presentation);
  const length = presentation.frames * presentation.size ** 2;
  const mask = new Uint8Array(windows.length * length).fill(unlabelled);
  windows.forEach(({ item, start }, row) => {
    const found = cases.find((entry) => entry.item === item);
    if (found !== undefined) mask.set(shownMask(found, start, presentation), row * length);
  });
  return { classes, mask };
}

/**
 * Structures in pretext questions: the same questions are asked again with noise in each structure, and where they differ
 * is where it went, whatever the sampler cut and turned. `undefined` where no item has a mask or nothing can be traced.
 */
export async function structuresInQuestions(
  network: PretextNetwork,
  batch: QuestionBatch,
  layout: InputLayout,
  {
    store,
    dense,
    items,
    random,
  }: {
    readonly store: FrameStore;
    readonly dense: DenseLabels;
    readonly items: readonly number[];
    /** The stream that the questions were asked with. */
    readonly random: Random;
  },
): Promise<KnownStructures | undefined> {
  const asked = batch.views.map(({ item }) => store.index.items.indexOf(item));
  const masks = new Map<number, ItemMask>();
  for (const item of new Set(asked)) {
    const mask = await dense.mask(item);
    if (mask !== undefined) masks.set(item, mask);
  }
  if (masks.size === 0) return undefined;
  const codes = [...new Set([...masks.values()].flatMap(({ data }) => [...new Set(Array.from(data))]))].filter(Boolean);
  const [length, places] = [inputLength(layout), mapLength(layout)];
  const mask = new Uint8Array(asked.length * places);
  asked.forEach((item, row) => {
    if (!masks.has(item)) mask.fill(unlabelled, row * places, (row + 1) * places);
  });
  const plain = batch.arrays[pictureInput(network)].data as Float32Array;
  for (const [k, code] of codes.entries()) {
    const own = random.split('structure', code);
    const noisy = noisyStore(store, (item, frame) => regionOf(masks.get(item), code, frame, store.sizeOf(item)), own);
    const other = network.ask(noisy, items, random);
    const alike = drawnAlike(batch, other);
    const changed = other.arrays[pictureInput(network)].data as Float32Array;
    for (let row = 0; row < asked.length; row++) {
      const part = (data: Float32Array) => data.subarray(row * length, (row + 1) * length);
      if (!alike[row]) continue;
      const region = differingPlaces(part(plain), part(changed), layout, own.split(row));
      region?.forEach((inside, i) => {
        if (inside === 1 && mask[row * places + i] !== unlabelled) mask[row * places + i] = k + 1;
      });
    }
  }
  const names = Object.assign({}, ...[...masks.values()].map(({ classes }) => classes)) as Record<string, string>;
  return { classes: ['background', ...codes.map((code) => names[code] ?? `class ${code}`)], mask };
}

/** Places of one class in one stored frame, `[H, W]`, by the nearest labelled frame and the nearest place. */
function regionOf(
  mask: ItemMask | undefined,
  code: number,
  frame: number,
  [, height, width]: readonly number[],
): Uint8Array | undefined {
  if (mask === undefined) return undefined;
  const nearest = mask.frames.reduce(
    (best, at, t) => (Math.abs(at - frame) < Math.abs(mask.frames[best] - frame) ? t : best),
    0,
  );
  const base = nearest * mask.height * mask.width;
  return Uint8Array.from({ length: height * width }, (_, i) => {
    const y = Math.floor(((Math.floor(i / width) + 0.5) * mask.height) / height);
    const x = Math.floor((((i % width) + 0.5) * mask.width) / width);
    return mask.data[base + y * mask.width + x] === code ? 1 : 0;
  });
}

export interface StructureScore {
  readonly structure: string;
  /** Inputs in which it shows. */
  readonly inputs: number;
  /** Mean share of |map| inside it, and of the places that are labelled: the same where a map does not care. */
  readonly energy: number;
  readonly area: number;
  /** Share of inputs whose largest place lies in it: the pointing game. Zhang et al., ECCV 2016. */
  readonly hits: number;
}

/** How much of a map, `[batch, places]`, falls on each structure. */
export function structureScores(
  map: Float32Array,
  { classes, mask }: KnownStructures,
  batch: number,
): StructureScore[] {
  const places = map.length / batch;
  return classes.slice(1).map((structure, k) => {
    const shares = Array.from({ length: batch }, (_, row) => scoreOf(map, mask, row * places, places, k + 1));
    const shown = shares.filter(({ area }) => area > 0);
    const mean = (of: (share: (typeof shares)[number]) => number) =>
      shown.length === 0 ? 0 : shown.reduce((sum, share) => sum + of(share), 0) / shown.length;
    return {
      structure,
      inputs: shown.length,
      energy: mean(({ energy }) => energy),
      area: mean(({ area }) => area),
      hits: mean(({ hit }) => hit),
    };
  });
}

function scoreOf(map: Float32Array, mask: Uint8Array, from: number, places: number, structure: number) {
  let [inside, whole, count, known, best] = [0, 0, 0, 0, -1];
  for (let i = from; i < from + places; i++) {
    if (mask[i] === unlabelled) continue;
    const value = Math.abs(map[i]);
    whole += value;
    known++;
    if (mask[i] === structure) {
      inside += value;
      count++;
    }
    if (best < 0 || value > Math.abs(map[best])) best = i;
  }
  return {
    energy: whole > 0 ? inside / whole : 0,
    area: known > 0 ? count / known : 0,
    hit: best >= 0 && mask[best] === structure ? 1 : 0,
  };
}
