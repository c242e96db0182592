/**
 * BMP: Windows bitmaps of 1, 4, 8, 16, 24 and 32 bits, uncompressed or run-length coded, in either row order.
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import type { Frames, MediaReader, OpenedMedia } from '../media.ts';
import { looksGrey, toGrey } from '../transform/grey.ts';
import { windowOf } from '../window.ts';
import { begins } from './magic.ts';

/** Values of one picture; more is a damaged header. */
const largest = 2 ** 28;

export const bmpReader: MediaReader = {
  format: 'bmp',
  title: 'BMP image',
  extensions: ['.bmp', '.dib'],
  supports: '1 to 32 bits, runs, either row order',
  sniff: (head) => begins(head, 0, 'BM') && head.length > 26 && head[15] === 0 && head[14] >= 12,
  open: async (path): Promise<OpenedMedia> => {
    if (statSync(path).size > 2 ** 31 - 1) throw unreadable('it is larger than 2 GiB');
    const colour = decode(readFileSync(path));
    const frames = looksGrey(colour.data, 255) ? toGrey(colour) : colour;
    const [, height, width, channels] = frames.shape;
    return {
      description: {
        kind: 'image',
        frames: 1,
        height,
        width,
        channels: channels === 1 ? 1 : 3,
        intensityRange: [0, 255],
        format: 'bmp',
      },
      read: async (window) => windowOf(frames, window),
    };
  },
};

interface Layout {
  readonly height: number;
  readonly width: number;
  /** Rows stand in the file from the top down. */
  readonly downwards: boolean;
  readonly bits: number;
  readonly offset: number;
  /** Red, green, blue of each entry. */
  readonly palette: Uint8Array;
  readonly masks: readonly number[] | undefined;
}

function decode(bytes: Buffer): Frames {
  if (bytes.length < 30) throw unreadable('it is cut off');
  const headerLength = bytes.readUInt32LE(14);
  const old = headerLength === 12;
  const width = old ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signedHeight = old ? bytes.readInt16LE(20) : bytes.readInt32LE(22);
  const height = Math.abs(signedHeight);
  const bits = bytes.readUInt16LE(old ? 24 : 28);
  const packing = old ? 0 : bytes.readUInt32LE(30);
  if (width < 1 || height < 1 || width * height * 3 > largest) throw unreadable(`it is ${height} x ${width} pixels`);
  const masked = packing === 3 || packing === 6;
  const at = 14 + headerLength + (masked && headerLength === 40 ? 12 : 0);
  const entry = old ? 3 : 4;
  const colours = bits > 8 ? 0 : (!old && bytes.readUInt32LE(46)) || 2 ** bits;
  if (at + colours * entry > bytes.length || colours > 256) throw unreadable('its palette is cut off');
  const palette = Uint8Array.from(
    { length: colours * 3 },
    (_, i) => bytes[at + Math.floor(i / 3) * entry + 2 - (i % 3)],
  );
  const masks = masked ? [54, 58, 62].map((place) => bytes.readUInt32LE(place)) : undefined;
  const layout = { height, width, downwards: signedHeight < 0, bits, offset: bytes.readUInt32LE(10), palette, masks };
  if (packing === 1 || packing === 2) return fromPalette(unpackRuns(bytes, layout, packing === 2), layout);
  if (packing !== 0 && !masked) throw unreadable(`it is compressed in a way (${packing}) that is not supported`);
  return uncompressed(bytes, layout);
}

function uncompressed(bytes: Buffer, layout: Layout): Frames {
  const { height, width, downwards, bits, offset } = layout;
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw unreadable(`it has ${bits} bits a pixel`);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (offset + stride * height > bytes.length) throw unreadable('its pixels are cut off');
  const row = (y: number) => offset + (downwards ? y : height - 1 - y) * stride;
  if (bits <= 8) {
    const numbers = new Uint8Array(height * width);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const bit = x * bits;
        numbers[y * width + x] = (bytes[row(y) + (bit >> 3)] >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
      }
    }
    return fromPalette(numbers, layout);
  }
  const data = new Uint8Array(height * width * 3);
  const masks = layout.masks ?? (bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0xff00, 0xff]);
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: Math.max(1, mask >>> shift) };
  });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = row(y) + (x * bits) / 8;
      const value =
        bits === 16 ? bytes.readUInt16LE(at) : bits === 24 ? bytes.readUIntLE(at, 3) : bytes.readUInt32LE(at);
      channels.forEach(({ mask, shift, most }, channel) => {
        data[(y * width + x) * 3 + channel] = Math.round((((value & mask) >>> shift) * 255) / most);
      });
    }
  }
  return { data, shape: [1, height, width, 3] };
}

function fromPalette(numbers: Uint8Array, { height, width, palette }: Layout): Frames {
  const data = new Uint8Array(numbers.length * 3);
  for (let i = 0; i < numbers.length; i++) {
    for (let channel = 0; channel < 3; channel++) data[i * 3 + channel] = palette[numbers[i] * 3 + channel] ?? 0;
  }
  return { data, shape: [1, height, width, 3] };
}

/** Run-length coding of 8 or 4 bits: pairs of a count and a value; a count of 0 is a command. */
function unpackRuns(bytes: Buffer, { height, width, downwards, offset }: Layout, half: boolean): Uint8Array {
  const out = new Uint8Array(height * width);
  let [x, y] = [0, 0];
  const put = (value: number) => {
    if (x < width && y < height) out[(downwards ? y : height - 1 - y) * width + x] = value;
    x++;
  };
  for (let at = offset; at + 1 < bytes.length && y < height; ) {
    const [count, value] = [bytes[at], bytes[at + 1]];
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(half ? (i % 2 ? value & 15 : value >> 4) : value);
    } else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) {
      x += bytes[at] ?? 0;
      y += bytes[at + 1] ?? 0;
      at += 2;
    } else {
      for (let i = 0; i < value; i++) {
        const byte = bytes[at + (half ? i >> 1 : i)] ?? 0;
        put(half ? (i % 2 ? byte & 15 : byte >> 4) : byte);
      }
      at += Math.ceil((half ? Math.ceil(value / 2) : value) / 2) * 2;
    }
  }
  return out;
}

function unreadable(what: string): SondeError {
  return new SondeError('data/unreadable', `this BMP image cannot be read: ${what}`);
}
