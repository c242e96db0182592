/** The recorded learning study: every method learned its task, and its page says what came of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readRecord } from '../../scripts/learning-record.ts';
import { methods } from '../../src/pretext/index.ts';

const rows = readRecord();

test('the record is of methods that there are, and says how it was made', () => {
  const ids = methods.map(({ card }) => card.id);
  for (const { method, command } of rows) {
    assert.ok(ids.includes(method), `${method} is no method: npm run learn -- --record`);
    assert.ok(command.startsWith(`npm run learn -- --methods ${method}`), command);
  }
});

for (const { card } of methods) {
  const row = rows.find(({ method }) => method === card.id);

  test(`${card.id}: on the phantom it learned its own task within its tiny preset`, (t) => {
    if (row === undefined) return t.skip(`not measured yet: npm run learn -- --methods ${card.id} --record`);
    assert.ok(new Set(row.seeds).size >= 6, 'fewer than six seeds cannot decide');
    const { accuracy, chance, loss, lossBefore } = row.pretext;
    if (accuracy === undefined || chance === undefined) assert.ok(loss < lossBefore, `${loss} after ${lossBefore}`);
    // Sixty-four questions a seed, at the least.
    else assert.ok(accuracy > chance + 3 * Math.sqrt((chance * (1 - chance)) / (64 * row.seeds.length)), `${accuracy}`);
  });

  test(`${card.id}: its page says why where its probe does not beat random initialisation`, (t) => {
    if (row === undefined) return t.skip('not measured yet');
    const { low, high } = row.probe.best.difference;
    assert.equal(row.verdict, low > 0 ? 'better' : high < 0 ? 'worse' : 'undecided');
    if (row.verdict === 'better') return;
    const page = readFileSync(join(import.meta.dirname, `../../docs/methods/${card.id}.md`), 'utf8');
    const [, after = ''] = page.split('<!-- /learning -->');
    assert.match(after.split('\n## ')[0], /\bWhy\b.{80,}/s, 'a paragraph below the numbers that begins with Why');
  });
}
