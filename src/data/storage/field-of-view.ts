/**
 * The scanned part of an item that is being stored: found as `sonde data inspect` finds it, then masked or cut out.
 * @module
 */
import type { Frames, FrameWindow, MediaItem } from '../media.ts';
import type { Preparation } from '../preparation.ts';
import type { Place } from '../quality/convex-hull.ts';
import { scanItem } from '../quality/scan.ts';
import { type Box, crop } from '../transform/crop.ts';
import type { Pixels } from '../transform/pixels.ts';
import { boxOfOutline, maskOutline } from '../transform/sector-crop.ts';

/** What of a picture is kept: the box, black outside the outline and inside the text. */
export interface Region {
  readonly box: Box;
  readonly outline?: readonly Place[];
  readonly text: readonly Box[];
  /** Stored intensity of black. */
  readonly black: number;
}

/** `undefined` where the whole picture stays as it is. */
export async function fieldOfViewOf(
  item: MediaItem,
  how: Preparation['fieldOfView'],
  read: (window: FrameWindow) => Promise<Frames>,
): Promise<Region | undefined> {
  if (how === undefined || (item.kind !== 'clip' && item.kind !== 'image')) return undefined;
  const { fieldOfView, text } = await scanItem(item, read);
  if (fieldOfView === undefined && text.length === 0) return undefined;
  const { height, width } = item;
  const outline = fieldOfView?.outline;
  const box =
    how === 'crop' && outline !== undefined ? boxOfOutline(outline, height, width) : { x: 0, y: 0, height, width };
  return { box, ...(outline === undefined ? {} : { outline }), text, black: item.intensityRange[0] };
}

export function regionAlone(frames: Pixels, { box, outline, text, black }: Region): Pixels {
  const masked = maskOutline(frames, outline, text, black);
  const [, height, width] = frames.shape;
  return box.height === height && box.width === width ? masked : crop(masked, box);
}
