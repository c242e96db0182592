/**
 * First-layer filters: tiles for pictures, strips over time for clips; grey stands for zero and every filter is scaled
 * by its own greatest weight, so that shape and not size is seen.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, type Shape, sizeOf } from '../../base/shape.ts';
import { type Markup, markup } from '../markup.ts';
import { countOf, formatSmall } from '../numbers.ts';
import { pngDataUri } from '../png.ts';
import { figure, round } from './figure.ts';
import { matRectangle } from './picture.ts';

/** A convolution's weights: `[O, C, H, W]`, or `[O, C, T, H, W]` for clips. */
export interface FilterBank {
  /** The layer they belong to. */
  readonly layer: string;
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

interface Block {
  readonly rows: number;
  readonly columns: number;
  readonly colour: boolean;
}

const PAD = 10;
const GAP = 8;
const FRAME_GAP = 2;
/** Taller than this a figure of filters does not get while smaller tiles would do. */
const TALLEST = 420;

/** Draws all filters of a layer, in order. Throws `shape/mismatch` for weights of another rank. */
export function filters(bank: FilterBank, { width = 720 } = {}): string {
  const { shape, data } = bank;
  if ((shape.length !== 4 && shape.length !== 5) || data.length !== sizeOf(shape)) {
    throw new SondeError('shape/mismatch', `filters of ${bank.layer} cannot be drawn`, {
      expected: '[O, C, H, W] or [O, C, T, H, W]',
      found: `${formatShape(shape)} with ${data.length} values`,
    });
  }
  const [count, channels] = shape;
  const times = shape.length === 5 ? shape[2] : 1;
  const [height, across] = shape.slice(-2);
  const colour = channels === 3;
  // Channels that are not red, green and blue are drawn one by one: beside each other, or below where time runs across.
  const block: Block = {
    rows: times > 1 && !colour ? channels : 1,
    columns: times > 1 ? times : colour ? 1 : channels,
    colour,
  };
  const { tile, perRow } = layout(block, count, across, height, width);
  const scale = tile / across;
  const tileHeight = height * scale;
  const blockWidth = block.columns * tile + (block.columns - 1) * FRAME_GAP;
  const blockHeight = block.rows * tileHeight + (block.rows - 1) * FRAME_GAP;
  const total = { width: 2 * PAD + perRow * (blockWidth + GAP) - GAP, height: 0 };
  total.height = 2 * PAD + Math.ceil(count / perRow) * (blockHeight + GAP) - GAP;

  const tiles: Markup[] = [];
  for (let filter = 0; filter < count; filter++) {
    const left = PAD + (filter % perRow) * (blockWidth + GAP);
    const top = PAD + Math.floor(filter / perRow) * (blockHeight + GAP);
    const images = pixelsOf(bank, filter, block).map(
      (pixels, i) =>
        markup`<image x="${round(left + (i % block.columns) * (tile + FRAME_GAP))}" y="${round(top + Math.floor(i / block.columns) * (tileHeight + FRAME_GAP))}" width="${round(tile)}" height="${round(tileHeight)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${pngDataUri({ width: across, height, channels: colour ? 3 : 1, data: pixels })}"/>`,
    );
    tiles.push(
      markup`<g><title>filter ${filter + 1}, greatest weight ${formatSmall(greatest(bank, filter))}</title>${images}</g>\n`,
    );
  }
  const size = `${times > 1 ? `${times} × ` : ''}${height} × ${across}`;
  return figure({
    ...total,
    title: `${countOf(count, 'filter')} of ${size} weights learned by ${bank.layer}`,
    description: `${times > 1 ? 'Each strip is one filter, its frames from left to right. ' : ''}Grey is zero, white the greatest weight of the filter, black its negative.`,
    body: markup`${matRectangle(0, 0, total.width, total.height)}\n${tiles}`,
  });
}

/**
 * Whole screen pixels per weight, as many as let all filters stand below each other in little room; full rows where the
 * count allows.
 */
function layout({ columns, rows }: Block, count: number, across: number, height: number, width: number) {
  for (let scale = Math.max(1, Math.floor(56 / across)); scale >= 1; scale--) {
    const tile = scale * across;
    const blockWidth = columns * (tile + FRAME_GAP) - FRAME_GAP;
    const blockHeight = rows * (scale * height + FRAME_GAP) - FRAME_GAP;
    const most = Math.min(count, Math.floor((width - 2 * PAD + GAP) / (blockWidth + GAP)));
    if (most < 1 && scale > 1) continue;
    let perRow = Math.max(1, most);
    while (perRow > 1 && perRow > most / 2 && count % perRow !== 0) perRow--;
    if (count % perRow !== 0) perRow = Math.max(1, most);
    if (scale === 1 || Math.ceil(count / perRow) * (blockHeight + GAP) <= TALLEST) return { tile, perRow };
  }
  return { tile: across, perRow: 1 };
}

/** The filter's tiles in reading order, as bytes around 128. */
function pixelsOf({ shape, data }: FilterBank, filter: number, { colour }: Block): Uint8Array[] {
  const channels = shape[1];
  const times = shape.length === 5 ? shape[2] : 1;
  const area = shape.at(-1)! * shape.at(-2)!;
  const start = filter * channels * times * area;
  const most = greatest({ layer: '', shape, data }, filter) || 1;
  const grey = (weight: number) => Math.round(127.5 + (weight / most) * 127.5);
  if (colour) {
    return Array.from({ length: times }, (_, time) =>
      Uint8Array.from({ length: area * 3 }, (_, i) =>
        grey(data[start + ((i % 3) * times + time) * area + Math.floor(i / 3)]),
      ),
    );
  }
  return Array.from({ length: channels * times }, (_, plane) =>
    Uint8Array.from({ length: area }, (_, i) => grey(data[start + plane * area + i])),
  );
}

function greatest({ shape, data }: FilterBank, filter: number): number {
  const size = sizeOf(shape.slice(1));
  let most = 0;
  for (let i = filter * size; i < (filter + 1) * size; i++) most = Math.max(most, Math.abs(data[i]));
  return most;
}
