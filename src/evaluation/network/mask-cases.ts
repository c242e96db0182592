/**
 * Masks of a data set as a network is told them, and its answers brought back onto the pixels of the masks.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { DenseLabels, ItemMask } from '../../data/dense-labels.ts';
import type { FrameStore, SplitPart } from '../../data/media.ts';
import { partOf } from '../../data/split.ts';
import { centreBox } from '../../data/transform/crop.ts';
import { framesSpanned, type Presentation } from '../../data/transform/presentation.ts';
import { resizeVolume } from '../../data/transform/resize-volume.ts';
import type { ExamplePart, Examples } from '../examples.ts';
import type { Row } from '../extraction.ts';

/** Class number of places that nobody labelled. */
export const unlabelled = 255;

/** One item with its mask, in class numbers from 0 (background) on, cut to what the network is shown. */
export interface MaskCase {
  readonly item: number;
  /** The labelled frames; all of them for a volume. */
  readonly frames: readonly number[];
  /** `[frames, height, width]` */
  readonly mask: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** Between slices, rows and columns; 1 where the data do not say. */
  readonly spacing: readonly [number, number, number];
  /** A volume is judged as a whole; frames of a clip one by one. */
  readonly whole: boolean;
}

export interface MaskCases {
  /** Background first. */
  readonly classes: readonly string[];
  readonly cases: readonly MaskCase[];
  /** Whether distances are millimetres. */
  readonly millimetres: boolean;
}

/** Reads every mask once. Throws `data/unsuitable` where there is none, or no class but the background. */
export async function readMaskCases(
  store: FrameStore,
  labels: DenseLabels | undefined,
  presentation: Presentation,
  onItem?: (done: number, total: number) => void,
): Promise<MaskCases> {
  const span = framesSpanned(presentation);
  const { items } = store.index;
  const found: { item: number; mask: ItemMask }[] = [];
  for (const item of items.keys()) {
    const mask = store.sizeOf(item)[0] < span ? undefined : await labels?.mask(item);
    if (mask !== undefined) found.push({ item, mask });
    onItem?.(item + 1, items.length);
  }
  if (found.length === 0) {
    throw new SondeError('data/unsuitable', `no item of ${store.index.name} has a mask to segment`, {
      hint: 'put masks beside the pictures (a folder labels/ or masks/ with the same names), or name them in the table',
    });
  }
  const names = new Map<number, string>();
  for (const { mask } of found) {
    for (const [code, name] of Object.entries(mask.classes)) names.set(Number(code), name);
    for (let i = 0; i < mask.data.length; i++)
      if (!names.has(mask.data[i])) names.set(mask.data[i], `class ${mask.data[i]}`);
  }
  names.delete(0);
  const codes = [...names.keys()].sort((a, b) => a - b);
  if (codes.length === 0) {
    throw new SondeError('data/unsuitable', `the masks of ${store.index.name} hold nothing but background`);
  }
  const numberOf = new Map(codes.map((code, k) => [code, k + 1]));
  return {
    classes: ['background', ...codes.map((code) => names.get(code)!)],
    cases: found.map(({ item, mask }) => asCase(store, item, mask, numberOf, presentation)),
    millimetres: found.every(({ item }) => items[item].spacingMm !== undefined),
  };
}

function asCase(
  store: FrameStore,
  item: number,
  { frames, data, height, width }: ItemMask,
  numberOf: ReadonlyMap<number, number>,
  presentation: Presentation,
): MaskCase {
  const side = Math.min(height, width);
  const box = presentation.whole ? { x: 0, y: 0, width, height } : centreBox(height, width, side, side);
  const mask = new Uint8Array(frames.length * box.height * box.width);
  let at = 0;
  for (let t = 0; t < frames.length; t++) {
    for (let y = box.y; y < box.y + box.height; y++) {
      for (let x = box.x; x < box.x + box.width; x++)
        mask[at++] = numberOf.get(data[(t * height + y) * width + x]) ?? 0;
    }
  }
  const { kind, spacingMm } = store.index.items[item];
  return {
    item,
    frames,
    mask,
    height: box.height,
    width: box.width,
    spacing: spacingMm ?? [1, 1, 1],
    whole: kind === 'volume',
  };
}

/** Windows that show every labelled frame of a case, as few as may be. */
export function windowsOf({ item, frames }: MaskCase, store: FrameStore, presentation: Presentation): Row[] {
  if (presentation.whole) return [{ item, start: 0 }];
  const last = store.sizeOf(item)[0] - framesSpanned(presentation);
  const covered = new Set<number>();
  const rows: Row[] = [];
  for (const frame of frames) {
    if (covered.has(frame)) continue;
    // The window begins at the frame, or as many steps before it as the end of the clip demands.
    const steps = Math.max(0, Math.ceil((frame - last) / presentation.stride));
    const start = frame - steps * presentation.stride;
    rows.push({ item, start });
    for (const shown of framesShown(presentation, start)) covered.add(shown);
  }
  return rows;
}

export function framesShown({ frames, stride }: Presentation, start: number): number[] {
  return Array.from({ length: frames }, (_, k) => start + k * stride);
}

/** The mask of a window on the network's own grid, `[T, S, S]`, by the nearest place; `unlabelled` where nobody drew one. */
export function shownMask(found: MaskCase, start: number, presentation: Presentation): Uint8Array {
  const { frames: depth, size } = presentation;
  const { frames, mask, height, width } = found;
  const shown = new Uint8Array(depth * size * size).fill(unlabelled);
  const nearest = (i: number, from: number, to: number) => Math.min(from - 1, Math.floor(((i + 0.5) * from) / to));
  const order = new Map(frames.map((frame, t) => [frame, t]));
  const sources = presentation.whole
    ? Array.from({ length: depth }, (_, z) => nearest(z, frames.length, depth))
    : framesShown(presentation, start).map((frame) => order.get(frame));
  sources.forEach((t, z) => {
    if (t === undefined) return;
    for (let y = 0; y < size; y++) {
      const from = (t * height + nearest(y, height, size)) * width;
      for (let x = 0; x < size; x++) shown[(z * size + y) * size + x] = mask[from + nearest(x, width, size)];
    }
  });
  return shown;
}

/** Collects a case's answers window by window; class numbers on the mask's own pixels come out. */
export class CaseAnswer {
  readonly #case: MaskCase;
  readonly #presentation: Presentation;
  readonly #sums: Float32Array;
  readonly #classes: number;

  constructor(found: MaskCase, presentation: Presentation, classes: number) {
    this.#case = found;
    this.#presentation = presentation;
    this.#classes = classes;
    this.#sums = new Float32Array(found.mask.length * classes);
  }

  /** @param scores `[K, T, S, S]`, more for what is likelier */
  add(start: number, scores: Float32Array): void {
    const { frames: depth, size, whole } = this.#presentation;
    const { frames, height, width } = this.#case;
    const classes = this.#classes;
    const places = depth * size * size;
    const last = new Float32Array(scores.length);
    for (let k = 0; k < classes; k++) for (let i = 0; i < places; i++) last[i * classes + k] = scores[k * places + i];
    const grown = resizeVolume(
      { data: last, shape: [depth, size, size, classes] },
      whole ? frames.length : depth,
      height,
      width,
    ).data;
    const step = height * width * classes;
    const order = new Map(frames.map((frame, t) => [frame, t]));
    const targets = whole ? frames.map((_, t) => t) : framesShown(this.#presentation, start).map((f) => order.get(f));
    targets.forEach((t, z) => {
      if (t === undefined) return;
      for (let i = 0; i < step; i++) this.#sums[t * step + i] += grown[z * step + i];
    });
  }

  /** The likeliest class of every place. */
  classes(): Uint8Array {
    return Uint8Array.from({ length: this.#case.mask.length }, (_, i) => {
      let best = 0;
      for (let k = 1; k < this.#classes; k++) {
        if (this.#sums[i * this.#classes + k] > this.#sums[i * this.#classes + best]) best = k;
      }
      return best;
    });
  }
}

/** Cases as examples: a unit a case, a row a window. Throws `evaluation/labels` for a part without masks. */
export function maskExamples(
  store: FrameStore,
  { cases }: MaskCases,
  presentation: Presentation,
): { readonly rows: readonly { readonly row: Row; readonly found: MaskCase }[]; readonly examples: Examples } {
  const rows: { row: Row; found: MaskCase }[] = [];
  const parts = {} as Record<SplitPart, ExamplePart>;
  const { items, split, name } = store.index;
  for (const part of ['train', 'validation', 'test'] as const) {
    const own: number[] = [];
    const unitOfRow: number[] = [];
    const units: ExamplePart['units'][number][] = [];
    for (const found of cases) {
      const item = items[found.item];
      if (partOf(split, item) !== part) continue;
      units.push({ item: item.id, patient: item.patient, target: 0 });
      for (const row of windowsOf(found, store, presentation)) {
        own.push(rows.push({ row, found }) - 1);
        unitOfRow.push(units.length - 1);
      }
    }
    if (units.length === 0) {
      throw new SondeError('evaluation/labels', `no item of the ${part} part of ${name} has a mask`, {
        hint: 'split the data again, or draw masks for patients of every part',
      });
    }
    parts[part] = {
      rows: Int32Array.from(own),
      targets: new Float64Array(own.length),
      unitOfRow: Int32Array.from(unitOfRow),
      units,
    };
  }
  return { rows, examples: parts };
}
