import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { openMedia } from '../storage/folder-source.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sonde-bmp-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function bmp(bits: number, height: number, body: Uint8Array, options: { palette?: number[]; packing?: number } = {}) {
  const { palette = [], packing = 0 } = options;
  const bytes = Buffer.alloc(54 + palette.length + body.length);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54 + palette.length, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(3, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  bytes.writeUInt32LE(packing, 30);
  bytes.writeUInt32LE(palette.length / 4, 46);
  bytes.set(palette, 54);
  bytes.set(body, 54 + palette.length);
  return bytes;
}

async function read(bytes: Uint8Array) {
  const path = join(scratch, 'a.bmp');
  writeFileSync(path, bytes);
  const media = await openMedia(path);
  return { ...(await media.read()), kind: media.description.kind };
}

const grey = [0, 0, 0, 0, 80, 80, 80, 0, 160, 160, 160, 0, 240, 240, 240, 0];

test('rows from below or above, palettes, 16, 24 and 32 bits, runs', async () => {
  const rows = Uint8Array.of(0, 1, 2, 0, 3, 3, 0, 0);
  assert.deepEqual([...(await read(bmp(8, 2, rows, { palette: grey }))).data], [240, 240, 0, 0, 80, 160]);
  assert.deepEqual([...(await read(bmp(8, -2, rows, { palette: grey }))).data], [0, 80, 160, 240, 240, 0]);
  const nibbles = Uint8Array.of(0x01, 0x20, 0, 0, 0x33, 0x00, 0, 0);
  assert.deepEqual([...(await read(bmp(4, -2, nibbles, { palette: grey }))).data], [0, 80, 160, 240, 240, 0]);
  const bitRows = Uint8Array.of(0b01000000, 0, 0, 0);
  assert.deepEqual([...(await read(bmp(1, 1, bitRows, { palette: grey.slice(0, 8) }))).data], [0, 80, 0]);
  // Blue, green, red in the file.
  const { data, shape } = await read(bmp(24, 1, Uint8Array.of(1, 2, 250, 4, 200, 6, 7, 8, 9, 0, 0, 0)));
  assert.deepEqual(
    [shape, [...data]],
    [
      [1, 1, 3, 3],
      [250, 2, 1, 6, 200, 4, 9, 8, 7],
    ],
  );
  const wide = await read(bmp(32, 1, Uint8Array.of(1, 2, 250, 0, 4, 200, 6, 0, 7, 8, 9, 0)));
  assert.deepEqual([...wide.data], [...data]);
  const high = await read(bmp(16, 1, new Uint8Array(Uint16Array.of(0x7c00, 0x03e0, 0x001f, 0).buffer)));
  assert.deepEqual([...high.data], [255, 0, 0, 0, 255, 0, 0, 0, 255]);
  const runs = Uint8Array.of(2, 3, 0, 0, 0, 3, 0, 1, 2, 0, 0, 1);
  assert.deepEqual([...(await read(bmp(8, 2, runs, { palette: grey, packing: 1 }))).data], [0, 80, 160, 240, 240, 0]);
});

test('what is cut off or compressed otherwise says so', async () => {
  const rejects = (bytes: Uint8Array, message: RegExp) =>
    assert.rejects(read(bytes), { code: 'data/unreadable', message });
  await rejects(bmp(24, 50, new Uint8Array(30)), /pixels are cut off/);
  await rejects(bmp(24, 1, new Uint8Array(12), { packing: 4 }), /compressed in a way \(4\)/);
  await rejects(bmp(24, 2 ** 30, new Uint8Array(12)), /it is 1073741824 x 3 pixels/);
});

test('animated GIF and WebP, and TIFF of several pages, are clips', async () => {
  const pages = await Promise.all(
    [40, 90, 200].map((value) =>
      sharp(Buffer.alloc(16 * 16 * 3, value), { raw: { width: 16, height: 16, channels: 3 } })
        .png()
        .toBuffer(),
    ),
  );
  const joined = () => sharp(pages, { join: { animated: true } });
  for (const [name, bytes, rate] of [
    [
      'a.gif',
      await joined()
        .gif({ delay: [50, 50, 50] })
        .toBuffer(),
      20,
    ],
    [
      'a.webp',
      await joined()
        .webp({ lossless: true, delay: [50, 50, 50] })
        .toBuffer(),
      20,
    ],
    ['a.tif', await joined().tiff({ compression: 'lzw' }).toBuffer(), undefined],
  ] as const) {
    const path = join(scratch, name);
    writeFileSync(path, bytes);
    const media = await openMedia(path);
    const { kind, frames, height, width, frameRateHz } = media.description;
    assert.deepEqual([kind, frames, height, width, frameRateHz], ['clip', 3, 16, 16, rate], name);
    const { data } = await media.read({ start: 1, count: 2 });
    assert.ok(Math.abs(data[0] - 90) <= 2 && Math.abs(data[256] - 200) <= 2, `${name} ${data[0]} ${data[256]}`);
  }
});
