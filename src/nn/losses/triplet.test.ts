import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { constant, indices } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { tripletLoss } from './triplet.ts';

const computed = async (x: number[], classes: number[], margin: number) => {
  const embeddings = constant(float32([x.length, 1], x));
  const [value] = await evaluate([tripletLoss(embeddings, indices(classes), margin)], new Map(), processor);
  return (value.data as Float32Array)[0];
};

/** Every pair, every negative, as the definition says. */
function naive(x: number[], classes: number[], margin: number): number {
  let [sum, count] = [0, 0];
  const d = (i: number, j: number) => (x[i] - x[j]) ** 2;
  x.forEach((_, a) => {
    x.forEach((_, p) => {
      if (a === p || classes[a] !== classes[p]) return;
      const negatives = x.flatMap((_, n) => (classes[n] === classes[a] ? [] : [d(a, n)]));
      if (negatives.length === 0) return;
      const farther = negatives.filter((distance) => distance > d(a, p));
      const chosen = farther.length > 0 ? Math.min(...farther) : Math.max(...negatives);
      sum += Math.max(0, d(a, p) - chosen + margin);
      count++;
    });
  });
  return count === 0 ? 0 : sum / count;
}

test('the nearest farther negative is chosen, or the farthest of all', async () => {
  for (const [x, classes] of [
    [
      [0, 1, 1.2, 3],
      [0, 0, 1, 1],
    ],
    [
      [0, 5, 1, 2, 3],
      [0, 0, 1, 1, 2],
    ],
    [
      [0.3, -1, 2, 0.9, -0.2, 1.4],
      [0, 1, 0, 1, 2, 2],
    ],
  ]) {
    for (const margin of [0.2, 2]) {
      const [found, expected] = [await computed(x, classes, margin), naive(x, classes, margin)];
      assert.ok(Math.abs(found - expected) < 1e-5, `${found} is not ${expected}`);
    }
  }
});

test('0 without a pair or without a negative', async () => {
  assert.equal(await computed([1, 2, 3], [0, 1, 2], 1), 0);
  assert.equal(await computed([1, 2, 3], [0, 0, 0], 1), 0);
});

test('gradients', () =>
  checkOperator(([x]) => tripletLoss(x, indices([0, 0, 1, 1, 2]), 1), [[5, 3]], { seed: 'triplet' }));
