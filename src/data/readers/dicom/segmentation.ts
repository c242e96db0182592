/**
 * DICOM segmentations as masks of the series they were drawn on.
 * @module
 */
import { usageError } from '../../../base/errors.ts';
import type { Frames, FrameWindow, MediaItem, PixelData } from '../../media.ts';
import { difference, dot, type Vector } from '../../patient-space.ts';
import { resolveWindow } from '../../window.ts';
import { type DicomHeader, text, unreadable } from './header.ts';
import { groupsOf, planeOf } from './placement.ts';

/** Directions whose cosine is above this are the same. */
const sameDirection = 0.999;

/**
 * Numbers of segments on the slices of `item`, `[T, H, W, 1]`; where segments overlap the higher number prevails.
 * Throws `data/unreadable` where the segmentation lies on another grid than the item.
 */
export async function segmentOn(
  header: DicomHeader,
  readFrame: (number: number) => Promise<PixelData>,
  item: MediaItem,
  window: FrameWindow,
): Promise<Frames> {
  const { geometry, spacingMm, height, width } = item;
  if (geometry === undefined || spacingMm === undefined) {
    throw usageError('a segmentation fits only a volume whose place in the patient is known', { where: item.id });
  }
  const { start, count, stride } = resolveWindow(window, item.frames);
  const out = new Uint8Array(count * height * width);
  const half = threshold(header);
  const order = Array.from({ length: header.frames }, (_, frame) => ({ frame, segment: segmentOf(header, frame) }));
  for (const { frame, segment } of order.sort((a, b) => a.segment - b.segment)) {
    const group = groupsOf(header, frame);
    const plane = planeOf(group('x00209113') ?? header.dataSet, group('x00209116') ?? header.dataSet);
    if (plane.positionMm === undefined) throw unreadable('it does not say where its segments lie');
    const [slices, rows, columns] = geometry.directions;
    if (dot(plane.rows!, rows) < sameDirection || dot(plane.columns!, columns) < sameDirection) throw otherGrid();
    const offset = difference(plane.positionMm, geometry.originMm);
    const along = (direction: Vector, step: number) => Math.round(dot(offset, direction) / step);
    const slice = along(slices, spacingMm[0]);
    const position = (slice - start) / stride;
    if (!Number.isInteger(position) || position < 0 || position >= count) continue;
    const data = await readFrame(frame);
    const [top, left] = [along(rows, spacingMm[1]), along(columns, spacingMm[2])];
    if (top < 0 || left < 0 || top + header.rows > height || left + header.columns > width) throw otherGrid();
    for (let y = 0; y < header.rows; y++) {
      const to = (position * height + top + y) * width + left;
      for (let x = 0; x < header.columns; x++) if (data[y * header.columns + x] >= half) out[to + x] = segment;
    }
  }
  return { data: out, shape: [count, height, width, 1] };
}

function segmentOf(header: DicomHeader, frame: number): number {
  const number = groupsOf(header, frame)('x0062000a')?.uint16('x0062000b') ?? 1;
  if (number < 1 || number > 255) throw unreadable(`it numbers a segment ${number} instead of 1 to 255`);
  return number;
}

/** Stored value from which a pixel belongs to its segment: half of the largest for fractions, else 1. */
function threshold({ dataSet }: DicomHeader): number {
  if (text(dataSet, 'x00620001') !== 'FRACTIONAL') return 1;
  return (dataSet.uint16('x0062000e') ?? 255) / 2;
}

function otherGrid() {
  return unreadable('its segments lie on another grid than the pictures of the series');
}
