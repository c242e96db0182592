/**
 * A small PNG writer (PNG specification, third edition): 8 bits, grey, colour or colour with opacity, no interlacing.
 * It needs nothing but zlib, so the same bytes are made in Node and in a browser.
 * @module
 */
import { zlibSync } from 'fflate';
import { base64 } from '../base/base64.ts';
import { SondeError } from '../base/errors.ts';

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 colour, 4 colour and opacity. */
  readonly channels: 1 | 3 | 4;
  /** `[H, W, C]`, row-major, 0 to 255. */
  readonly data: Uint8Array;
}

const colourType = { 1: 0, 3: 2, 4: 6 } as const;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The bytes of a PNG file. Throws `shape/mismatch` when the data do not fill the size. */
export function encodePng({ width, height, channels, data }: Raster): Uint8Array {
  if (!(width >= 1 && height >= 1) || data.length !== width * height * channels) {
    throw new SondeError('shape/mismatch', 'the pixels do not fill the picture', {
      expected: `${height} × ${width} × ${channels}`,
      found: `${data.length} values`,
    });
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = colourType[channels];
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(filtered(data, height, width * channels, channels), { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  const file = new Uint8Array(signature.length + chunks.reduce((sum, part) => sum + part.length, 0));
  file.set(signature);
  let offset = signature.length;
  for (const part of chunks) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

/** `data:image/png;base64,…` */
export function pngDataUri(raster: Raster): string {
  return `data:image/png;base64,${base64(encodePng(raster))}`;
}

/** Each row with the filter (none, left, up, average, Paeth) whose differences are smallest, as libpng does. */
function filtered(data: Uint8Array, height: number, stride: number, step: number): Uint8Array {
  const out = new Uint8Array(height * (stride + 1));
  const candidate = new Uint8Array(stride);
  for (let row = 0; row < height; row++) {
    const start = row * stride;
    let least = Number.POSITIVE_INFINITY;
    for (let filter = 0; filter < 5; filter++) {
      let cost = 0;
      for (let i = 0; i < stride; i++) {
        const left = i >= step ? data[start + i - step] : 0;
        const up = row > 0 ? data[start + i - stride] : 0;
        const corner = row > 0 && i >= step ? data[start + i - stride - step] : 0;
        const value = (data[start + i] - predict(filter, left, up, corner)) & 0xff;
        candidate[i] = value;
        cost += value < 128 ? value : 256 - value;
      }
      if (cost < least) {
        least = cost;
        out[row * (stride + 1)] = filter;
        out.set(candidate, row * (stride + 1) + 1);
      }
    }
  }
  return out;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(out.length - 4, crc32(out.subarray(4, out.length - 4)));
  return out;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
  return remainder;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
