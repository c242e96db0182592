/**
 * Pictures in rows: thumbnails of a data set, or what each tap of a network makes of a picture.
 * @module
 */
import type { Overlay } from '../../explanation/finding.ts';
import type { Picture } from '../../pretext/drawing.ts';
import { type Markup, markup } from '../markup.ts';
import { mat } from '../palette.ts';
import { figure, LINE_HEIGHT, label, round, twoLines } from './figure.ts';
import { frameImage, matRectangle, overlayImage, pixelAspect, scaleBar } from './picture.ts';

export interface CaptionedPicture {
  readonly picture: Picture;
  readonly caption?: string;
  /** Which frame of a clip is shown; the middle one where absent. */
  readonly frame?: number;
  /** A map drawn over it, on its grid. */
  readonly overlay?: Overlay;
  /** Closed lines drawn over it, `[x, y]` in its pixels. */
  readonly outlines?: readonly (readonly (readonly [x: number, y: number])[])[];
}

export interface PictureRow {
  readonly label?: string;
  readonly pictures: readonly CaptionedPicture[];
}

export interface PictureGrid {
  readonly title: string;
  readonly description: string;
  readonly rows: readonly PictureRow[];
}

const PAD = 8;
const GAP = 8;

/** Draws rows of pictures of one width on one mat; `columns` is how many fit beside each other. */
export function pictureGrid({ title, description, rows }: PictureGrid, { width = 720, columns = 8 } = {}): string {
  const across = Math.min(columns, Math.max(1, ...rows.map((row) => row.pictures.length)));
  const cell = Math.min(168, (width - 2 * PAD - GAP * (across - 1)) / across);
  const parts: Markup[] = [];
  let y = PAD;
  for (const row of rows) {
    if (row.label !== undefined) parts.push(label(PAD, (y += LINE_HEIGHT) - 5, row.label, { fill: mat.ink }));
    const lines = Math.max(0, ...row.pictures.map(({ caption }) => (caption ? twoLines(caption, cell).length : 0)));
    const barred = row.pictures.some(({ picture }) => picture.spacingMm !== undefined);
    for (let start = 0; start < row.pictures.length; start += across) {
      const line = row.pictures.slice(start, start + across);
      const tallest = Math.max(...line.map(({ picture }) => sizeIn(picture, cell)[1]));
      parts.push(...line.map((entry, i) => drawCell(entry, PAD + i * (cell + GAP), y, cell, tallest, barred)));
      y += tallest + lines * LINE_HEIGHT + (barred ? 26 : 0) + GAP;
    }
  }
  const total = 2 * PAD + across * cell + (across - 1) * GAP;
  const body = markup`${matRectangle(0, 0, total, y)}
${parts.map((part) => markup`${part}\n`)}`;
  return figure({ width: total, height: y, title, description, body });
}

/** Taller pictures are drawn narrower than their cell. */
const tallestCell = 1.5;

/** Width and height in a cell of the given width. */
function sizeIn(picture: Picture, cell: number): [width: number, height: number] {
  const aspect = (picture.shape[1] * pixelAspect(picture)) / picture.shape[2];
  const width = Math.min(cell, (tallestCell * cell) / aspect);
  return [width, width * aspect];
}

function drawCell(
  entry: CaptionedPicture,
  x: number,
  y: number,
  cell: number,
  tallest: number,
  barred: boolean,
): Markup {
  const { picture, caption, frame = picture.shape[0] >> 1 } = entry;
  const [width, height] = sizeIn(picture, cell);
  const below = y + tallest + (barred ? 26 : 0);
  const lines = caption === undefined ? [] : twoLines(caption, cell);
  const drawn = markup`${frameImage(picture, frame, x, y, width, height)}${entry.overlay !== undefined && overlayImage(entry.overlay, frame, x, y, width, height)}${outlinesOn(entry, x, y, width, height)}${scaleBar(picture, x + width, y + height + 7, width)}${lines.map((line, i) => label(x, below + 15 + i * LINE_HEIGHT, line, { fill: mat.secondary }))}`;
  // What does not fit is read by pointing at the picture.
  return caption === undefined || lines.join('') === caption ? drawn : markup`<g><title>${caption}</title>${drawn}</g>`;
}

function outlinesOn({ picture, outlines = [] }: CaptionedPicture, x: number, y: number, width: number, height: number) {
  const [, rows, columns] = picture.shape;
  return outlines.map((places) => {
    const path = places.map(([px, py]) => `${round(x + (px * width) / columns)} ${round(y + (py * height) / rows)}`);
    return markup`<path d="M${path.join('L')}Z" fill="none" stroke="${mat.outline}" stroke-width="1.25"/>`;
  });
}
