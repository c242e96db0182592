import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dataPage, withTables } from '../scripts/data-page.ts';
import { readers } from '../src/data/readers/index.ts';

test('the page of data says what the readers and adapters are (node --import tsx scripts/data-page.ts)', () => {
  const page = readFileSync(dataPage, 'utf8');
  assert.equal(page, withTables(page));
  for (const { title, supports } of readers) assert.ok(supports, `${title} says what it supports`);
  for (const { format } of readers) assert.ok(page.includes(`\`${format}\``), format);
});
