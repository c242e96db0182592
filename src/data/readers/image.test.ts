import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { imageReaders } from './image.ts';
import { recognise } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonde-image-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function openFile(path: string) {
  const found = recognise(readFileSync(path).subarray(0, 512), path);
  assert.ok(found !== undefined && 'reader' in found);
  return found.reader.open(path);
}

/** A 16-bit grey PNG, chunk by chunk (RFC 2083). */
function deepPng(values: Uint16Array, width: number, height: number): Buffer {
  const chunk = (type: string, body: Uint8Array) => {
    const bytes = Buffer.alloc(body.length + 12);
    bytes.writeUInt32BE(body.length, 0);
    bytes.write(type, 4, 'latin1');
    bytes.set(body, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, body.length + 8)), body.length + 8);
    return bytes;
  };
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 16, 0, 0, 0, 0]);
  const lines = Buffer.alloc(height * (1 + 2 * width));
  values.forEach((value, i) => {
    lines.writeUInt16BE(value, Math.floor(i / width) * (1 + 2 * width) + 1 + 2 * (i % width));
  });
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A 16-bit grey TIFF of one uncompressed strip (TIFF 6.0). */
function deepTiff(values: Uint16Array, width: number, height: number): Buffer {
  const entries = [
    [256, width],
    [257, height],
    [258, 16],
    [259, 1],
    [262, 1],
    [273, 8 + 2 + 8 * 12 + 4],
    [277, 1],
    [279, values.byteLength],
  ];
  const bytes = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, value], i) => {
    bytes.writeUInt16LE(tag, 10 + i * 12);
    bytes.writeUInt16LE(4, 12 + i * 12);
    bytes.writeUInt32LE(1, 14 + i * 12);
    bytes.writeUInt32LE(value, 18 + i * 12);
  });
  return Buffer.concat([bytes, new Uint8Array(values.buffer)]);
}

test('16-bit grey is exact, in PNG and TIFF', async () => {
  const values = Uint16Array.from({ length: 12 * 9 }, (_, i) => (i * 601) % 65536);
  for (const [name, bytes] of [
    ['deep.png', deepPng(values, 12, 9)],
    ['deep.tif', deepTiff(values, 12, 9)],
  ] as const) {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const image = await openFile(path);
    assert.deepEqual(image.description.intensityRange, [0, 65535]);
    const { data, shape } = await image.read();
    assert.deepEqual([shape, data], [[1, 9, 12, 1], values]);
  }
});

test('8-bit colour is exact; colour without colour is one channel; transparency goes', async () => {
  const colours = Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * 37) % 256);
  const path = join(folder, 'colour.png');
  await sharp(colours, { raw: { width: 8, height: 6, channels: 3 } })
    .ensureAlpha(0.5)
    .toFile(path);
  const image = await openFile(path);
  assert.equal(image.description.channels, 3);
  assert.deepEqual((await image.read()).data, colours);
  const grey = Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => Math.floor(i / 3) * 5);
  const greyPath = join(folder, 'grey.webp');
  await sharp(grey, { raw: { width: 8, height: 6, channels: 3 } })
    .webp({ lossless: true })
    .toFile(greyPath);
  const flat = await openFile(greyPath);
  assert.equal(flat.description.channels, 1);
  assert.deepEqual(
    [...(await flat.read()).data],
    Array.from({ length: 48 }, (_, i) => i * 5),
  );
});

test('an animation is a clip, read page by page', async () => {
  const pages = [10, 120, 240].map((value) => new Uint8Array(16 * 16).fill(value));
  const path = join(folder, 'beat.gif');
  const frames = await Promise.all(
    pages.map((page) =>
      sharp(page, { raw: { width: 16, height: 16, channels: 1 } })
        .png()
        .toBuffer(),
    ),
  );
  await sharp(frames, { join: { animated: true } })
    .gif({ delay: [50, 50, 50] })
    .toFile(path);
  const clip = await openFile(path);
  const { kind, frames: count, height, width, frameRateHz } = clip.description;
  assert.deepEqual([kind, count, height, width, frameRateHz], ['clip', 3, 16, 16, 20]);
  const window = await clip.read({ start: 0, count: 2, stride: 2 });
  const size = window.data.length / 2;
  assert.ok(Math.abs(window.data[5] - 10) <= 2 && Math.abs(window.data[size + 5] - 240) <= 2);
});

test('every container is recognised by its first bytes, whatever the name says', async () => {
  const picture = sharp(new Uint8Array(64), { raw: { width: 8, height: 8, channels: 1 } });
  for (const format of ['png', 'jpeg', 'webp', 'tiff', 'gif'] as const) {
    const found = recognise(await picture.clone().toFormat(format).toBuffer(), 'picture.dat');
    assert.equal(found !== undefined && 'reader' in found ? found.reader.format : undefined, format);
  }
  assert.equal(imageReaders.length, 5);
  assert.equal(recognise(Buffer.from('some text'), 'notes.txt'), undefined);
  assert.deepEqual(recognise(Buffer.from('<!DOCTYPE html>'), 'scan.jpg'), {
    problem: 'this file is named like a JPEG image, but it holds a web page',
  });
  assert.deepEqual(recognise(Buffer.from([0, 1, 2]), 'brain.nii.gz'), {
    problem: 'this file is named like a NIfTI volume, but it holds data of an unknown format',
  });
});

test('whatever bytes are changed or cut, a picture opens or says why not', async () => {
  const random = new Random(3);
  const values = random.fillUniform(new Float32Array(40 * 40 * 3), 0, 256);
  const source = sharp(Uint8Array.from(values), { raw: { width: 40, height: 40, channels: 3 } });
  for (const format of ['png', 'jpeg', 'tiff', 'gif'] as const) {
    const whole = await source.clone().toFormat(format).toBuffer();
    const path = join(folder, `changed.${format}`);
    for (let round = 0; round < 40; round++) {
      const bytes = Uint8Array.from(
        round % 3 === 0 ? whole.subarray(0, 12 + random.integer(whole.length - 12)) : whole,
      );
      for (let i = 0; i <= round % 4; i++) bytes[12 + random.integer(bytes.length - 12)] = random.integer(256);
      writeFileSync(path, bytes);
      try {
        const image = await openFile(path);
        const { frames, height, width } = image.description;
        if (frames * height * width < 1e6) await image.read();
      } catch (error) {
        assert.ok(error instanceof SondeError && error.code === 'data/unreadable', String(error));
        assert.ok(!error.message.includes(folder), error.message);
      }
    }
  }
});
