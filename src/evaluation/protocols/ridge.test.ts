import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { SplitPart } from '../../data/media.ts';
import type { FeatureTable } from '../feature-table.ts';
import { plainMatrixProduct } from '../matrix-product.ts';
import { fitRidge, predictNumbers } from '../ridge-regression.ts';
import { measureColumns, standardise } from '../standardisation.ts';
import { defaultProtocol, findProtocol, protocols } from './index.ts';
import type { ProbeInput } from './protocol.ts';
import { ridge } from './ridge.ts';

const golden = JSON.parse(readFileSync(new URL('../../../test/golden/evaluation.json', import.meta.url), 'utf8'));

for (const reference of golden.ridge) {
  const { rows, columns, train, l2 } = reference;
  test(`${rows} rows, ${columns} columns: as scikit-learn's Ridge`, async () => {
    const features = Float32Array.from(reference.features as number[]);
    const positions = Array.from({ length: rows as number }, (_, i) => i);
    const scale = measureColumns(features, columns, positions.slice(0, train));
    const fitted = standardise(features, columns, positions.slice(0, train), scale);
    const held = standardise(features, columns, positions.slice(train), scale);
    const [model] = await fitRidge(fitted, reference.targets.slice(0, train), [l2], plainMatrixProduct);
    predictNumbers(model, held).forEach((value, i) => {
      assert.ok(Math.abs(value - reference.predicted[i]) < 1e-4, `${value} against ${reference.predicted[i]}`);
    });
  });
}

function madeUp(noise: number) {
  const random = new Random('ridge');
  const patients = 40;
  const rows = patients * 2;
  const columns = 9;
  const features = random.fillNormal(new Float32Array(rows * columns));
  const ejection: number[] = [];
  for (let patient = 0; patient < patients; patient++) {
    const at = 2 * patient * columns;
    features[at + columns] = features[at];
    const value = 55 + 6 * features[at] + noise * random.normal();
    ejection.push(value, value);
  }
  const patientOf = (row: number) => Math.floor(row / 2);
  const numbers = Array.from({ length: rows }, (_, row) => row);
  const parts: SplitPart[] = numbers.map((row) =>
    patientOf(row) < 20 ? 'train' : patientOf(row) < 30 ? 'validation' : 'test',
  );
  const table: FeatureTable = {
    tap: 'stage2',
    rows,
    columns,
    features,
    items: numbers.map((row) => `clip ${patientOf(row)}`),
    patients: numbers.map((row) => `patient ${patientOf(row)}`),
  };
  const input: ProbeInput = {
    tables: [table],
    label: 'ejectionFraction',
    labels: { ejectionFraction: ejection, view: numbers.map(() => 'apical') },
    parts,
    encoder: { name: 'made up', role: 'random' },
  };
  return input;
}

test('a measurement that features carry is read off, averaged over an item', async () => {
  const result = await ridge.run(madeUp(0.5));
  const [tap] = result.taps;
  assert.equal(result.measure, 'r2');
  assert.equal(result.counts.test.items, 10);
  assert.ok(tap.score.value > 0.9, `R² ${tap.score.value}`);
  assert.ok(tap.score.low <= tap.score.value && tap.score.value <= tap.score.high);
  assert.ok(result.chance <= 0);
  assert.ok(tap.validation > 0.9);
  assert.ok(tap.measures.meanAbsoluteError.value < 2);
  const mean = tap.items!.reduce((sum, item) => sum + item.correct, 0) / tap.items!.length;
  assert.ok(Math.abs(mean - tap.score.value) < 1e-12);
});

test('noise is not mistaken for signal: a strong penalty is chosen', async () => {
  const input = madeUp(0);
  const noise = new Random('noise').fillNormal(new Float32Array(80 * 9));
  const [table] = [...(input.tables as FeatureTable[])];
  const result = await ridge.run({ ...input, tables: [{ ...table, features: noise }] });
  assert.ok(result.taps[0].score.value < 0.3);
  assert.ok(result.taps[0].hyperparameters.l2 >= 1);
});

test('a product in single precision changes little, even for nearly singular systems', async () => {
  const random = new Random('single');
  const rows = 60;
  const columns = 900;
  const data = random.fillNormal(new Float32Array(rows * columns), 0, 1e-3);
  for (let i = 0; i < rows; i++) for (let p = 0; p < columns; p++) data[i * columns + p] += Math.sin(i + (p % 2));
  const targets = Float64Array.from({ length: rows }, (_, i) => Math.sin(i));
  const single = (...sides: Parameters<typeof plainMatrixProduct>) => Float32Array.from(plainMatrixProduct(...sides));
  const [exact] = await fitRidge({ rows, columns, data }, targets, [1e-4], plainMatrixProduct);
  const [rounded] = await fitRidge({ rows, columns, data }, targets, [1e-4], single);
  const expected = predictNumbers(exact, { rows, columns, data });
  predictNumbers(rounded, { rows, columns, data }).forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-3, `${value} against ${expected[i]}`);
  });
});

test('labels that are no numbers, or do not vary, are refused', async () => {
  const input = madeUp(0);
  const refused = (label: string, labels: ProbeInput['labels'], pattern: RegExp) =>
    assert.rejects(ridge.run({ ...input, label, labels }), (error) => {
      assert.ok(error instanceof SondeError && error.code === 'evaluation/labels');
      assert.match(error.message, pattern);
      return true;
    });
  await refused('view', input.labels, /not a number everywhere[\s\S]*linear/);
  await refused('gain', { gain: input.parts!.map(() => 3) }, /same value for every item of the train part/);
});

test('protocols are found by id; a label finds its own', () => {
  assert.equal(new Set(protocols.map(({ id }) => id)).size, protocols.length);
  assert.equal(findProtocol('ridge'), ridge);
  assert.throws(() => findProtocol('magic'), /there is no protocol 'magic' \(expected linear, svm/);
  assert.equal(defaultProtocol(['a', undefined, 'b']).id, 'linear');
  assert.equal(defaultProtocol([0, 90, 180, 270]).id, 'linear');
  assert.equal(defaultProtocol(Array.from({ length: 30 }, (_, i) => i / 7)).id, 'ridge');
  for (const protocol of protocols) {
    assert.ok(protocol.options.parse({}));
    assert.ok(z.toJSONSchema(protocol.options));
    assert.deepEqual(protocol.options.parse({ l2: '0.1, 3' }), protocol.options.parse({ l2: [0.1, 3] }));
  }
});
