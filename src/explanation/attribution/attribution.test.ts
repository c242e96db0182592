// Maps of networks whose answer is known: a weighted sum, and a small convolutional net.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { convolution, multiply, placeholder, reduceSum, relu, sigmoid } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { float32 } from '../../tensor/host-array.ts';
import { deletionAndInsertion, mapChange, randomMap } from './faithfulness.ts';
import { GraphTarget } from './graph-target.ts';
import {
  blurredBaseline,
  gradCam,
  gradientMap,
  gradientTimesInput,
  integratedGradients,
  smoothGradient,
  stretched,
} from './maps.ts';
import { occlusion, randomMasks, temporalOcclusion, viewImportance } from './perturbation.ts';
import { type AttributionTarget, layoutOf, withShuffledWeights } from './target.ts';

const random = new Random('attribution');
const drawn = (length: number, stream: string) => {
  const own = random.split(stream);
  return Float32Array.from({ length }, () => own.normal());
};
const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-4) => {
  assert.equal(a.length, b.length);
  for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i] - b[i]) < tolerance, `${i}: ${a[i]} is not ${b[i]}`);
};

/** y = Σ w x over everything but the batch; w is zero from `silent[0]` up to `silent[1]`. */
function weightedSum(
  shape: readonly number[],
  rank: 2 | 3,
  silent = [0, 0],
): { target: AttributionTarget; weights: Float32Array } {
  const [batch, ...one] = shape;
  const length = one.reduce((product, n) => product * n, 1);
  const input = placeholder('x', 'float32', shape);
  const tensor = placeholder('w', 'float32', [1, ...one]);
  const weights = drawn(length, `weights ${shape}`).fill(0, ...silent);
  const axes = one.map((_, i) => i + 1);
  const target = new GraphTarget({
    name: 'a weighted sum',
    layout: layoutOf(one, rank),
    input,
    numbers: reduceSum(multiply(input, tensor), { axes }),
    taps: {},
    weights: new Map([['w', { tensor, value: float32([1, ...one], weights) }]]),
    fed: {},
    backend: processor,
  });
  assert.equal(target.batch, batch);
  return { target, weights };
}

/** A net that looks at the upper left only, where its second layer's weights are. */
function smallNet() {
  const input = placeholder('x', 'float32', [2, 1, 12, 12]);
  const kernel = placeholder('kernel', 'float32', [4, 1, 3, 3]);
  const place = placeholder('place', 'float32', [1, 4, 12, 12]);
  const map = relu(convolution(input, kernel, { padding: 1 }));
  const read = drawn(4 * 144, 'place').map((value, i) =>
    Math.floor((i % 144) / 12) < 5 && i % 12 < 5 ? Math.abs(value) : 0,
  );
  return new GraphTarget({
    name: 'a small net',
    layout: layoutOf([1, 12, 12], 2),
    input,
    numbers: reduceSum(multiply(sigmoid(multiply(map, place)), place), { axes: [1, 2, 3] }),
    taps: { map },
    weights: new Map([
      ['kernel', { tensor: kernel, value: float32([4, 1, 3, 3], drawn(36, 'kernel')) }],
      ['place', { tensor: place, value: float32([1, 4, 12, 12], read) }],
    ]),
    fed: {},
    backend: processor,
  });
}

test('of a weighted sum every map is its closed form', async () => {
  const { target, weights } = weightedSum([2, 1, 6, 6], 2);
  const data = drawn(72, 'data');
  const both = (values: ArrayLike<number>) => Float32Array.from({ length: 72 }, (_, i) => values[i % 36]);
  close(await gradientMap(target, data), both(weights.map(Math.abs)));
  close(
    await gradientTimesInput(target, data),
    data.map((value, i) => value * weights[i % 36]),
  );
  close(await smoothGradient(target, data, { copies: 3, spread: 0.2, random }), both(weights.map(Math.abs)));
  const baseline = drawn(72, 'baseline');
  const { map, incompleteness } = await integratedGradients(target, data, baseline, 3);
  close(
    map,
    data.map((value, i) => (value - baseline[i]) * weights[i % 36]),
  );
  close(incompleteness, [0, 0], 1e-3);
  // One pixel hidden at a time: the fall is the pixel's own share.
  close(await occlusion(target, data, baseline, { side: 1, step: 1 }), map, 1e-4);
  await target.release();
});

test('integrated gradients of a net with bends are complete, and named places fall first', async () => {
  const target = smallNet();
  const data = drawn(288, 'picture');
  const baseline = blurredBaseline(data, target.layout);
  const { map, incompleteness } = await integratedGradients(target, data, baseline, 100);
  for (const share of incompleteness) assert.ok(Math.abs(share) < 0.01, `${share} is missing`);
  const elsewhere = map.filter((_, i) => Math.floor((i % 144) / 12) > 5 || i % 12 > 5);
  assert.ok(
    elsewhere.every((value) => value === 0),
    'nothing outside the receptive field',
  );
  const ours = await deletionAndInsertion(target, data, baseline, map);
  const chance = await deletionAndInsertion(target, data, baseline, randomMap(2, target.layout, random));
  for (let row = 0; row < 2; row++) {
    assert.ok(ours.insertion[row] > chance.insertion[row]);
    assert.ok(ours.deletion[row] < chance.deletion[row]);
  }
  const cam = await gradCam(target, data, ['map']);
  assert.ok(cam.every((value) => value >= 0));
  const masks = await randomMasks(target, data, baseline, { masks: 400, cells: 4, random });
  const mean = (keep: (row: number, column: number) => boolean) => {
    const chosen = Array.from(masks).filter((_, i) => keep(Math.floor((i % 144) / 12), i % 12));
    return chosen.reduce((sum, value) => sum + Math.abs(value), 0) / chosen.length;
  };
  assert.ok(mean((y, x) => y < 5 && x < 5) > mean((y, x) => y > 7 && x > 7));
  await target.release();
});

test('what is hidden in one part of a question says nothing of the others', async () => {
  // Three parts of 4 × 4; the second does not count.
  const { target, weights } = weightedSum([2, 3, 1, 4, 4], 2, [16, 32]);
  assert.equal(target.layout.views, 3);
  const data = drawn(96, 'parts');
  const baseline = new Float32Array(96);
  const map = await occlusion(target, data, baseline, { side: 2, step: 2 });
  for (let plane = 0; plane < 6; plane++) {
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 4; x++) {
        let sum = 0;
        for (const [v, u] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ]) {
          const at = plane * 16 + ((y & ~1) + v) * 4 + (x & ~1) + u;
          sum += data[at] * weights[at % 48];
        }
        assert.ok(Math.abs(map[plane * 16 + y * 4 + x] - sum) < 1e-4);
      }
    }
  }
  const masks = await randomMasks(target, data, baseline, { masks: 600, cells: 2, random });
  const size = (view: number) =>
    [0, 1].reduce(
      (sum, row) =>
        sum + masks.subarray((row * 3 + view) * 16, (row * 3 + view + 1) * 16).reduce((a, b) => a + Math.abs(b), 0),
      0,
    );
  assert.ok(size(1) < 0.5 * size(0) && size(1) < 0.5 * size(2), `${[0, 1, 2].map(size)}`);
  await target.release();
});

test('an input that lowers its number does not turn the order of its map round', async () => {
  const { target, weights } = weightedSum([2, 1, 6, 6], 2);
  const raised = weights.map((weight) => Math.sign(weight));
  // The second input lowers the number by far less than the first raises it, and holds places that raise it all the same.
  const data = Float32Array.from({ length: 72 }, (_, i) =>
    i < 36 ? raised[i] : (i % 5 === 0 ? 0.9 : -0.3) * raised[i - 36],
  );
  const baseline = new Float32Array(72);
  const map = data.map((value, i) => value * weights[i % 36]);
  const [whole] = [await target.values(data)];
  assert.ok(whole[0] > 0 && whole[1] < 0, `${whole}`);
  const ours = await deletionAndInsertion(target, data, baseline, map);
  const chance = await deletionAndInsertion(target, data, baseline, randomMap(2, target.layout, random));
  for (const row of [0, 1]) {
    assert.ok(ours.insertion[row] > chance.insertion[row], `${row}`);
    assert.ok(ours.deletion[row] < chance.deletion[row], `${row}`);
  }
  await target.release();
});

test('maps change when weights are shuffled, and not by themselves', async () => {
  const target = smallNet();
  const data = drawn(288, 'picture');
  const own = await gradientMap(target, data);
  assert.deepEqual(mapChange(own, own, 2, target.layout).spearman, 1);
  assert.ok(Math.abs(mapChange(own, own, 2, target.layout).ssim - 1) < 1e-9);
  const other = await target.shuffled(1);
  const { spearman, ssim } = mapChange(own, await gradientMap(other, data), 2, target.layout);
  assert.ok(spearman < 0.6 && ssim < 0.6, `${spearman}, ${ssim}`);
  await other.release();
  await target.release();
});

test('shuffling keeps the numbers and leaves earlier layers alone', () => {
  const weights = new Map([
    ['first', float32([4, 3], drawn(12, 'first'))],
    ['bias', float32([4], drawn(4, 'bias'))],
    ['last', float32([2, 4], drawn(8, 'last'))],
  ]);
  const half = withShuffledWeights(weights, 0.5, 1);
  assert.equal(half.get('first'), weights.get('first'));
  assert.equal(half.get('bias'), weights.get('bias'));
  assert.notDeepEqual(half.get('last')!.data, weights.get('last')!.data);
  assert.deepEqual(half.get('last')!.data.slice().sort(), weights.get('last')!.data.slice().sort());
});

test('frames and views that weigh nothing are found to', async () => {
  // The third frame weighs nothing.
  const clip = weightedSum([2, 1, 4, 3, 3], 3, [18, 27]);
  const length = 36;
  const data = drawn(2 * length, 'clip');
  const falls = await temporalOcclusion(clip.target, data);
  assert.ok(Math.abs(falls[2]) < 1e-5 && Math.abs(falls[6]) < 1e-5);
  const before = await clip.target.values(data);
  const hidden = data.slice();
  hidden.set(data.subarray(9, 18), 0);
  const after = await clip.target.values(hidden);
  assert.ok(Math.abs(falls[0] - (before[0] - after[0])) < 1e-4);
  await clip.target.release();

  const tiles = weightedSum([1, 3, 1, 2, 2], 2, [4, 8]);
  const importance = await viewImportance(tiles.target, drawn(12, 'tiles'));
  assert.ok(Math.abs(importance[1]) < 1e-5);
  assert.ok(Math.abs(importance[0]) > 1e-3);
  await tiles.target.release();
});

test('a stretched constant is constant and a ramp keeps its order', () => {
  const layout = { views: 1, channels: 1, frames: 4, height: 6, width: 8 };
  close(stretched(Float32Array.of(3, 3, 3, 3, 3, 3, 3, 3), 1, [2, 2, 2], layout), new Float32Array(192).fill(3));
  const ramp = stretched(Float32Array.of(0, 1), 1, [1, 2], { ...layout, frames: 1 });
  for (let x = 1; x < 8; x++) assert.ok(ramp[x] >= ramp[x - 1]);
});
