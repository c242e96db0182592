import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { parquetWriteFile } from 'hyparquet-writer';
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { SplitPart } from '../../data/media.ts';
import type { FeatureTable } from '../feature-table.ts';
import {
  describeFeatureFile,
  FeatureFileWriter,
  featureFilePath,
  listFeatureFiles,
  readFeatureTable,
  readFeatureTables,
  writeFeatureTable,
} from './feature-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonde-features-'));
after(() => rmSync(folder, { recursive: true }));

function madeUp(tap: string, rows: number, columns: number): FeatureTable {
  const parts: SplitPart[] = ['train', 'validation', 'test'];
  const numbers = Array.from({ length: rows }, (_, row) => row);
  return {
    tap,
    rows,
    columns,
    features: new Random(tap).fillNormal(new Float32Array(rows * columns)),
    items: numbers.map((row) => `clips/Übung ${row}.mp4`),
    patients: numbers.map((row) => `p${row % 5}`),
    parts: numbers.map((row) => parts[(row % 5) % 3]),
    frames: numbers.map((row) => row * 8),
    labels: {
      view: numbers.map((row) => (row % 2 === 0 ? 'apikal „quer"' : undefined)),
      phase: numbers.map((row) => row / 7),
    },
  };
}

function without(table: FeatureTable, ...columns: (keyof FeatureTable)[]): FeatureTable {
  const left = { ...table };
  for (const column of columns) delete left[column];
  return left;
}

for (const [rows, columns] of [
  [7, 5],
  [3, 1],
  [40, 200],
  [130, 9000],
]) {
  test(`${rows} rows of ${columns} columns come back as they were`, async () => {
    const table = madeUp(`tap ${rows}x${columns}`, rows, columns);
    const path = writeFeatureTable(join(folder, 'sizes'), table);
    assert.deepEqual(await readFeatureTable(path), table);
    assert.equal(existsSync(`${path}.partial`), false);
  });
}

test('an ordinary Parquet reader sees rows with lists of floats', async () => {
  const table = madeUp('plain', 6, 300);
  const path = writeFeatureTable(join(folder, 'plain'), table);
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
  assert.equal(rows.length, 6);
  assert.deepEqual(Object.keys(rows[2]), ['item', 'patient', 'part', 'start', 'labels', 'features']);
  assert.equal(rows[2].item, 'clips/Übung 2.mp4');
  assert.equal(rows[2].start, 16);
  assert.deepEqual(rows[2].labels, { view: 'apikal „quer"', phase: 2 / 7 });
  assert.deepEqual(rows[2].features, [...table.features.subarray(600, 900)]);
});

test('a file rewritten by another tool, compressed, is read the slow way', async () => {
  const table = without(madeUp('rewritten', 30, 12), 'labels');
  const path = featureFilePath(join(folder, 'plain'), 'rewritten');
  parquetWriteFile({
    filename: path,
    columnData: [
      { name: 'item', data: [...table.items] },
      { name: 'patient', data: [...table.patients] },
      { name: 'part', data: [...table.parts!] },
      { name: 'start', data: [...table.frames!] },
      { name: 'labels', data: table.items.map(() => undefined) },
      { name: 'features', data: table.items.map((_, i) => [...table.features.subarray(i * 12, i * 12 + 12)]) },
    ],
    schema: [
      { name: 'root', num_children: 6 },
      { name: 'item', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'patient', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'part', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'start', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'labels', type: 'BYTE_ARRAY', converted_type: 'JSON', repetition_type: 'OPTIONAL' },
      { name: 'features', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' },
    ],
    rowGroupSize: 11,
    kvMetadata: [{ key: 'sonde', value: JSON.stringify({ tap: 'rewritten', columns: 12, position: 0, about: {} }) }],
  });
  assert.deepEqual(await readFeatureTable(path), table);
});

test('row groups are appended; parts and frames may be missing; nothing shows before the end', async () => {
  const table = without(madeUp('stage/1', 9, 4), 'parts', 'frames', 'labels');
  const path = featureFilePath(folder, 'stage/1');
  assert.equal(path, join(folder, 'stage%2F1.parquet'));
  const writer = new FeatureFileWriter(path, { tap: 'stage/1', columns: 4, about: { encoder: 'abc' } });
  for (const from of [0, 3, 6]) {
    writer.append({
      items: table.items.slice(from, from + 3),
      patients: table.patients.slice(from, from + 3),
      features: table.features.subarray(from * 4, from * 4 + 12),
    });
  }
  assert.throws(() => writer.append({ items: ['a'], patients: ['b'], features: new Float32Array(3) }), /4 numbers/);
  assert.equal(existsSync(path), false);
  writer.finish();
  assert.deepEqual(await readFeatureTable(path), table);
  assert.deepEqual(await describeFeatureFile(path), {
    tap: 'stage/1',
    columns: 4,
    rows: 9,
    position: 0,
    about: { encoder: 'abc' },
  });
});

test('a folder is read first layer to last', async () => {
  const layers = join(folder, 'layers');
  ['zeroth', 'first', 'second'].forEach((tap, position) => {
    writeFeatureTable(layers, madeUp(tap, 3, 2), { position });
  });
  assert.deepEqual(
    (await listFeatureFiles(layers)).map(({ tap }) => tap),
    ['zeroth', 'first', 'second'],
  );
  const seen: string[] = [];
  for await (const { tap } of readFeatureTables(layers)) seen.push(tap);
  assert.deepEqual(seen, ['zeroth', 'first', 'second']);
});

test('a damaged file is refused by name', async () => {
  const path = writeFeatureTable(join(folder, 'damaged'), madeUp('whole', 5, 4));
  const bytes = readFileSync(path);
  for (const damaged of [
    bytes.subarray(0, bytes.length - 9),
    bytes.subarray(0, 3),
    Buffer.from('not a table at all'),
  ]) {
    writeFileSync(path, damaged);
    await assert.rejects(readFeatureTable(path), (error) => {
      assert.ok(error instanceof SondeError);
      assert.equal(error.code, 'file/malformed');
      assert.match(error.message, /whole\.parquet: cannot be read as features/);
      return true;
    });
  }
});
