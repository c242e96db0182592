/**
 * What is known about places in an item, carried along when part of it is kept: cut to the field of view, read at another
 * rate, resampled to a spacing.
 * @module
 */
import type { ItemMask, ItemPoints } from './dense-labels.ts';
import type { Annotation, Box, Geometry, MediaItem, Placement, Point } from './media.ts';

/** What is kept, before it is made smaller for the store. */
export type ItemSize = Pick<MediaItem, 'frames' | 'height' | 'width'>;

/** Boxes of which less than this share was kept are left out. */
const leastOfBox = 0.5;

/** The item as the kept part shows it. Masks stay as they are: see `placedMask`. */
export function placedItem(item: MediaItem, placement: Placement, size: ItemSize): MediaItem {
  const { spacingMm, geometry, frameLabels, annotations } = item;
  const steps = spacingMm === undefined ? undefined : placedSpacing(spacingMm, placement, size);
  const sources = Array.from({ length: size.frames }, (_, frame) => sourceFrame(frame, placement, size));
  return {
    ...item,
    frames: size.frames,
    height: size.height,
    width: size.width,
    placement,
    ...(steps === undefined ? {} : { spacingMm: steps }),
    ...(geometry === undefined || steps === undefined
      ? {}
      : { geometry: placedGeometry(geometry, spacingMm!, steps, placement) }),
    ...(frameLabels === undefined
      ? {}
      : {
          frameLabels: Object.fromEntries(
            Object.entries(frameLabels).map(([name, values]) => [name, sources.map((source) => values[source])]),
          ),
        }),
    ...(annotations === undefined
      ? {}
      : { annotations: annotations.map((annotation) => placedAnnotation(annotation, placement, size)) }),
  };
}

/** The frame, of the item as it is read, that a kept frame shows. */
function sourceFrame(frame: number, { frames, chosen }: Placement, size: ItemSize): number {
  return chosen?.[frame] ?? nearest(frame, size.frames, frames);
}

/** Position on a grid of `to` steps that lies nearest to position `i` of `from`. */
function nearest(i: number, from: number, to: number): number {
  return Math.min(to - 1, Math.floor(((i + 0.5) * to) / from));
}

/** Every kept frame that shows this one: none where the rate passes over it, several where slices were added. */
function keptFrames(frame: number, placement: Placement, size: ItemSize): number[] {
  const all = Array.from({ length: size.frames }, (_, kept) => kept);
  const showing = all.filter((kept) => sourceFrame(kept, placement, size) === frame);
  if (showing.length > 0 || placement.chosen !== undefined) return showing;
  return [nearest(frame, placement.frames, size.frames)];
}

function placedAnnotation(annotation: Annotation, placement: Placement, size: ItemSize): Annotation {
  if (annotation.type === 'boxes') {
    return { ...annotation, boxes: annotation.boxes.flatMap((box) => placedBoxes(box, placement, size)) };
  }
  if (annotation.type === 'points') {
    return { ...annotation, points: annotation.points.flatMap((point) => placedPoints(point, placement, size)) };
  }
  return annotation;
}

/** One thing in every kept frame that shows its own; in all where it names none. */
function onFrames<T extends { readonly frame?: number }>(placed: T, placement: Placement, size: ItemSize): T[] {
  if (placed.frame === undefined) return [placed];
  return keptFrames(placed.frame, placement, size).map((frame) => ({ ...placed, frame }));
}

function placedBoxes(box: Box, placement: Placement, size: ItemSize): Box[] {
  const { box: part } = placement;
  const left = Math.max(0, box.x - part.x);
  const top = Math.max(0, box.y - part.y);
  const width = Math.min(part.width, box.x + box.width - part.x) - left;
  const height = Math.min(part.height, box.y + box.height - part.y) - top;
  if (width <= 0 || height <= 0 || width * height < leastOfBox * box.width * box.height) return [];
  const across = size.width / part.width;
  const down = size.height / part.height;
  const placed = { ...box, x: left * across, y: top * down, width: width * across, height: height * down };
  return onFrames(placed, placement, size);
}

/** Points are counted from the centre of the first pixel. */
function placedPoints(point: Point, placement: Placement, size: ItemSize): Point[] {
  const { box: part } = placement;
  const x = ((point.x + 0.5 - part.x) * size.width) / part.width - 0.5;
  const y = ((point.y + 0.5 - part.y) * size.height) / part.height - 0.5;
  const inside = x >= -0.5 && y >= -0.5 && x <= size.width - 0.5 && y <= size.height - 0.5;
  return inside ? onFrames({ ...point, x, y }, placement, size) : [];
}

/** Points of frames of the item as it is read, in those of the kept part. */
export function placedItemPoints(all: readonly ItemPoints[], placement: Placement, size: ItemSize): ItemPoints[] {
  const byFrame = new Map<number, Point[]>();
  for (const { frame, points } of all) {
    for (const kept of keptFrames(frame, placement, size)) {
      const placed = points.flatMap((point) => placedPoints({ ...point, frame: undefined }, placement, size));
      byFrame.set(kept, [...(byFrame.get(kept) ?? []), ...placed.map(({ frame: _, ...point }) => point)]);
    }
  }
  return [...byFrame].sort(([a], [b]) => a - b).map(([frame, points]) => ({ frame, points }));
}

/** A mask of the item as it is read, on the kept part: each place has the class number of the nearest. */
export function placedMask(mask: ItemMask, placement: Placement, size: ItemSize): ItemMask {
  const { box } = placement;
  const order = new Map(mask.frames.map((frame, position) => [frame, position]));
  const shown = Array.from({ length: size.frames }, (_, frame) => frame).flatMap((frame) => {
    const position = order.get(sourceFrame(frame, placement, size));
    return position === undefined ? [] : [{ frame, position }];
  });
  const data = new Int32Array(shown.length * size.height * size.width);
  let at = 0;
  for (const { position } of shown) {
    for (let y = 0; y < size.height; y++) {
      const row = (position * mask.height + box.y + nearest(y, size.height, box.height)) * mask.width + box.x;
      for (let x = 0; x < size.width; x++) data[at++] = mask.data[row + nearest(x, size.width, box.width)];
    }
  }
  return { ...mask, frames: shown.map(({ frame }) => frame), data, height: size.height, width: size.width };
}

type Steps = readonly [slices: number, rows: number, columns: number];

function placedSpacing([slices, rows, columns]: Steps, { frames, box, chosen }: Placement, size: ItemSize): Steps {
  return [
    chosen === undefined ? (slices * frames) / size.frames : slices,
    (rows * box.height) / size.height,
    (columns * box.width) / size.width,
  ];
}

/** The centre of the first kept voxel; the extent of the volume stays where it is. */
function placedGeometry(geometry: Geometry, before: Steps, after: Steps, { box }: Placement): Geometry {
  const corner = [0, box.y, box.x];
  const shifts = before.map((step, axis) => corner[axis] * step + (after[axis] - step) / 2);
  const at = (k: 0 | 1 | 2) =>
    geometry.originMm[k] + shifts.reduce((sum, shift, axis) => sum + shift * geometry.directions[axis][k], 0);
  return { ...geometry, originMm: [at(0), at(1), at(2)] };
}
