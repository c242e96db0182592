import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { plainMatrixProduct } from './matrix-product.ts';
import { amongTop, voteOfNeighbours } from './neighbours.ts';
import { normaliseRows } from './standardisation.ts';

const golden = JSON.parse(readFileSync(new URL('../../test/golden/protocols.json', import.meta.url), 'utf8'));
const meanOf = (hits: Uint8Array) => hits.reduce((sum, hit) => sum + hit, 0) / hits.length;

for (const reference of golden.neighbours) {
  const { rows, columns, classes, train, temperature, targets, fits } = reference;
  test(`KNeighborsClassifier of scikit-learn: ${classes} classes, temperature ${temperature}`, async () => {
    const features = Float32Array.from(reference.features);
    const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
    const directions = (from: number, to: number) => ({
      count: to - from,
      columns,
      data: normaliseRows(features, columns, range(from, to)).data,
    });
    const neighbours = fits.map((fit: { k: number }) => fit.k);
    const votes = await voteOfNeighbours(
      directions(0, train),
      targets.slice(0, train),
      directions(train, rows),
      classes,
      { neighbours, temperature },
      plainMatrixProduct,
    );
    votes.forEach((own, i) => {
      own.forEach((vote, at) => {
        assert.ok(Math.abs(vote - fits[i].votes[at]) < 1e-5, `k ${fits[i].k}: ${vote}, expected ${fits[i].votes[at]}`);
      });
      const truth = targets.slice(train);
      assert.equal(meanOf(amongTop(own, truth, classes, 1)), fits[i].top1);
      if (fits[i].top5 !== undefined) assert.equal(meanOf(amongTop(own, truth, classes, 5)), fits[i].top5);
    });
  });
}

test('more neighbours than the gallery has: all of it votes', async () => {
  const gallery = { count: 3, columns: 2, data: Float32Array.from([1, 0, 0, 1, -1, 0]) };
  const query = { count: 1, columns: 2, data: Float32Array.from([0.6, 0.8]) };
  const vote = (k: number) =>
    voteOfNeighbours(gallery, [0, 1, 0], query, 2, { neighbours: [k], temperature: 0.5 }, plainMatrixProduct);
  const [all] = await vote(3);
  assert.deepEqual(await vote(99), [all]);
  const [first, second, third] = [Math.exp(1.2), Math.exp(1.6), Math.exp(-1.2)];
  assert.ok(Math.abs(all[1] - second / (first + second + third)) < 1e-6);
  const [nearest] = await vote(1);
  assert.deepEqual([...nearest], [0, 1]);
});
