/** Whether an answer may lie between things, or only in each of them: what the ways of joining can express. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { constant } from '../graph/index.ts';
import { reshape } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../runtime/evaluate.ts';
import { hostArray } from '../tensor/host-array.ts';
import { pairFeatures, pairsOf } from './pair-features.ts';

const width = 5;
const random = new Random(7);
const thing = () => Float32Array.from({ length: width }, () => random.normal());
const rows = (things: readonly Float32Array[]) =>
  constant(hostArray('float32', [things.length, width], Float32Array.from(things.flatMap((values) => [...values]))));

/** Values of the tensor that `build` makes, with its first weights. */
async function values(build: (scope: ReturnType<ParameterStore['root']>) => Tensor): Promise<number[]> {
  const store = new ParameterStore();
  const tensor = build(store.root(false));
  const feeds = new Map(
    store.entries().map((entry, i) => [entry.tensor, entry.initialise(entry.tensor.shape, new Random(i))]),
  );
  const [{ data }] = await evaluate([tensor], feeds, processor);
  return Array.from(data as Float32Array);
}

test('every two places, the earlier first', () => {
  assert.deepEqual(pairsOf(3), [
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
  assert.equal(pairsOf(6).length, 15);
});

test('an item at a time gives what all items together give, in either way of joining', async () => {
  const items = [0, 1].map(() => [thing(), thing(), thing()]);
  for (const joining of ['pairs', 'differences'] as const) {
    const of = (things: readonly Float32Array[]) =>
      values((scope) => pairFeatures(scope, rows(things), 3, { features: 4, joining }));
    const together = await of(items.flat());
    const apart = [...(await of(items[0])), ...(await of(items[1]))];
    assert.equal(together.length, 2 * 3 * 4);
    together.forEach((value, i) => {
      assert.ok(Math.abs(value - apart[i]) < 1e-5);
    });
  }
});

test('side by side, the middle adds the same whatever lies beside it; in pairs it does not', async () => {
  const [first, last, otherFirst, otherLast, middle, wrong] = Array.from({ length: 6 }, thing);
  /** What the logit of (·, middle, ·) has more than that of (·, wrong, ·), between two pairs of ends. */
  const surplus = async (joined: (scope: ReturnType<ParameterStore['root']>, things: Tensor) => Tensor) => {
    const things = [
      first,
      middle,
      last,
      first,
      wrong,
      last,
      otherFirst,
      middle,
      otherLast,
      otherFirst,
      wrong,
      otherLast,
    ];
    const [a, b, c, d] = await values((scope) =>
      linearLayer(scope, 'answer', joined(scope, rows(things)), { features: 1 }),
    );
    return [a - b, c - d];
  };
  const [here, there] = await surplus((_, things) => reshape(things, [4, 3 * width]));
  assert.ok(Math.abs(here) > 0.01 && Math.abs(here - there) < 1e-5, 'nothing is compared');
  for (const joining of ['pairs', 'differences'] as const) {
    const [one, other] = await surplus((scope, things) => pairFeatures(scope, things, 3, { features: 64, joining }));
    assert.ok(Math.abs(one - other) > 0.01, `${joining}: ${one} and ${other}`);
  }
});
