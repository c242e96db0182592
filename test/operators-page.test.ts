/** The page of operators says what the code does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { operatorsPage } from '../scripts/operators-page.ts';
import { nodeReaders } from '../src/graph/onnx/readers/index.ts';
import { operators } from '../src/graph/operators/index.ts';

const page = operatorsPage();

test('docs/operators.md is what the code says: npm run docs', () => {
  assert.equal(readFileSync(join(import.meta.dirname, '../docs/operators.md'), 'utf8'), page);
});

test('every operator of ONNX that is known or read has a row', () => {
  const rows = new Map(page.split('\n').map((line) => [line.split(' | ')[0].slice(2), line.split(' | ')]));
  for (const name of [
    ...operators.filter(({ domain }) => domain === '').map(({ type }) => type),
    ...nodeReaders.keys(),
  ]) {
    assert.ok(rows.has(name), name);
  }
  assert.equal(rows.get('Conv')![6], 'compared');
  assert.equal(rows.get('ArgMax')![2], 'none: a position has no derivative');
  assert.equal(rows.get('Gemm')![2], 'by expansion');
});
