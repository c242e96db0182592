/**
 * Boxes where something may be, of no class: selective search (Uijlings et al., IJCV 2013) and a grid of boxes.
 * @module
 */
import { boxOverlap, type Corners } from '../metrics/boxes.ts';
import { graphSegments } from './graph-segments.ts';

/** Boxes of the given sides (shares of the picture) and shapes, half of their length apart. */
export function gridProposals(size: number, sides: readonly number[], ratios: readonly number[]): Corners[] {
  const boxes: Corners[] = [];
  for (const side of sides) {
    for (const ratio of ratios) {
      const width = Math.min(size, side * size * Math.sqrt(ratio));
      const height = Math.min(size, (side * size) / Math.sqrt(ratio));
      const columns = Math.max(1, Math.ceil((size - width) / (width / 2)) + 1);
      const rows = Math.max(1, Math.ceil((size - height) / (height / 2)) + 1);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const x = columns === 1 ? (size - width) / 2 : (column * (size - width)) / (columns - 1);
          const y = rows === 1 ? (size - height) / 2 : (row * (size - height)) / (rows - 1);
          boxes.push([x, y, x + width, y + height]);
        }
      }
    }
  }
  return boxes;
}

const bins = 12;

interface Region {
  pixels: number;
  box: Corners;
  /** Share of pixels in each bin of each channel. */
  histogram: Float64Array;
  readonly neighbours: Set<number>;
}

/**
 * Boxes of segments and of what they become as the two most alike neighbours merge, again and again, until one is left:
 * alike in colour, both small, and filling their common box. Largest last.
 *
 * @param picture `[C, S, S]`, any scale of values
 */
export function selectiveProposals(picture: Float32Array, channels: number, size: number): Corners[] {
  const values = stretched(picture);
  const segments = graphSegments(values, channels, size, { scale: 0.6, smallest: Math.max(4, (size * size) / 400) });
  const regions = regionsOf(segments, values, channels, size);
  const boxes = [...regions.values()].map(({ box }) => box);
  const similarities = new Map<string, number>();
  const key = (a: number, b: number) => (a < b ? `${a}-${b}` : `${b}-${a}`);
  for (const [a, { neighbours }] of regions) {
    for (const b of neighbours)
      if (a < b) similarities.set(key(a, b), likeness(regions.get(a)!, regions.get(b)!, size));
  }
  let next = Math.max(...regions.keys()) + 1;
  while (similarities.size > 0) {
    let best = '';
    let most = Number.NEGATIVE_INFINITY;
    for (const [pair, value] of similarities) if (value > most) [best, most] = [pair, value];
    const [a, b] = best.split('-').map(Number);
    const merged = joined(regions.get(a)!, regions.get(b)!);
    for (const old of [a, b]) {
      for (const other of regions.get(old)!.neighbours) {
        similarities.delete(key(old, other));
        if (other === a || other === b) continue;
        regions.get(other)!.neighbours.delete(old);
        regions.get(other)!.neighbours.add(next);
        merged.neighbours.add(other);
      }
      regions.delete(old);
    }
    regions.set(next, merged);
    for (const other of merged.neighbours)
      similarities.set(key(next, other), likeness(merged, regions.get(other)!, size));
    boxes.push(merged.box);
    next++;
  }
  return distinct(boxes, 0.95);
}

/** Without those that nearly repeat an earlier one. */
export function distinct(boxes: readonly Corners[], overlap: number): Corners[] {
  const kept: Corners[] = [];
  for (const box of boxes) if (kept.every((other) => boxOverlap(box, other) < overlap)) kept.push(box);
  return kept;
}

/** 0 to 1 over the whole picture. */
function stretched(picture: Float32Array): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of picture) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return picture.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

function regionsOf(segments: Int32Array, values: Float32Array, channels: number, size: number): Map<number, Region> {
  const regions = new Map<number, Region>();
  const pixels = size * size;
  segments.forEach((segment, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    const region = regions.get(segment) ?? {
      pixels: 0,
      box: [x, y, x + 1, y + 1] as Corners,
      histogram: new Float64Array(channels * bins),
      neighbours: new Set<number>(),
    };
    regions.set(segment, region);
    const [x1, y1, x2, y2] = region.box;
    region.box = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
    region.pixels++;
    for (let c = 0; c < channels; c++) {
      region.histogram[c * bins + Math.min(bins - 1, Math.floor(values[c * pixels + i] * bins))]++;
    }
    for (const other of [x > 0 ? i - 1 : i, y > 0 ? i - size : i]) {
      if (segments[other] === segment) continue;
      region.neighbours.add(segments[other]);
      regions.get(segments[other])!.neighbours.add(segment);
    }
  });
  for (const region of regions.values()) {
    region.histogram = region.histogram.map((count) => count / (region.pixels * channels));
  }
  return regions;
}

function likeness(a: Region, b: Region, size: number): number {
  const whole = size * size;
  const colour = a.histogram.reduce((sum, share, bin) => sum + Math.min(share, b.histogram[bin]), 0);
  const [x1, y1, x2, y2] = around(a.box, b.box);
  const fill = 1 - ((x2 - x1) * (y2 - y1) - a.pixels - b.pixels) / whole;
  return colour + 1 - (a.pixels + b.pixels) / whole + fill;
}

function joined(a: Region, b: Region): Region {
  const pixels = a.pixels + b.pixels;
  return {
    pixels,
    box: around(a.box, b.box),
    histogram: a.histogram.map((share, bin) => (share * a.pixels + b.histogram[bin] * b.pixels) / pixels),
    neighbours: new Set(),
  };
}

function around(a: Corners, b: Corners): Corners {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
