// A minus is a minus, a hyphen stays one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeset } from './typeset.ts';

test('a hyphen before a number is a minus, within names, ranges and settings it stays', () => {
  const text = '-0.26 (-1), [-0.20, -4]; conv-1, 3-5, phantom-seed0-98, --set x=-1, low-rank';
  const said = '−0.26 (−1), [−0.20, −4]; conv-1, 3-5, phantom-seed0-98, --set x=-1, low-rank';
  const finding = typeset({
    instrument: 'x',
    title: text,
    sentences: [text],
    checks: [{ statement: text, passed: true, detail: text }],
    figures: [],
    tables: [{ title: text, columns: ['a'], rows: [[text]] }],
    data: { value: -1 },
  });
  assert.equal(finding.title, said);
  assert.deepEqual(finding.sentences, [said]);
  assert.equal(finding.checks[0].detail, said);
  assert.equal(finding.tables![0].rows[0][0], said);
  assert.deepEqual(finding.data, { value: -1 });
});
