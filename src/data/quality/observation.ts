/**
 * One pass over the frames of an item: what every check needs, in a few megabytes whatever its length.
 * @module
 */
import type { Frames, MediaItem } from '../media.ts';

/** Side of the small squares in which frames are compared with each other. */
export const thumbnailSide = 32;

/** Grey levels 0 to 255 are the item's black to white. */
export interface Observation {
  readonly frames: number;
  /** Size at which pixels were watched: the stored size, or a whole fraction of it. */
  readonly height: number;
  readonly width: number;
  /** Stored pixels for one watched pixel, along rows and columns. */
  readonly factor: number;
  /** `[height, width]`: mean over time. */
  readonly mean: Float32Array;
  /** `[height, width]`: standard deviation over time. */
  readonly deviation: Float32Array;
  /** `[frames, side, side]`: every frame, stretched to a small square. */
  readonly thumbnails: Float32Array;
  /** Mean absolute difference of each frame to the one before it; the first is 0. */
  readonly changes: Float32Array;
  /** Mean grey level of each frame. */
  readonly brightness: Float32Array;
  /** Shares of pixels at or beyond white, and beyond (not at) black. */
  readonly atWhite: number;
  readonly belowBlack: number;
  /** Share of pixels with channels further apart than 5 % of white. */
  readonly coloured: number;
}

/** The longer side at which pixels are watched, at most. */
const longestSide = 640;
/** Frames whose every pixel is watched over time, at most; all frames are compared with their neighbours. */
const mostWatched = 64;
/** Of every so many pixels, one is compared with the frame before. */
const comparedStep = 3;

/** Takes an item's frames in order, piece by piece. */
export class Observer {
  readonly #range: MediaItem['intensityRange'];
  readonly #total: number;
  readonly #stride: number;
  readonly #factor: number;
  readonly #height: number;
  readonly #width: number;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  readonly #thumbnails: Float32Array;
  readonly #changes: Float32Array;
  readonly #brightness: Float32Array;
  readonly #cells: Uint16Array;
  readonly #perCell: Float32Array;
  #before: Uint8Array;
  #now: Uint8Array;
  #seen = 0;
  #watched = 0;
  #white = 0;
  #below = 0;
  #coloured = 0;
  #values = 0;

  constructor(item: Pick<MediaItem, 'frames' | 'height' | 'width' | 'intensityRange'>) {
    const { frames, height, width, intensityRange } = item;
    this.#range = intensityRange;
    this.#total = frames;
    this.#stride = Math.max(1, Math.ceil(frames / mostWatched));
    this.#factor = Math.max(1, Math.ceil(Math.max(height, width) / longestSide));
    this.#height = Math.max(1, Math.floor(height / this.#factor));
    this.#width = Math.max(1, Math.floor(width / this.#factor));
    const area = this.#height * this.#width;
    this.#sum = new Float64Array(area);
    this.#squares = new Float64Array(area);
    this.#thumbnails = new Float32Array(frames * thumbnailSide ** 2);
    this.#changes = new Float32Array(frames);
    this.#brightness = new Float32Array(frames);
    this.#before = new Uint8Array(area);
    this.#now = new Uint8Array(area);
    [this.#cells, this.#perCell] = cellsOf(this.#height, this.#width);
  }

  /** The next frames, in order, as the reader gives them. */
  add({ data, shape }: Frames): void {
    const [count, height, width, channels] = shape;
    const size = height * width * channels;
    for (let i = 0; i < count && this.#seen < this.#total; i++) {
      const frame = data.subarray(i * size, (i + 1) * size);
      const watched = this.#seen % this.#stride === 0;
      this.#toGrey(frame, width, channels, watched);
      this.#compare(this.#seen);
      if (watched) this.#watch();
      [this.#before, this.#now] = [this.#now, this.#before];
      this.#seen++;
    }
  }

  finish(): Observation {
    const frames = Math.max(1, this.#seen);
    const watched = Math.max(1, this.#watched);
    const area = this.#sum.length;
    const mean = new Float32Array(area);
    const deviation = new Float32Array(area);
    for (let i = 0; i < area; i++) {
      mean[i] = this.#sum[i] / watched;
      deviation[i] = Math.sqrt(Math.max(0, this.#squares[i] / watched - (this.#sum[i] / watched) ** 2));
    }
    return {
      frames,
      height: this.#height,
      width: this.#width,
      factor: this.#factor,
      mean,
      deviation,
      thumbnails: this.#thumbnails.subarray(0, frames * thumbnailSide ** 2),
      changes: this.#changes.subarray(0, frames),
      brightness: this.#brightness.subarray(0, frames),
      atWhite: this.#white / Math.max(1, this.#values),
      belowBlack: this.#below / Math.max(1, this.#values),
      coloured: this.#coloured / Math.max(1, this.#values),
    };
  }

  /** The frame in grey levels, whole squares of pixels averaged; colours and extremes are counted on watched frames. */
  #toGrey(frame: Frames['data'], width: number, channels: number, counted: boolean): void {
    const [black, white] = this.#range;
    const scale = white === black ? 0 : 255 / (white - black);
    const factor = this.#factor;
    const out = this.#now;
    if (counted) this.#count(frame, channels);
    if (factor === 1 && channels === 1 && black === 0 && white === 255) {
      out.set(frame);
      return;
    }
    for (let y = 0, at = 0; y < this.#height; y++) {
      for (let x = 0; x < this.#width; x++, at++) {
        let sum = 0;
        for (let dy = 0; dy < factor; dy++) {
          let from = ((y * factor + dy) * width + x * factor) * channels;
          for (let dx = 0; dx < factor; dx++, from += channels) {
            sum +=
              channels === 1 ? frame[from] : 0.299 * frame[from] + 0.587 * frame[from + 1] + 0.114 * frame[from + 2];
          }
        }
        const level = (sum / (factor * factor) - black) * scale + 0.5;
        out[at] = level <= 0 ? 0 : Math.min(255, level);
      }
    }
  }

  #count(frame: Frames['data'], channels: number): void {
    const [black, white] = this.#range;
    const limit = 0.05 * Math.abs(white - black);
    const rising = white >= black;
    let [whites, below, coloured] = [0, 0, 0];
    for (let i = 0; i < frame.length; i += channels) {
      let [low, high] = [frame[i], frame[i]];
      for (let c = 1; c < channels; c++) {
        const value = frame[i + c];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > limit) coloured++;
      if (rising ? low >= white : high <= white) whites++;
      if (rising ? high < black : low > black) below++;
    }
    this.#white += whites;
    this.#below += below;
    this.#coloured += coloured;
    this.#values += frame.length / channels;
  }

  #compare(frame: number): void {
    const [now, before] = [this.#now, this.#before];
    const cells = thumbnailSide ** 2;
    const thumbnail = this.#thumbnails.subarray(frame * cells, (frame + 1) * cells);
    let total = 0;
    for (let i = 0; i < now.length; i++) thumbnail[this.#cells[i]] += now[i];
    for (let cell = 0; cell < cells; cell++) {
      total += thumbnail[cell];
      thumbnail[cell] *= this.#perCell[cell];
    }
    this.#brightness[frame] = total / now.length;
    fillEmptyCells(thumbnail, this.#perCell);
    if (frame === 0) return;
    let change = 0;
    for (let i = 0; i < now.length; i += comparedStep) change += Math.abs(now[i] - before[i]);
    this.#changes[frame] = change / Math.ceil(now.length / comparedStep);
  }

  #watch(): void {
    const now = this.#now;
    for (let i = 0; i < now.length; i++) {
      const value = now[i];
      this.#sum[i] += value;
      this.#squares[i] += value * value;
    }
    this.#watched++;
  }
}

/** For each pixel the cell of the thumbnail it falls into, and for each cell one over its pixels (0 where it has none). */
function cellsOf(height: number, width: number): [Uint16Array, Float32Array] {
  const cells = new Uint16Array(height * width);
  const counts = new Float32Array(thumbnailSide ** 2);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor((y * thumbnailSide) / height) * thumbnailSide;
    for (let x = 0; x < width; x++, i++) {
      cells[i] = row + Math.floor((x * thumbnailSide) / width);
      counts[cells[i]]++;
    }
  }
  return [cells, counts.map((count) => (count === 0 ? 0 : 1 / count))];
}

/** Frames smaller than the thumbnail leave cells without a pixel: they repeat the cell above or to the left. */
function fillEmptyCells(thumbnail: Float32Array, perCell: Float32Array): void {
  for (let cell = 0; cell < thumbnail.length; cell++) {
    if (perCell[cell] !== 0) continue;
    const x = cell % thumbnailSide;
    // A row is filled as a whole or not at all, so that the cell above is the right one only where the row is empty.
    const rowEmpty = perCell[cell - x] === 0;
    thumbnail[cell] = rowEmpty ? thumbnail[cell - thumbnailSide] : thumbnail[cell - 1];
  }
}
