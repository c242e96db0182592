/**
 * Small files of several formats for tests.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';

/** Writes files below a folder, making folders on the way. */
export function writeTree(root: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** A gzipped NIfTI-1 file of bytes that count up, or are all `value`. Axes x first. */
export function niftiFile(dimensions: readonly number[], value?: number): Uint8Array {
  const count = dimensions.reduce((product, length) => product * length, 1);
  const bytes = Buffer.alloc(352 + count);
  bytes.writeInt32LE(348, 0);
  bytes.writeInt16LE(dimensions.length, 40);
  for (const [i, length] of dimensions.entries()) bytes.writeInt16LE(length, 42 + 2 * i);
  bytes.writeInt16LE(2, 70);
  bytes.writeInt16LE(8, 72);
  for (let i = 0; i < 5; i++) bytes.writeFloatLE(1, 76 + 4 * i);
  bytes.writeFloatLE(352, 108);
  bytes.write('n+1\0', 344, 'latin1');
  for (let i = 0; i < count; i++) bytes[352 + i] = value ?? i % 200;
  return gzipSync(bytes);
}

/** A clip of grey frames, as animated GIF. */
export async function clipFile(frames: number, side = 12): Promise<Uint8Array> {
  const pictures = Array.from({ length: frames }, (_, i) => ({
    raw: { width: side, height: side, channels: 3 as const },
    data: Buffer.alloc(side * side * 3, 20 + 10 * i),
  }));
  const pages = await Promise.all(pictures.map(({ data, raw }) => sharp(data, { raw }).png().toBuffer()));
  return sharp(pages, { join: { animated: true } })
    .gif({ delay: 40, keepDuplicateFrames: true })
    .toBuffer();
}

/** A PNG of one value, or of the numbers given. */
export async function pngFile(height: number, width: number, value: number | Uint8Array): Promise<Uint8Array> {
  const data = typeof value === 'number' ? new Uint8Array(height * width).fill(value) : value;
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}
