/**
 * PNG as numbers, not as colours: the palette's positions or the grey values that a mask is made of. libvips looks the
 * palette up and cannot be asked not to.
 * @module
 */
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { SondeError } from '../../base/errors.ts';
import type { Frames } from '../media.ts';

/** Values of one picture; more is a damaged header. */
const largest = 2 ** 28;

/**
 * The stored numbers of a grey or palette PNG of up to 8 bits, `[1, H, W, 1]`; `undefined` for other kinds (colour, 16
 * bits, interlaced), which mean what they show. Throws `data/unreadable`.
 */
export function readPngNumbers(path: string): Frames | undefined {
  const bytes = readFileSync(path);
  if (bytes.length < 33 || bytes.readUInt32BE(0) !== 0x89504e47 || bytes.toString('latin1', 12, 16) !== 'IHDR') {
    throw damaged();
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [bits, colour, , , interlaced] = bytes.subarray(24, 29);
  if (bits > 8 || (colour !== 0 && colour !== 3) || interlaced !== 0) return undefined;
  if (width * height > largest || width * height === 0) throw damaged();
  const stride = Math.ceil((width * bits) / 8);
  const rows = unfilter(inflated(bytes, height * (stride + 1)), height, stride);
  const data = new Uint8Array(width * height);
  const mask = 2 ** bits - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      data[y * width + x] = (rows[y * stride + (bit >> 3)] >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return { data, shape: [1, height, width, 1] };
}

function inflated(bytes: Buffer, length: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + size));
    if (type === 'IEND') break;
    at += 12 + size;
  }
  try {
    const out = inflateSync(Buffer.concat(parts), { maxOutputLength: length + 16 });
    if (out.length >= length) return out;
  } catch {
    // Said below.
  }
  throw damaged();
}

/** Undoes the filters of PNG, for pixels of at most one byte. */
function unfilter(bytes: Uint8Array, height: number, stride: number): Uint8Array {
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = bytes[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x > 0 ? out[y * stride + x - 1] : 0;
      const above = y > 0 ? out[(y - 1) * stride + x] : 0;
      const corner = x > 0 && y > 0 ? out[(y - 1) * stride + x - 1] : 0;
      out[y * stride + x] = bytes[y * (stride + 1) + 1 + x] + predicted(filter, left, above, corner);
    }
  }
  return out;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const guess = left + above - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
      return a <= b && a <= c ? left : b <= c ? above : corner;
    }
    default:
      return 0;
  }
}

function damaged(): SondeError {
  return new SondeError('data/unreadable', 'this PNG mask cannot be decoded: it is cut off or damaged');
}
