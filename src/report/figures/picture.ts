/**
 * Pixels in figures: a frame of a picture as an embedded PNG, never interpolated, on the neutral mat, in its physical
 * aspect, with a scale bar where the spacing is known.
 * @module
 */
import type { Picture } from '../../pretext/drawing.ts';
import { type Markup, markup } from '../markup.ts';
import { mat } from '../palette.ts';
import { pngDataUri } from '../png.ts';
import { label, round } from './figure.ts';

/** One frame as a data URI; values 0 to 1, anything outside is cut off. */
export function frameUri(picture: Picture, frame: number): string {
  const [, height, width, channels] = picture.shape;
  const size = height * width * channels;
  const data = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    data[i] = Math.round(Math.min(1, Math.max(0, picture.data[frame * size + i])) * 255);
  }
  return pngDataUri({ width, height, channels: channels === 3 ? 3 : 1, data });
}

/** Frame numbers spread evenly over a clip, the first and the last among them. */
export function framesShown(frames: number, most: number): number[] {
  const count = Math.min(frames, most);
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, i) => Math.round((i * (frames - 1)) / (count - 1)));
}

/** Height over width of one pixel. */
export function pixelAspect({ spacingMm }: Picture): number {
  return spacingMm === undefined || !(spacingMm[0] > 0 && spacingMm[1] > 0) ? 1 : spacingMm[0] / spacingMm[1];
}

/** A frame at a place and a size. */
export function frameImage(
  picture: Picture,
  frame: number,
  x: number,
  y: number,
  width: number,
  height: number,
): Markup {
  return markup`<image x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${frameUri(picture, frame)}"/>`;
}

/** The mat under pictures. */
export function matRectangle(x: number, y: number, width: number, height: number): Markup {
  return markup`<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${mat.ground}"/>`;
}

/** A bar of a round length, at most half as long as the picture is wide, its right end at `x`. */
export function scaleBar(picture: Picture, x: number, y: number, pixelsAcross: number): Markup | undefined {
  if (picture.spacingMm === undefined || !(picture.spacingMm[1] > 0)) return undefined;
  const mmAcross = picture.shape[2] * picture.spacingMm[1];
  const length = [100, 50, 20, 10, 5, 2, 1].find((mm) => mm <= mmAcross / 2);
  if (length === undefined) return undefined;
  const bar = (length / mmAcross) * pixelsAcross;
  return markup`<path d="M${round(x - bar)} ${round(y)}H${round(x)}" stroke="${mat.ink}" stroke-width="2"/>${label(x, y + 15, `${length} mm`, { anchor: 'end', fill: mat.secondary })}`;
}
