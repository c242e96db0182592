import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { preparedFromJson, preparedToJson } from './prepared-file.ts';

test('what a method prepared comes back with the same values and the same kinds of array', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.float32Array(),
    fc.uint8Array(),
    fc.bigInt64Array(),
    fc.int32Array(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree')),
      fc.dictionary(fc.stringMatching(/^[a-z]+$/), tie('tree'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (prepared) => {
      assert.deepEqual(preparedFromJson(preparedToJson(prepared)), prepared);
    }),
  );
  assert.equal(preparedFromJson(preparedToJson(undefined)), undefined);
});

test('what cannot be kept is named', () => {
  assert.throws(() => preparedToJson({ bins: new Map() }), /prepared\.bins is a Map/);
  assert.throws(() => preparedToJson([Number.NaN]), /prepared\[0\] is NaN/);
});
