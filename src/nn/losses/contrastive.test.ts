import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { constant, type Tensor } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { infoNce, marginContrastive, ntXent, queueContrast } from './contrastive.ts';

const computed = async (loss: Tensor) => {
  const [value] = await evaluate([loss], new Map(), processor);
  return (value.data as Float32Array)[0];
};
const table = (shape: number[], entry: (k: number) => number) =>
  float32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => entry(k)),
  );
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 2e-5, `${found}, not ${expected}`);

test('all embeddings alike: NT-Xent ln(2B − 1), InfoNCE ln B, with a queue of K ln(1 + K)', async () => {
  const same = (rows: number) => constant(float32([rows, 3], 1 / Math.sqrt(3)));
  near(await computed(ntXent(same(5), same(5))), Math.log(9));
  near(await computed(infoNce(same(6), same(6))), Math.log(6));
  near(await computed(queueContrast(same(4), same(4), same(11))), Math.log(12));
});

test('NT-Xent is the mean over all views of −ln of the share of the partner', async () => {
  const [batch, width, temperature] = [3, 4, 0.2];
  const [a, b] = [table([batch, width], (k) => Math.sin(k + 1)), table([batch, width], (k) => Math.cos(k * k))];
  const z = Array.from({ length: 2 * batch }, (_, i) => {
    const row = [...(i < batch ? a : b).data.subarray((i % batch) * width, ((i % batch) + 1) * width)];
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
  const s = (i: number, j: number) => Math.exp(z[i].reduce((sum, value, k) => sum + value * z[j][k], 0) / temperature);
  let expected = 0;
  for (let i = 0; i < 2 * batch; i++) {
    let sum = 0;
    for (let j = 0; j < 2 * batch; j++) if (j !== i) sum += s(i, j);
    expected -= Math.log(s(i, (i + batch) % (2 * batch)) / sum) / (2 * batch);
  }
  near(await computed(ntXent(constant(a), constant(b), temperature)), expected);
});

test('InfoNCE tells the right key from the others, also in the other direction', async () => {
  const eye = constant(table([3, 3], (k) => (k % 4 === 0 ? 1 : 0)));
  near(await computed(infoNce(eye, eye, { temperature: 1 })), Math.log(Math.E + 2) - 1);
  near(await computed(infoNce(eye, eye, { temperature: 1, symmetric: true })), Math.log(Math.E + 2) - 1);
  const one = constant(table([3, 3], (k) => (k % 3 === 0 ? 1 : 0)));
  // Keys are all alike: forwards ln 3; backwards each query is judged against those of other rows.
  near(await computed(infoNce(eye, one, { temperature: 1 })), Math.log(3));
  const backwards = Math.log(Math.E + 2) - 1 / 3;
  near(await computed(infoNce(eye, one, { temperature: 1, symmetric: true })), (Math.log(3) + backwards) / 2);
});

test('margin: alike pairs pay their distance, others what they lack of the margin', async () => {
  const a = constant(float32([3, 2], [0, 0, 0, 0, 0, 0]));
  const b = constant(float32([3, 2], [0.3, 0.4, 0.3, 0.4, 3, 4]));
  const similar = constant(float32([3], [1, 0, 0]));
  near(await computed(marginContrastive(a, b, similar)), (0.25 / 2 + 0.25 / 2 + 0) / 3);
});

test('gradients', async () => {
  const shapes = [
    [3, 4],
    [3, 4],
  ];
  await checkOperator(([a, b]) => ntXent(a, b), shapes);
  await checkOperator(([a, b]) => infoNce(a, b, { temperature: 0.5, symmetric: true }), shapes);
  const queue = constant(table([5, 4], (k) => Math.sin(k) / 2));
  const keys = constant(table([3, 4], (k) => Math.cos(k)));
  await checkOperator(([q]) => queueContrast(q, keys, queue, 0.5), shapes.slice(0, 1));
  const similar = constant(float32([3], [1, 0, 0]));
  await checkOperator(([a, b]) => marginContrastive(a, b, similar, 3), shapes);
});
