/**
 * Text burnt into the pixels: bright strokes that do not move, as wide and as high as letters, side by side in lines.
 * It finds where text is, not what it says, so nothing that is written can reach an output.
 * @module
 */
import type { Box } from '../transform/crop.ts';
import { type Component, componentsOf } from './components.ts';
import { extremumFilter } from './extremum-filter.ts';
import type { Finding } from './finding.ts';
import type { Observation } from './observation.ts';

type Watched = Pick<Observation, 'frames' | 'height' | 'width' | 'factor' | 'mean' | 'deviation'>;

/** Widest stroke is twice this, plus one. */
const strokeRadius = 4;
/** Grey levels a stroke stands out from what is about it. */
const contrast = 48;
/** Grey levels by which a still pixel wavers at most: compression. */
const still = 8;
const letter = { fewestPixels: 4, lowest: 4, highest: 48, widest: 96 };
/** Letters in a line, at the least. */
const fewestLetters = 3;
/** Pixels about the letters that belong to the box. */
const margin = 2;

/** Boxes about lines of text, in stored pixels. */
export function burntInText(watched: Watched): Box[] {
  const { height, width, factor, mean } = watched;
  const letters = componentsOf(strokes(watched), height, width).filter(isLetterLike);
  return linesOf(letters)
    .filter((line) => isText(line, mean, width))
    .map((line) => boxAround(line, height, width, factor));
}

export function textFindings(boxes: readonly Box[]): Finding[] {
  if (boxes.length === 0) return [];
  const what = boxes.length === 1 ? 'one line of text is' : `${boxes.length} lines of text are`;
  return [{ check: 'text', severity: 'warning', text: `${what} burnt into the picture` }];
}

function strokes({ frames, height, width, mean, deviation }: Watched): Uint8Array {
  const eroded = extremumFilter(mean, height, width, strokeRadius, 'smallest');
  const opened = extremumFilter(eroded, height, width, strokeRadius, 'largest');
  const mask = new Uint8Array(mean.length);
  for (let i = 0; i < mask.length; i++) {
    if (mean[i] - opened[i] >= contrast && (frames < 3 || deviation[i] <= still)) mask[i] = 1;
  }
  return mask;
}

function isLetterLike({ left, right, top, bottom, pixels }: Component): boolean {
  const [height, width] = [bottom - top, right - left];
  if (pixels.length < letter.fewestPixels || height < letter.lowest) return false;
  return height <= letter.highest && width <= letter.widest && width <= 4 * height;
}

/** Letters of about one height, side by side. */
function linesOf(letters: readonly Component[]): Component[][] {
  const sorted = [...letters].sort((a, b) => a.left - b.left);
  const open: Component[][] = [];
  for (const next of sorted) {
    const line = open.find((candidate) => continues(candidate[candidate.length - 1], next));
    if (line === undefined) open.push([next]);
    else line.push(next);
  }
  return open.filter((line) => line.length >= fewestLetters);
}

function continues(last: Component, next: Component): boolean {
  const heights = [last.bottom - last.top, next.bottom - next.top];
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const overlap = Math.min(last.bottom, next.bottom) - Math.max(last.top, next.top);
  const gap = next.left - last.right;
  return overlap >= 0.6 * low && high <= 2 * low + 1 && gap <= 1.3 * high && gap >= -0.5 * high;
}

/** Letters of one line are drawn in one grey, are no taller than the line is long, and most of their box is ground. */
function isText(line: readonly Component[], mean: Float32Array, width: number): boolean {
  const peaks = line.map(({ pixels }) => Math.max(...pixels.map((at) => mean[at])));
  if (Math.min(...peaks) < 0.6 * Math.max(...peaks)) return false;
  const { left, right, top, bottom } = bounds(line);
  if (right - left < 1.5 * (bottom - top)) return false;
  let inked = 0;
  const inside = new Set(line.flatMap(({ pixels }) => pixels));
  const ground: number[] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * width + x;
      if (inside.has(at)) inked++;
      else ground.push(mean[at]);
    }
  }
  const share = inked / ((right - left) * (bottom - top));
  if (share < 0.12 || share > 0.75) return false;
  // The ground between letters is even, and darker than half of them.
  ground.sort((a, b) => a - b);
  const [low, high] = [ground[Math.floor(ground.length * 0.1)], ground[Math.floor(ground.length * 0.6)]];
  return high - low < 0.5 * Math.max(...peaks) && high < 0.6 * Math.max(...peaks);
}

function bounds(line: readonly Component[]) {
  return {
    left: Math.min(...line.map((one) => one.left)),
    right: Math.max(...line.map((one) => one.right)),
    top: Math.min(...line.map((one) => one.top)),
    bottom: Math.max(...line.map((one) => one.bottom)),
  };
}

function boxAround(line: readonly Component[], height: number, width: number, factor: number): Box {
  const found = bounds(line);
  const left = Math.max(0, found.left - margin);
  const top = Math.max(0, found.top - margin);
  const right = Math.min(width, found.right + margin);
  const bottom = Math.min(height, found.bottom + margin);
  return { x: left * factor, y: top * factor, width: (right - left) * factor, height: (bottom - top) * factor };
}
