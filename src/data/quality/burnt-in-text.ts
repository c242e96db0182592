/**
 * Text burnt into the pixels: strokes that do not move, brighter or darker than an even ground, as wide and as high as
 * letters, side by side on a line. What tells it from anatomy is how it was made: letters stand on one line, in one
 * grey, and their edges are a pixel wide. It finds where text is, not what it says, so nothing that is written can reach an output.
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
/** Grey levels a stroke stands out from what is about it: bright letters fall apart at the lowest, faint ones need it. */
const contrasts = [64, 48, 28];
/** Grey levels by which a still pixel wavers at most: compression. */
const still = 8;
const letter = { fewestPixels: 4, lowest: 4, highest: 48, widest: 96 };
/** Letters in a line, at the least. */
const fewestLetters = 3;
/** Share of letters that end, or begin, at one height. */
const level = 0.6;
/** Letters from which chance hardly makes a line; with fewer, ground and letters must differ by `leastStep`. */
const manyLetters = 5;
const leastStep = 40;
/**
 * Share of the variance of grey in the box that is between letters and ground (Otsu's criterion): of a few letters, and
 * of many or on a ground of one grey, where only the smooth edges of letters vary.
 */
const separable = { few: 0.72, many: 0.6 };
/** Range of the darker half of the ground, in steps from ground to letter: of an even ground, and at the most. */
const even = 0.02;
const mostUneven = 0.3;
/** Of the step from ground to letter, what one pixel at the rim takes. */
const sharpest = 0.8;
/** Pixels about the letters that belong to the box. */
const margin = 2;

/** Boxes about lines of text, in stored pixels, in reading order. */
export function burntInText(watched: Watched): Box[] {
  const { height, width, factor, mean } = watched;
  const found = [mean, mean.map((level) => 255 - level)].flatMap((levels) => {
    const above = heightOfStrokes(watched, levels);
    return contrasts.flatMap((contrast) => {
      const strokes = Uint8Array.from(above, (value) => (value >= contrast ? 1 : 0));
      const letters = componentsOf(strokes, height, width).filter(isLetterLike);
      return linesOf(letters).filter((line) => isText(line, levels, width));
    });
  });
  return joined(found.map((line) => boxAround(line, height, width)))
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .map((box) => ({ x: box.x * factor, y: box.y * factor, width: box.width * factor, height: box.height * factor }));
}

export function textFindings(boxes: readonly Box[]): Finding[] {
  if (boxes.length === 0) return [];
  const what = boxes.length === 1 ? 'one line of text is' : `${boxes.length} lines of text are`;
  return [{ check: 'text', severity: 'warning', text: `${what} burnt into the picture` }];
}

/** How far a still pixel stands out from the brightest ground without strokes (white top hat). */
function heightOfStrokes({ frames, height, width, deviation }: Watched, levels: Float32Array): Float32Array {
  const eroded = extremumFilter(levels, height, width, strokeRadius, 'smallest');
  const opened = extremumFilter(eroded, height, width, strokeRadius, 'largest');
  return levels.map((value, i) => (frames < 3 || deviation[i] <= still ? value - opened[i] : 0));
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

/**
 * Letters of one line are drawn in one grey, stand on one line or hang from one, are no taller than the line is long;
 * they are told from an even ground by their grey and step up to it within a pixel.
 */
function isText(line: readonly Component[], levels: Float32Array, width: number): boolean {
  const peaks = line.map(({ pixels }) => Math.max(...pixels.map((at) => levels[at])));
  if (Math.min(...peaks) < 0.6 * Math.max(...peaks)) return false;
  const { left, right, top, bottom } = bounds(line);
  if (right - left < 1.5 * (bottom - top) || !areLevel(line)) return false;
  const inked = new Set(line.flatMap(({ pixels }) => pixels));
  const ink: number[] = [];
  const ground: number[] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) (inked.has(y * width + x) ? ink : ground).push(levels[y * width + x]);
  }
  const share = ink.length / (ink.length + ground.length);
  if (share < 0.12 || share > 0.75) return false;
  const step = mean(ink) - mean(ground);
  ground.sort((a, b) => a - b);
  const unevenness = (ground[ground.length >> 1] - ground[Math.floor(0.1 * ground.length)]) / step;
  const between = share * (1 - share) * step ** 2;
  const separation = between / (between + share * variance(ink) + (1 - share) * variance(ground));
  const few = line.length < manyLetters;
  if (few && step < leastStep) return false;
  const needed = few && unevenness > even ? separable.few : separable.many;
  return unevenness < mostUneven && separation >= needed && sharpness(inked, levels, width) >= sharpest * step;
}

/** Most letters end, or begin, at one height. */
function areLevel(line: readonly Component[]): boolean {
  const height = median(line.map((one) => one.bottom - one.top));
  const near = Math.max(1, 0.12 * height);
  return (['bottom', 'top'] as const).some((edge) => {
    const middle = median(line.map((one) => one[edge]));
    return line.filter((one) => Math.abs(one[edge] - middle) <= near).length >= level * line.length;
  });
}

/** Mean over the rim of the letters of the largest step down to a neighbour. */
function sharpness(inked: ReadonlySet<number>, levels: Float32Array, width: number): number {
  let [sum, rim] = [0, 0];
  for (const at of inked) {
    let largest = Number.NEGATIVE_INFINITY;
    for (const next of [at - 1, at + 1, at - width, at + width]) {
      if (next >= 0 && next < levels.length && !inked.has(next)) largest = Math.max(largest, levels[at] - levels[next]);
    }
    if (largest === Number.NEGATIVE_INFINITY) continue;
    sum += largest;
    rim++;
  }
  return sum / rim;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function bounds(line: readonly Component[]) {
  return {
    left: Math.min(...line.map((one) => one.left)),
    right: Math.max(...line.map((one) => one.right)),
    top: Math.min(...line.map((one) => one.top)),
    bottom: Math.max(...line.map((one) => one.bottom)),
  };
}

function boxAround(line: readonly Component[], height: number, width: number): Box {
  const found = bounds(line);
  const left = Math.max(0, found.left - margin);
  const top = Math.max(0, found.top - margin);
  const right = Math.min(width, found.right + margin);
  const bottom = Math.min(height, found.bottom + margin);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Boxes that cover each other for the most part are one: the same line, seen at two contrasts. */
function joined(boxes: readonly Box[]): Box[] {
  const apart: Box[] = [];
  for (const box of [...boxes].sort((a, b) => b.width * b.height - a.width * a.height)) {
    const at = apart.findIndex((other) => shared(box, other) > 0.5 * box.width * box.height);
    if (at < 0) apart.push(box);
    else apart[at] = around(apart[at], box);
  }
  return apart;
}

function shared(a: Box, b: Box): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, across) * Math.max(0, down);
}

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const right = Math.max(a.x + a.width, b.x + b.width);
  return { x, y, width: right - x, height: Math.max(a.y + a.height, b.y + b.height) - y };
}
