import assert from 'node:assert/strict';
import test from 'node:test';
import { philoxBlock, Random } from './random.ts';

test('Philox4x32-10 gives the known answers of the Random123 distribution', () => {
  const out = new Uint32Array(4);
  philoxBlock([0, 0, 0, 0], 0, 0, out);
  assert.deepEqual([...out], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  philoxBlock([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], 0xffffffff, 0xffffffff, out);
  assert.deepEqual([...out], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  philoxBlock([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0, out);
  assert.deepEqual([...out], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
});

test('a split stream depends on its labels only, not on what was drawn before', () => {
  const a = new Random(7);
  const b = new Random(7);
  a.uniform();
  assert.equal(a.split('crop', 3).uint32(), b.split('crop', 3).uint32());
  assert.notEqual(b.split('crop', 3).uint32(), b.split('crop', 4).uint32());
  assert.notEqual(b.split('3').uint32(), b.split(3).uint32());
});

test('moments of the uniform and the normal', () => {
  const random = new Random('moments');
  const count = 200_000;
  let sum = 0;
  let squares = 0;
  let normalSum = 0;
  let normalSquares = 0;
  for (let i = 0; i < count; i++) {
    const u = random.uniform();
    sum += u;
    squares += u * u;
    const z = random.normal();
    normalSum += z;
    normalSquares += z * z;
  }
  assert.ok(Math.abs(sum / count - 0.5) < 0.003);
  assert.ok(Math.abs(squares / count - 1 / 3) < 0.003);
  assert.ok(Math.abs(normalSum / count) < 0.01);
  assert.ok(Math.abs(normalSquares / count - 1) < 0.015);
});

test('integer and permutation reach every value uniformly (chi-square)', () => {
  const random = new Random('uniform');
  const counts = new Array(6).fill(0);
  const permutations = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    counts[random.integer(6)]++;
    const key = random.permutation(3).join('');
    permutations.set(key, (permutations.get(key) ?? 0) + 1);
  }
  assert.equal(permutations.size, 6);
  for (const observed of [counts, [...permutations.values()]]) {
    const chiSquare = observed.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0);
    assert.ok(chiSquare < 20.5, `chi-square ${chiSquare} exceeds the 0.1 % point of 5 degrees of freedom`);
  }
});
