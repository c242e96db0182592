import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { base64 } from './base64.ts';

test('base64 equals Buffer’s for any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70000 }), (bytes) => {
      assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
    }),
    { numRuns: 20 },
  );
});
