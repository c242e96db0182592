/**
 * What every figure is: an SVG that stands alone, follows the reader's light or dark theme, and says in words what it
 * shows.
 * @module
 */
import { type Content, type Markup, markup, trusted } from '../markup.ts';
import { paletteCss } from '../palette.ts';

/** All text in figures has the size of a caption. */
export const TEXT_SIZE = 13;
/** From one line of text to the next. */
export const LINE_HEIGHT = 19;

export interface FigureFrame {
  readonly width: number;
  readonly height: number;
  /** The finding, in one sentence. */
  readonly title: string;
  /** The rest of what a reader who cannot see the figure needs. */
  readonly description: string;
  readonly body: Content;
}

/** The SVG of a figure, as text. */
export function figure({ width, height, title, description, body }: FigureFrame): string {
  const size = `${Math.ceil(width)} ${Math.ceil(height)}`;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" role="img" font-family="system-ui, sans-serif" font-size="${TEXT_SIZE}" fill="var(--ink)" font-variant-numeric="tabular-nums"><title>${title}</title><desc>${description}</desc><style>${trusted(paletteCss)}</style>
${body}
</svg>
`.text;
}

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly fill?: string;
  readonly weight?: number;
  readonly rotate?: number;
}

/** One line of text; `y` is its baseline. */
export function label(x: number, y: number, text: Content, options: TextOptions = {}): Markup {
  const { anchor, fill, weight, rotate } = options;
  return markup`<text x="${round(x)}" y="${round(y)}"${anchor !== undefined && anchor !== 'start' && markup` text-anchor="${anchor}"`}${fill !== undefined && markup` fill="${fill}"`}${weight !== undefined && markup` font-weight="${weight}"`}${rotate !== undefined && markup` transform="rotate(${rotate} ${round(x)} ${round(y)})"`}>${text}</text>`;
}

/** Coordinates with two decimals are exact enough for any screen and keep files small. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/**
 * About how wide a text is, in pixels; system fonts differ, so it is an upper estimate by classes of characters.
 */
export function textWidth(text: string, size = TEXT_SIZE): number {
  let ems = 0;
  for (const character of text) {
    if (/[\s.,:;'’|!ijlI[\]()]/.test(character)) ems += 0.36;
    else if (/[mwMW%—]/.test(character)) ems += 0.94;
    else if (/[A-Z+=−<>]/.test(character)) ems += 0.74;
    else ems += 0.61;
  }
  return ems * size;
}

/** Breaks a text into lines no wider than `width`. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}

/** A text cut with an ellipsis to fit a width. */
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let end = text.length;
  while (end > 1 && textWidth(`${text.slice(0, end)}…`) > width) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** Widths are estimated from above: a word that is wider by less than this is not torn apart. */
const nearly = 1.05;

/** A name on one line or two of a width; where that is not enough, the second is cut in its middle: ends tell files apart. */
export function twoLines(text: string, width: number): readonly string[] {
  if (textWidth(text) <= width) return [text];
  let most = text.length;
  while (most > 1 && textWidth(text.slice(0, most)) > width) most--;
  // Where a word ends, if that leaves the second line enough room; else wherever the first is full.
  const ends = [...text.matchAll(/[\s_/-]+/g)].map(({ 0: gap, index }) => index + gap.length);
  const fits = (at: number) => textWidth(text.slice(0, at).trimEnd()) <= nearly * width;
  const end = ends.findLast((at) => fits(at) && textWidth(text.slice(at)) <= width);
  const first = end ?? most;
  const rest = text.slice(first);
  const above = text.slice(0, first).trimEnd();
  if (textWidth(rest) <= width) return [above, rest];
  let kept = rest.length;
  const cut = () => `${rest.slice(0, kept >> 1)}…${rest.slice(rest.length - (kept - (kept >> 1)))}`;
  while (kept > 2 && textWidth(cut()) > width) kept--;
  return [above, cut()];
}
