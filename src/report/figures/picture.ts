/**
 * Pixels in figures: a frame of a picture as an embedded PNG, never interpolated, on the neutral mat, in its physical
 * aspect, with a scale bar where the spacing is known.
 * @module
 */
import type { Overlay } from '../../explanation/finding.ts';
import type { Picture } from '../../pretext/drawing.ts';
import { type Markup, markup } from '../markup.ts';
import { cividis, diverging, mat } from '../palette.ts';
import { pngDataUri } from '../png.ts';
import { label, round } from './figure.ts';

/**
 * One frame as a data URI; values 0 to 1, anything outside is cut off. Squares of `factor` × `factor` pixels become one,
 * their mean; a last row or column that fills no square is left out.
 */
export function frameUri(picture: Picture, frame: number, factor = 1): string {
  const [, rows, columns, channels] = picture.shape;
  const [height, width] = [Math.floor(rows / factor), Math.floor(columns / factor)];
  const start = frame * rows * columns * channels;
  const data = new Uint8Array(height * width * channels);
  for (let i = 0; i < data.length; i++) {
    const channel = i % channels;
    const x = (Math.floor(i / channels) % width) * factor;
    const y = Math.floor(i / (channels * width)) * factor;
    let sum = 0;
    for (let dy = 0; dy < factor; dy++) {
      for (let dx = 0; dx < factor; dx++)
        sum += picture.data[start + ((y + dy) * columns + x + dx) * channels + channel];
    }
    data[i] = Math.round(Math.min(1, Math.max(0, sum / (factor * factor))) * 255);
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

/**
 * A frame at a place and a size. Enlarged pixels stay squares; a picture shown smaller than it is is averaged, to about
 * two pixels for one of the page, so that fine screens lose nothing and files stay small.
 */
export function frameImage(
  picture: Picture,
  frame: number,
  x: number,
  y: number,
  width: number,
  height: number,
): Markup {
  const columns = picture.shape[2];
  const factor = Math.max(1, Math.floor(columns / (2 * width)));
  const rendering = width >= columns && markup` style="image-rendering:pixelated"`;
  return markup`<image x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" preserveAspectRatio="none"${rendering} href="${frameUri(picture, frame, factor)}"/>`;
}

/**
 * One frame of a map over a picture: the colour says how much, and what is near zero lets the picture through. The scale
 * is that of the whole map, so that frames of a clip compare.
 */
export function overlayImage(
  { data, shape: [, rows, columns], scale }: Overlay,
  frame: number,
  x: number,
  y: number,
  width: number,
  height: number,
): Markup {
  // Signed maps keep their zero; others go from their least to their greatest value.
  const least =
    scale === 'diverging' ? 0 : data.reduce((smallest, value) => Math.min(smallest, value), Number.POSITIVE_INFINITY);
  const most = data.reduce((largest, value) => Math.max(largest, Math.abs(value - least)), 0) || 1;
  const pixels = new Uint8Array(rows * columns * 4);
  for (let i = 0; i < rows * columns; i++) {
    const value = (data[frame * rows * columns + i] - least) / most;
    const colour = scale === 'diverging' ? diverging(value) : cividis(value);
    pixels.set([...colour, Math.round(230 * Math.min(1, Math.abs(value)) ** 0.7)], i * 4);
  }
  return markup`<image x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${pngDataUri({ width: columns, height: rows, channels: 4, data: pixels })}"/>`;
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
