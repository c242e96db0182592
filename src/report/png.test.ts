import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { SondeError } from '../base/errors.ts';
import { encodePng, pngDataUri } from './png.ts';

test('an independent decoder reads back the same pixels', async () => {
  const rasters = fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(1 as const, 3 as const, 4 as const),
    )
    .chain(([width, height, channels]) =>
      fc
        .uint8Array({ minLength: width * height * channels, maxLength: width * height * channels })
        .map((data) => ({ width, height, channels, data })),
    );
  await fc.assert(
    fc.asyncProperty(rasters, async (raster) => {
      const decoded = sharp(encodePng(raster));
      const metadata = await decoded.metadata();
      assert.equal(metadata.channels, raster.channels);
      const { data, info } = await decoded.raw().toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height], [raster.width, raster.height]);
      if (info.channels === raster.channels) assert.deepEqual(new Uint8Array(data), raster.data);
      else
        assert.deepEqual(
          Uint8Array.from(raster.data.keys(), (i) => data[i * info.channels]),
          raster.data,
        );
    }),
    { numRuns: 40 },
  );
});

test('a smooth picture becomes smaller than its pixels', () => {
  const data = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64) * 2 + Math.floor(i / 64));
  assert.ok(encodePng({ width: 64, height: 64, channels: 1, data }).length < 600);
});

test('pixels that do not fill the size are refused', () => {
  const raster = { width: 2, height: 2, channels: 1 as const, data: new Uint8Array(3) };
  assert.throws(
    () => pngDataUri(raster),
    (error: unknown) => error instanceof SondeError && /expected 2 × 2 × 1/.test(error.message),
  );
});
