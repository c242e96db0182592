/**
 * From decoded pictures to what the frame store keeps: scaled to black and white, resized, quantised.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import type { Frames, FrameWindow, MediaItem } from '../media.ts';
import { toColour, toGrey } from '../transform/grey.ts';
import type { Pixels } from '../transform/pixels.ts';
import { fittedSize, resizeToFloat } from '../transform/resize.ts';

export interface StoreSettings {
  /** Longest (or shortest, see `side`) side in pixels after resizing, never enlarged; `original` keeps every pixel. */
  readonly size: number | 'original';
  readonly side: 'long' | 'short';
  readonly bits: 8 | 16;
  /** `source` keeps what each item has; 1 turns colour to grey, 3 repeats grey. */
  readonly channels: 'source' | 1 | 3;
}

export interface StoredFrames {
  readonly data: Uint8Array | Uint16Array;
  readonly shape: Frames['shape'];
}

/** Decoded bytes that are held at a time: a long clip is read piece by piece. */
const pieceBytes = 32e6;

/** Reads a whole item piece by piece and returns it as it will be stored. Throws what `read` throws. */
export async function prepareItem(
  item: MediaItem,
  settings: StoreSettings,
  read: (window: FrameWindow) => Promise<Frames>,
): Promise<StoredFrames> {
  const frameBytes = 4 * item.height * item.width * item.channels;
  const step = Math.max(1, Math.floor(pieceBytes / frameBytes));
  const [height, width] = storedSize(item, settings);
  const channels = settings.channels === 'source' ? item.channels : settings.channels;
  const size = height * width * channels;
  const length = item.frames * size;
  const data = settings.bits === 8 ? new Uint8Array(length) : new Uint16Array(length);
  for (let start = 0; start < item.frames; start += step) {
    const count = Math.min(step, item.frames - start);
    const frames = await read({ start, count });
    checkShape(frames, item, count);
    // Averaging, grey and scaling are linear, so the small picture gives the same values sooner.
    const small = resizeToFloat(frames, height, width, 'area');
    quantise(withChannels(scaleIntensities(small, item.intensityRange), channels).data, data, start * size);
  }
  return { data, shape: [item.frames, height, width, channels] };
}

/** Height and width an item is stored with. */
export function storedSize(
  item: Pick<MediaItem, 'height' | 'width'>,
  { size, side }: Pick<StoreSettings, 'size' | 'side'>,
): [height: number, width: number] {
  return size === 'original' ? [item.height, item.width] : fittedSize(item.height, item.width, size, side);
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

/** 0 to 1 becomes 0 to the type's maximum, rounded; what lies outside is clipped. */
function quantise(values: Float32Array, out: Uint8Array | Uint16Array, offset: number): void {
  const maximum = out instanceof Uint8Array ? 255 : 65535;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] * maximum + 0.5;
    out[offset + i] = value <= 0 ? 0 : Math.min(value, maximum);
  }
}
