import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { gramMatrix } from '../measures/similarity.ts';
import type { StudiedEncoder } from '../subject.ts';
import { allPairs, type Seen } from './compare.ts';

const random = new Random('networks');
const [rows, columns] = [40, 6];
const noise = (stream: string) => {
  const own = random.split(stream);
  return Float32Array.from({ length: rows * columns }, () => own.normal());
};
const picture = noise('pictures');

/** A network whose last tap is the pictures with as much noise, and whose first is noise alone. */
function network(name: string, method: string, seed: number, share: number, taps = ['first', 'last']): Seen {
  const own = noise(name);
  const clouds = taps.map((tap, i) => ({
    tap,
    rows,
    columns,
    data: Float32Array.from(own, (value, k) => (i === 0 ? value : picture[k] + share * value)),
  }));
  const encoder: StudiedEncoder = {
    name,
    role: 'other',
    method,
    seed,
    model: () => Promise.reject(new Error('unused')),
  };
  return { encoder, taps: clouds, grams: clouds.map(gramMatrix) };
}

test('the floor is the least likeness of two seeds, and another method falls below it', () => {
  const seeds = [network('a0', 'a', 0, 0.2), network('a1', 'a', 1, 0.2), network('a2', 'a', 2, 0.4)];
  const { tap, cka, floor, seedPairs } = allPairs([...seeds, network('b0', 'b', 0, 4)]);
  assert.equal(tap, 'last');
  assert.equal(seedPairs, 3);
  assert.equal(floor, Math.min(cka[0][1], cka[0][2], cka[1][2]));
  assert.ok(Math.max(...cka[3].slice(0, 3)) < floor, `${cka[3]}`);
  cka.forEach((row, i) => {
    assert.ok(Math.abs(row[i] - 1) < 1e-9);
    row.forEach((value, j) => {
      assert.ok(Math.abs(value - cka[j][i]) < 1e-12);
    });
  });
});

test('networks without a tap in common are compared at the last of each, and one seed has no floor', () => {
  const other = network('b', 'b', 0, 0.1, ['stem', 'top']);
  const { tap, cka, floor } = allPairs([network('a', 'a', 0, 0.1), other]);
  assert.equal(tap, 'the last layer of each');
  assert.equal(floor, undefined);
  assert.ok(cka[0][1] > 0.9);
});
