import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FrameStore } from '../../data/media.ts';
import { hostArray } from '../../tensor/host-array.ts';
import type { Encoder } from '../encoder.ts';
import { extractFeatures } from '../extraction.ts';
import { extractToFiles } from './extract-to-files.ts';
import { readFeatureTable } from './feature-files.ts';

const items = Array.from({ length: 37 }, (_, i) => ({ id: `i${i}`, patient: `p${i}`, labels: { odd: i % 2 === 1 } }));
const store = {
  index: {
    name: 'made up',
    items,
    split: { name: 'all', seed: 0, parts: Object.fromEntries(items.map(({ patient }) => [patient, 'train'])) },
  },
  sizeOf: () => [1, 4, 4, 1],
  read: (item: number) => ({ data: Float32Array.from({ length: 16 }, (_, i) => item + i / 16), shape: [1, 4, 4, 1] }),
} as unknown as FrameStore;

const encoder = (failAt = Number.POSITIVE_INFINITY): Encoder => {
  let calls = 0;
  return {
    presentation: { channels: 1, frames: 1, stride: 1, size: 4, mask: 'none', intensity: 'unit' },
    inputShape: [1, 4, 4],
    taps: ['picture', 'half'],
    fixedBatch: undefined,
    encode: async (data, count) => {
      if (calls++ === failAt) throw new Error('no more');
      const pixels = data.slice(0, count * 16);
      return {
        picture: hostArray('float32', [count, 1, 4, 4], pixels),
        half: hostArray(
          'float32',
          [count, 16],
          pixels.map((value) => value / 2),
        ),
      };
    },
    release: async () => {},
  };
};

test('files hold what tables hold', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-extract-'));
  try {
    const tables = await extractFeatures(encoder(), store, { batchSize: 5 });
    const files = await extractToFiles(encoder(), store, folder, { batchSize: 5, about: { data: 'made up' } });
    assert.deepEqual(
      files.map(({ tap, rows, columns }) => ({ tap, rows, columns })),
      tables.map(({ tap, rows, columns }) => ({ tap, rows, columns })),
    );
    for (const [i, { file }] of files.entries()) {
      const read = await readFeatureTable(file);
      const { tap, rows, columns, features, items: ids, patients, parts, frames, labels } = tables[i];
      assert.deepEqual(
        { ...read },
        { ...read, tap, rows, columns, features, items: ids, patients, parts, frames, labels },
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an extraction that fails leaves no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-extract-'));
  try {
    await assert.rejects(extractToFiles(encoder(3), store, folder, { batchSize: 5 }), { message: 'no more' });
    assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
