/**
 * The grid of compression blocks: where its lines cross a part tells how a picture stands and where a part was cut from.
 * @module
 */

import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { resizePart } from '../../data/transform/resize.ts';
import type { InputLayout } from '../attribution/target.ts';
import { changedFrames } from './changed-frames.ts';
import { planeArea, planeCount, planeStart } from './planes.ts';
import type { PlacedQuestion, Scene, Shortcut } from './shortcut.ts';
import { blockSide, storedGrid } from './stored-grid.ts';

export const blockGrid: Shortcut = {
  id: 'block-grid',
  title: 'Grid of compression blocks',
  why: 'Blocks of 8 × 8 begin at the same rows and columns of every picture, so their edges show how a picture stands and where a part was cut from.',
  declared: ['compression', 'block-grid'],
  remedy: 'resize or shift pictures at random before they are cut, or encode them anew with the grid anywhere',
  unfit: () => undefined,
  find: (store, item) => {
    const grid = storedGrid(store, item);
    if (grid === undefined) return undefined;
    const [, height, width] = store.sizeOf(item);
    // Both sides of a seam, so that what is traced is the same however a picture is turned.
    const meets = (at: number, begin: number) => (at - begin + 1 + blockSide) % blockSide < 2;
    return Uint8Array.from({ length: height * width }, (_, i) =>
      meets(Math.floor(i / width), grid.row) || meets(i % width, grid.column) ? 1 : 0,
    );
  },
  alone: seamPlaces,
  transplant: (own, other, { layout }) => {
    const [mine, theirs] = [seamsOf(own, layout), seamsOf(other, layout)];
    if (mine.every(({ at }) => at.length === 0) || theirs.every(({ at }) => at.length === 0)) return undefined;
    const out = own.data.slice();
    for (const seams of mine) moveSteps(out, own.data, layout, seams, -1);
    for (const seams of theirs) moveSteps(out, other.data, layout, seams, 1);
    return out;
  },
  closed: { by: 'pictures cut anew, up to 7 pixels away', store: recut },
};

/** For every row and column of each view, in its middle frame, whether a seam lies before it. */
function seamPlaces(question: PlacedQuestion, { layout, temporal }: Scene): number[] {
  const { views, frames, height, width } = layout;
  // Moments of a clip are cut alike.
  const shown = new Set(Array.from({ length: temporal ? 1 : views }, (_, view) => view * frames + (frames >> 1)));
  return seamsOf(question, layout).flatMap(({ plane, direction, at }) => {
    if (!shown.has(plane)) return [];
    const places = new Array<number>(direction === 'rows' ? height : width).fill(0);
    for (const line of at) places[line] = 1;
    return places;
  });
}

/** Lines of a plane across which blocks meet: each between a row (or column) and the one before it. */
interface Seams {
  readonly plane: number;
  readonly direction: 'rows' | 'columns';
  readonly at: readonly number[];
}

/** A row or column with this share of traced pixels lies along the grid. */
const lineShare = 0.7;

/** Seams of every plane: the middles of the traced bands; of a band of odd width the side with the larger steps. */
function seamsOf(question: PlacedQuestion, layout: InputLayout): Seams[] {
  return Array.from({ length: planeCount(layout) }, (_, plane) => plane).flatMap((plane) =>
    (['rows', 'columns'] as const).map((direction): Seams => {
      const at = bandsOf(question, layout, plane, direction).flatMap(([first, last]) => {
        const middle = (first + last + 1) / 2;
        const [low, high] = [Math.floor(middle), Math.ceil(middle)];
        const size = (line: number) => stepSize(question, layout, { plane, direction, at: [line] });
        return [size(low) >= size(high) ? low : high];
      });
      return { plane, direction, at };
    }),
  );
}

/** First and last line of each band of traced lines that does not touch an edge: beyond an edge nothing meets. */
function bandsOf({ region }: PlacedQuestion, layout: InputLayout, plane: number, direction: Seams['direction']) {
  if (region === undefined) return [];
  const { lines, pixels, along, across } = walk(layout, direction);
  const from = plane * planeArea(layout);
  const bands: [first: number, last: number][] = [];
  for (let line = 0; line < lines; line++) {
    let count = 0;
    for (let p = 0; p < pixels; p++) count += region[from + line * along + p * across];
    if (count < lineShare * pixels) continue;
    const last = bands.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else bands.push([line, line]);
  }
  return bands.filter(([first, last]) => first > 0 && last < lines - 1);
}

function walk({ height, width }: InputLayout, direction: Seams['direction']) {
  return direction === 'rows'
    ? { lines: height, pixels: width, along: width, across: 1 }
    : { lines: width, pixels: height, along: 1, across: width };
}

/** What a value jumps by between two lines beyond the slopes on both sides. */
const jump = (data: Float32Array, at: number, along: number) =>
  data[at] - data[at - along] - (data[at - along] - data[at - 2 * along] + data[at + along] - data[at]) / 2;

function stepSize({ data }: PlacedQuestion, layout: InputLayout, { plane, direction, at }: Seams): number {
  const { lines, pixels, along, across } = walk(layout, direction);
  const from = planeStart(layout, plane, 0);
  let [sum, count] = [0, 0];
  for (const line of at) {
    if (line < 2 || line > lines - 2) continue;
    for (let p = 0; p < pixels; p++) sum += Math.abs(jump(data, from + line * along + p * across, along));
    count += pixels;
  }
  return count === 0 ? 0 : sum / count;
}

/** Adds (or takes away) half of each step of `source` on either side of its seams. */
function moveSteps(out: Float32Array, source: Float32Array, layout: InputLayout, seams: Seams, sign: 1 | -1): void {
  const { lines, pixels, along, across } = walk(layout, seams.direction);
  for (let channel = 0; channel < layout.channels; channel++) {
    const from = planeStart(layout, seams.plane, channel);
    for (const line of seams.at) {
      if (line < 2 || line > lines - 2) continue;
      for (let p = 0; p < pixels; p++) {
        const at = from + line * along + p * across;
        const half = (sign * jump(source, at, along)) / 2;
        out[at] += half;
        out[at - along] -= half;
      }
    }
  }
}

/** Of every item a part of its own, up to 7 pixels from the upper left, enlarged to the whole: the grid lies anywhere. */
function recut(store: FrameStore): FrameStore {
  const random = new Random('cut anew');
  return changedFrames(store, (frame, item) => {
    const [, height, width, channels] = store.sizeOf(item);
    const own = random.split(item);
    const room = blockSide - 1;
    const [y, x] = [own.integer(room + 1), own.integer(room + 1)];
    const part = { y, x, height: height - room, width: width - room };
    const whole = { data: frame, shape: [1, height, width, channels] as const };
    return resizePart(whole, part, height, width, 'bilinear').data;
  });
}
