import assert from 'node:assert/strict';
import test from 'node:test';
import { SondeError } from '../base/errors.ts';
import { float32, type HostArray, hostArray, int64 } from './host-array.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const tensors = new Map<string, HostArray>([
  ['bytes', hostArray('uint8', [3], Uint8Array.of(1, 2, 3))],
  ['weight', float32([2, 3], [1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, -0])],
  ['step', int64([], [9_007_199_254_740_991])],
  ['empty', float32([0, 4], [])],
]);

test('what is written is read back, bit by bit', () => {
  const { tensors: read, metadata } = decodeSafetensors(encodeSafetensors(tensors, { step: '12' }));
  assert.deepEqual(metadata, { step: '12' });
  assert.deepEqual(new Map([...read].sort()), new Map([...tensors].sort()));
});

test('a damaged file is refused with a sentence', () => {
  const bytes = encodeSafetensors(tensors);
  for (const length of [0, 7, 20, bytes.length - 1]) {
    assert.throws(() => decodeSafetensors(bytes.subarray(0, length)), SondeError);
  }
  const flipped = bytes.slice();
  flipped[8] = 0x7f;
  assert.throws(() => decodeSafetensors(flipped), /the header is not JSON/);
});

test('bytes from a Buffer at any offset are read the same', () => {
  const bytes = encodeSafetensors(tensors);
  const inside = Buffer.concat([Buffer.from('abc'), bytes]).subarray(3);
  const { tensors: read } = decodeSafetensors(inside);
  assert.deepEqual(new Map([...read].sort()), new Map([...tensors].sort()));
});
