/**
 * Resizing: area averaging to shrink, bilinear interpolation to enlarge. Separable, pixel centres at half-integers.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { PixelData } from '../media.ts';
import { newPixels } from '../window.ts';
import { type Box, checkInside, crop } from './crop.ts';
import { checkPixels, type Pixels, roundsValues } from './pixels.ts';

export type ResizeMethod = 'area' | 'bilinear';

/** For each output position: the first input position, and the weights from there on. */
interface Taps {
  readonly first: Int32Array;
  readonly width: number;
  readonly weights: Float32Array;
}

/**
 * Resizes every frame. `area` gives each output pixel the mean of the input it covers (no aliasing; for enlarging it
 * repeats pixels); `bilinear` interpolates between the four nearest (corners not aligned, edges repeated).
 * Keeps the element type; whole-number types are rounded.
 */
export function resize<D extends PixelData>(
  frames: Pixels<D>,
  height: number,
  width: number,
  method: ResizeMethod = 'area',
): Pixels<D> {
  if (height === frames.shape[1] && width === frames.shape[2]) return frames;
  const resized = resizeToFloat(frames, height, width, method);
  const data = newPixels(frames.data, resized.data.length);
  if (roundsValues(data)) for (let i = 0; i < data.length; i++) data[i] = Math.round(resized.data[i]);
  else data.set(resized.data);
  return { data, shape: resized.shape };
}

/** The same rectangle of every frame, resized: as `resize` of `crop`, without copying it first. */
export function resizePart(
  frames: Pixels<Float32Array>,
  part: Box,
  height: number,
  width: number,
  method: ResizeMethod = 'area',
): Pixels<Float32Array> {
  if (height === part.height && width === part.width) return crop(frames, part);
  return resizeToFloat(frames, height, width, method, part);
}

/** As `resize`, but the result is float32, not rounded, whatever the input's type. */
export function resizeToFloat(
  frames: Pixels,
  height: number,
  width: number,
  method: ResizeMethod = 'area',
  part: Box = { y: 0, x: 0, height: frames.shape[1], width: frames.shape[2] },
): Pixels<Float32Array> {
  checkPixels(frames);
  checkInside(frames.shape, part);
  const [count, wholeHeight, wholeWidth, channels] = frames.shape;
  const { height: oldHeight, width: oldWidth } = part;
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    throw usageError('a picture is resized to whole numbers of at least 1', { found: `${height} x ${width}` });
  }
  const shape = [count, height, width, channels] as const;
  if (height === oldHeight && width === oldWidth) return { data: Float32Array.from(crop(frames, part).data), shape };
  const makeTaps = method === 'area' ? areaTaps : bilinearTaps;
  const rows = makeTaps(oldHeight, height);
  const columns = makeTaps(oldWidth, width);
  const data = new Float32Array(count * height * width * channels);
  const line = new Float32Array(oldWidth * channels);
  const pitch = wholeWidth * channels;
  for (let frame = 0; frame < count; frame++) {
    const base = (frame * wholeHeight + part.y) * pitch + part.x * channels;
    for (let y = 0; y < height; y++) {
      // Rows first: they lie one after another in memory, so the bulk of the work is a plain sum.
      sumRows(line, frames.data, rows, y, base, pitch);
      combineColumns(line, columns, channels, data, (frame * height + y) * width * channels);
    }
  }
  return { data, shape };
}

/**
 * The weighted sum of the rows that make output row `y`, four at a time. Rows of weight 0 at either end are left alone:
 * they may lie outside the frame, and nothing times infinity is no number.
 */
function sumRows(
  line: Float32Array,
  from: PixelData,
  { first, width, weights }: Taps,
  y: number,
  base: number,
  pitch: number,
): void {
  const length = line.length;
  let tap = y * width;
  let end = tap + width;
  const origin = base + (first[y] - tap) * pitch;
  while (tap + 1 < end && weights[tap] === 0) tap++;
  while (end > tap + 1 && weights[end - 1] === 0) end--;
  for (let begun = false; tap < end; tap += 4, begun = true) {
    const left = end - tap;
    const a = origin + tap * pitch;
    // Where fewer than four are left, the last one stands in with weight 0.
    const b = left > 1 ? a + pitch : a;
    const c = left > 2 ? b + pitch : b;
    const d = left > 3 ? c + pitch : c;
    const w0 = weights[tap];
    const w1 = left > 1 ? weights[tap + 1] : 0;
    const w2 = left > 2 ? weights[tap + 2] : 0;
    const w3 = left > 3 ? weights[tap + 3] : 0;
    if (!begun) line.fill(0);
    for (let i = 0; i < length; i++)
      line[i] += w0 * from[a + i] + w1 * from[b + i] + w2 * from[c + i] + w3 * from[d + i];
  }
}

function combineColumns(line: Float32Array, taps: Taps, channels: number, out: Float32Array, start: number): void {
  const { first, width, weights } = taps;
  let to = start;
  for (let x = 0; x < first.length; x++) {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let from = first[x] * channels + c;
      for (let tap = x * width; tap < (x + 1) * width; tap++, from += channels) sum += weights[tap] * line[from];
      out[to++] = sum;
    }
  }
}

function areaTaps(from: number, to: number): Taps {
  const scale = from / to;
  const width = Math.min(from, Math.ceil(scale) + 1);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * width);
  for (let i = 0; i < to; i++) {
    const low = i * scale;
    const high = Math.min(from, low + scale);
    first[i] = Math.min(Math.floor(low), from - width);
    for (let tap = 0; tap < width; tap++) {
      const pixel = first[i] + tap;
      const covered = Math.min(pixel + 1, high) - Math.max(pixel, low);
      if (covered > 0) weights[i * width + tap] = covered / (high - low);
    }
  }
  return { first, width, weights };
}

function bilinearTaps(from: number, to: number): Taps {
  const scale = from / to;
  const width = Math.min(from, 2);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * width);
  for (let i = 0; i < to; i++) {
    const centre = Math.min(Math.max((i + 0.5) * scale - 0.5, 0), from - 1);
    first[i] = Math.min(Math.floor(centre), from - width);
    const share = centre - first[i];
    weights[i * width] = 1 - share;
    if (width === 2) weights[i * width + 1] = share;
  }
  return { first, width, weights };
}

/** The size that keeps the aspect ratio when the shorter or longer side becomes `pixels`. Never enlarges. */
export function fittedSize(
  height: number,
  width: number,
  pixels: number,
  side: 'short' | 'long',
): [height: number, width: number] {
  const reference = side === 'short' ? Math.min(height, width) : Math.max(height, width);
  const scale = Math.min(1, pixels / reference);
  return [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
}
