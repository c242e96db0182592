/** The page that says which test holds which method to what: every test it names is there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { demands, type Proof } from '../../scripts/acceptance.ts';
import { acceptancePage } from '../../scripts/acceptance-page.ts';
import { methods } from '../../src/pretext/index.ts';

const root = join(import.meta.dirname, '../..');
const ids = methods.map(({ card }) => card.id);
const sources = new Map<string, string>();

function sourceOf(file: string): string {
  const known = sources.get(file) ?? readFileSync(join(root, file), 'utf8').replace(/\\'/g, "'");
  sources.set(file, known);
  return known;
}

const proofsOf = (own: Proof | readonly Proof[] | string): readonly Proof[] =>
  typeof own === 'string' ? [] : 'file' in own ? [own] : own;

for (const { number, title, ofAll = [], own = {} } of demands) {
  test(`${number}. ${title}: every test that is named is in its file`, () => {
    const proofs = [...ofAll, ...Object.values(own).flatMap(proofsOf)];
    assert.ok(proofs.length > 0);
    for (const { file, test: name } of proofs) {
      // Where several are made of one template, its values stand before what is named.
      const found = [`'`, `"`, '`', '} ', ': '].some((before) => sourceOf(file).includes(`${before}${name}`));
      assert.ok(found, `${file} has no test "${name}"`);
    }
    for (const id of Object.keys(own)) assert.ok(ids.includes(id), `${id} is no method`);
    // Without a test that goes through the list, every method has a test or a reason; symmetry and order concern few.
    if (ofAll.length === 0 && Object.keys(own).length > 6) assert.deepEqual(Object.keys(own).sort(), [...ids].sort());
  });
}

test('the page is what the table says', () => {
  assert.equal(readFileSync(join(root, 'docs/acceptance.md'), 'utf8'), acceptancePage(), 'npm run docs');
});
