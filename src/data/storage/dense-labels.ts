/**
 * Masks and key points of an opened data set: of the files that annotations name, or of a phantom's own truth.
 * @module
 */
import type { DenseLabels, ItemMask, ItemPoints } from '../dense-labels.ts';
import type { Annotation, MediaItem, MediaSource, Point } from '../media.ts';
import { chamberNames, type Phantom } from '../phantom/index.ts';
import { placedItemPoints, placedMask } from '../placement.ts';
import type { FolderSource } from './folder-source.ts';
import type { OpenedDataset } from './open-dataset.ts';

type MaskAnnotation = Extract<Annotation, { type: 'mask' }>;

export function denseLabels({ source, store }: Pick<OpenedDataset, 'source' | 'store'>): DenseLabels {
  const places = new Map(source.items.map((item, place) => [item.id, place]));
  const placeOf = (item: number) => places.get(store.index.items[item].id)!;
  const onWhole: DenseLabels = isPhantom(source)
    ? {
        mask: async (item) => phantomMask(source, placeOf(item)),
        points: async (item) => phantomPoints(source, placeOf(item)),
      }
    : {
        mask: (item) => filedMask(source, source.items[placeOf(item)]),
        points: async (item) => annotatedPoints(source.items[placeOf(item)]),
      };
  return {
    async mask(item) {
      const mask = await onWhole.mask(item);
      const kept = store.index.items[item];
      return mask === undefined || kept.placement === undefined ? mask : placedMask(mask, kept.placement, kept);
    },
    async points(item) {
      const points = await onWhole.points(item);
      const kept = store.index.items[item];
      return kept.placement === undefined ? points : placedItemPoints(points, kept.placement, kept);
    },
  };
}

function isPhantom(source: MediaSource): source is Phantom {
  return 'truth' in source;
}

/** Of several masks those of the first name. */
async function filedMask(source: MediaSource, item: MediaItem): Promise<ItemMask | undefined> {
  if (!('readMask' in source)) return undefined;
  const all = (item.annotations ?? []).filter((entry): entry is MaskAnnotation => entry.type === 'mask');
  const named = all.filter(({ name }) => name === all[0].name).sort((a, b) => (a.frame ?? 0) - (b.frame ?? 0));
  if (named.length === 0) return undefined;
  const folder = source as FolderSource;
  const whole = named.find(({ frame }) => frame === undefined);
  const used = whole === undefined ? named : [whole];
  const parts: ArrayLike<number>[] = [];
  for (const annotation of used) parts.push((await folder.readMask(item, annotation)).data);
  return {
    frames: whole === undefined ? used.map(({ frame }) => frame!) : Array.from({ length: item.frames }, (_, i) => i),
    data: parts.length === 1 ? parts[0] : parts.flatMap((part) => Array.from(part)),
    height: item.height,
    width: item.width,
    classes: used[0].classes ?? {},
  };
}

function annotatedPoints(item: MediaItem): ItemPoints[] {
  const byFrame = new Map<number, Point[]>();
  for (const annotation of item.annotations ?? []) {
    if (annotation.type !== 'points') continue;
    for (const point of annotation.points) {
      const frame = point.frame ?? 0;
      byFrame.set(frame, [...(byFrame.get(frame) ?? []), point]);
    }
  }
  return [...byFrame].sort(([a], [b]) => a - b).map(([frame, points]) => ({ frame, points }));
}

/** Two frames of every recording, the first and the middle one: solving the field for all of them takes long. */
function phantomFrames({ frames }: MediaItem): number[] {
  return frames < 2 ? [0] : [0, Math.floor(frames / 2)];
}

function phantomMask(phantom: Phantom, place: number): ItemMask {
  const item = phantom.items[place];
  const frames = phantomFrames(item);
  const size = item.height * item.width;
  const data = new Uint8Array(frames.length * size);
  frames.forEach((frame, i) => {
    const { masks } = phantom.truth(place, frame);
    chamberNames.forEach((name, k) => {
      masks[name]?.forEach((inside, pixel) => {
        if (inside) data[i * size + pixel] = k + 1;
      });
    });
  });
  const classes = Object.fromEntries(chamberNames.map((name, k) => [String(k + 1), name]));
  return { frames, data, height: item.height, width: item.width, classes };
}

function phantomPoints(phantom: Phantom, place: number): ItemPoints[] {
  return phantomFrames(phantom.items[place]).map((frame) => ({
    frame,
    points: Object.entries(phantom.truth(place, frame).keyPoints).map(([label, { row, column }]) => ({
      label,
      x: column,
      y: row,
    })),
  }));
}
