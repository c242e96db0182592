/**
 * From decoded pictures to what the frame store keeps: brought to a common form, scaled to black and white, resized,
 * quantised.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sizeOf } from '../../base/shape.ts';
import { framesAtRate } from '../clip-rate.ts';
import type { Frames, FrameWindow, MediaItem, Placement } from '../media.ts';
import type { Preparation } from '../preparation.ts';
import { toColour, toGrey } from '../transform/grey.ts';
import type { Pixels } from '../transform/pixels.ts';
import { resample } from '../transform/resample.ts';
import { fittedSize, resizeToFloat } from '../transform/resize.ts';
import { fieldOfViewOf, type Region, regionAlone } from './field-of-view.ts';
import { preparedRange } from './prepared-range.ts';

export interface StoreSettings {
  /** Longest (or shortest, see `side`) side in pixels after resizing, never enlarged; `original` keeps every pixel. */
  readonly size: number | 'original';
  readonly side: 'long' | 'short';
  readonly bits: 8 | 16;
  /** `source` keeps what each item has; 1 turns colour to grey, 3 repeats grey. */
  readonly channels: 'source' | 1 | 3;
  readonly preparation?: Preparation;
}

export interface StoredFrames {
  readonly data: Uint8Array | Uint16Array;
  readonly shape: Frames['shape'];
  /** Where the pixels come from, where that is not the whole item. */
  readonly placement?: Placement;
}

type Read = (window: FrameWindow) => Promise<Frames>;

/** Decoded bytes that are held at a time: a long clip is read piece by piece. */
const pieceBytes = 32e6;
/** Voxels of a volume that is resampled to a spacing. */
const mostVoxels = 2 ** 28;

/** Reads a whole item piece by piece and returns it as it will be stored. Throws what `read` throws. */
export async function prepareItem(item: MediaItem, settings: StoreSettings, read: Read): Promise<StoredFrames> {
  const { preparation = {} } = settings;
  const channels = settings.channels === 'source' ? item.channels : settings.channels;
  const range = await preparedRange(item, preparation.intensity, read);
  const region = await fieldOfViewOf({ ...item, intensityRange: range }, preparation.fieldOfView, read);
  const finish = (values: Pixels<Float32Array>) => withChannels(scaleIntensities(values, range), channels);
  if (preparation.spacingMm !== undefined && item.kind === 'volume') {
    const pixels = await atSpacing(item, preparation.spacingMm, region, read);
    const { data, shape } = finish(pixels);
    const stored = emptyFrames(data.length, settings.bits);
    quantise(data, stored, 0);
    return { data: stored, shape, placement: placementOf(item, undefined, undefined) };
  }
  const chosen =
    preparation.frameRateHz !== undefined && item.kind === 'clip'
      ? framesAtRate(item, preparation.frameRateHz)
      : undefined;
  const frames = chosen?.length ?? item.frames;
  const [height, width] = storedSize(region?.box ?? item, settings);
  const shape = [frames, height, width, channels] as const;
  const data = emptyFrames(sizeOf(shape), settings.bits);
  let done = 0;
  for await (const piece of pieces(item, chosen, region, read)) {
    // Averaging, grey and scaling are linear, so the small picture gives the same values sooner.
    const small = finish(resizeToFloat(piece, height, width, 'area'));
    quantise(small.data, data, done);
    done += small.data.length;
  }
  const whole = chosen === undefined && (region === undefined || isWhole(region, item));
  return { data, shape, ...(whole ? {} : { placement: placementOf(item, region, chosen) }) };
}

function placementOf(item: MediaItem, region: Region | undefined, chosen: Int32Array | undefined): Placement {
  const { frames, height, width } = item;
  const box = region?.box ?? { x: 0, y: 0, height, width };
  return { frames, height, width, box, ...(chosen === undefined ? {} : { chosen: [...chosen] }) };
}

function isWhole({ box }: Region, { height, width }: MediaItem): boolean {
  return box.height === height && box.width === width;
}

/** Height and width an item is stored with. */
export function storedSize(
  item: Pick<MediaItem, 'height' | 'width'>,
  { size, side }: Pick<StoreSettings, 'size' | 'side'>,
): [height: number, width: number] {
  return size === 'original' ? [item.height, item.width] : fittedSize(item.height, item.width, size, side);
}

/** The frames in order, or the chosen ones (which never go back), a few megabytes at a time. */
async function* pieces(
  item: MediaItem,
  chosen: Int32Array | undefined,
  region: Region | undefined,
  read: Read,
): AsyncGenerator<Pixels> {
  const step = Math.max(1, Math.floor(pieceBytes / (4 * item.height * item.width * item.channels)));
  const total = chosen?.length ?? item.frames;
  for (let from = 0; from < total; ) {
    const first = chosen?.[from] ?? from;
    let to = from + 1;
    while (to < total && (chosen?.[to] ?? to) - first < step) to++;
    const count = (chosen?.[to - 1] ?? to - 1) - first + 1;
    const frames = await read({ start: first, count });
    checkShape(frames, item, count);
    const wanted = chosen === undefined ? frames : picked(frames, chosen.subarray(from, to), first);
    yield region === undefined ? wanted : regionAlone(wanted, region);
    from = to;
  }
}

function picked({ data, shape }: Frames, numbers: Int32Array, first: number): Frames {
  const [, height, width, channels] = shape;
  const size = height * width * channels;
  const out = data.slice(0, numbers.length * size);
  numbers.forEach((number, i) => {
    out.set(data.subarray((number - first) * size, (number - first + 1) * size), i * size);
  });
  return { data: out, shape: [numbers.length, height, width, channels] };
}

/** A volume with voxels of the wanted size. */
async function atSpacing(
  item: MediaItem,
  to: readonly [number, number, number],
  region: Region | undefined,
  read: Read,
): Promise<Pixels<Float32Array>> {
  const from = item.spacingMm;
  if (from === undefined || from.some((step) => !(step > 0))) {
    throw new SondeError('data/unsuitable', 'it does not say how far apart its voxels are, so it cannot be resampled', {
      hint: 'leave --spacing-mm out, or leave this item out',
    });
  }
  const voxels = [item.frames, item.height, item.width].reduce(
    (product, length, axis) => product * Math.max(length, (length * from[axis]) / to[axis]),
    item.channels,
  );
  if (voxels > mostVoxels) {
    throw new SondeError('data/unsuitable', `at ${to.join(' x ')} mm it has more than 268 million voxels`, {
      hint: 'choose a larger --spacing-mm',
    });
  }
  const parts: Pixels[] = [];
  for await (const piece of pieces(item, undefined, region, read)) parts.push(piece);
  return resample(joined(parts), from, to).pixels;
}

function joined(parts: readonly Pixels[]): Pixels {
  if (parts.length === 1) return parts[0];
  const [, height, width, channels] = parts[0].shape;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, shape: [parts.reduce((sum, part) => sum + part.shape[0], 0), height, width, channels] };
}

function checkShape(frames: Frames, item: MediaItem, count: number): void {
  const expected = [count, item.height, item.width, item.channels];
  if (frames.shape.every((length, axis) => length === expected[axis])) return;
  throw new SondeError('data/unreadable', 'the pictures are not what the index says', {
    found: formatShape(frames.shape),
    expected: formatShape(expected),
    hint: 'the file has changed since it was indexed, or it is damaged',
  });
}

/** 0 at black, 1 at white, in place; values beyond are kept until `quantise`. */
function scaleIntensities(
  { data, shape }: Pixels<Float32Array>,
  [black, white]: MediaItem['intensityRange'],
): Pixels<Float32Array> {
  const scale = white === black ? 0 : 1 / (white - black);
  for (let i = 0; i < data.length; i++) data[i] = (data[i] - black) * scale;
  return { data, shape };
}

function withChannels(frames: Pixels<Float32Array>, channels: 1 | 3): Pixels<Float32Array> {
  if (frames.shape[3] === channels) return frames;
  return channels === 1 ? toGrey(frames) : toColour(frames);
}

function emptyFrames(length: number, bits: StoreSettings['bits']): Uint8Array | Uint16Array {
  return bits === 8 ? new Uint8Array(length) : new Uint16Array(length);
}

/** 0 to 1 becomes 0 to the type's maximum, rounded; what lies outside is clipped. */
function quantise(values: Float32Array, out: Uint8Array | Uint16Array, offset: number): void {
  const maximum = out instanceof Uint8Array ? 255 : 65535;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] * maximum + 0.5;
    out[offset + i] = value <= 0 ? 0 : Math.min(value, maximum);
  }
}
