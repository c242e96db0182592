// Attention found in graphs of several hands, and what is made of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { sizeOf } from '../../base/shape.ts';
import {
  concat,
  expand,
  matmul,
  multiply,
  placeholder,
  reduceSum,
  reshape,
  scalar,
  slice,
  transpose,
} from '../../graph/index.ts';
import { decodeModel } from '../../graph/onnx/decode.ts';
import { fromOnnx } from '../../graph/onnx/import.ts';
import { fedInputs } from '../../graph/onnx/model.ts';
import { scaledDotProductAttention } from '../../nn/layers/attention.ts';
import { trunkById } from '../../nn/trunks/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { encoderProgram } from '../../training/model.ts';
import {
  type Attentions,
  attentionMap,
  attentionRelevance,
  attentionRollout,
  headReach,
  relevance,
  rolledOut,
} from './attention.ts';
import { attentionIn } from './attention-graph.ts';
import { chosenHeads, judgedHeads } from './attention-heads.ts';
import { GraphTarget } from './graph-target.ts';
import { Judge } from './judgement.ts';
import { layoutOf } from './target.ts';

const golden = JSON.parse(readFileSync(new URL('../../../test/golden/explanation.json', import.meta.url), 'utf8')) as {
  attention: {
    heads: number;
    tokens: number;
    weights: number[][];
    slopes: number[][];
    rollout: number[];
    relevance: number[];
  };
};
const close = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) => {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < found.length; i++) {
    assert.ok(Math.abs(found[i] - expected[i]) <= tolerance, `${i}: ${found[i]} is not ${expected[i]}`);
  }
};

test('rollout and relevance equal numpy’s; rows of a rollout sum to 1', () => {
  const { heads, tokens, weights, slopes, rollout, relevance: expected } = golden.attention;
  const attentions: Attentions = {
    planes: 1,
    layout: { tokens, placeless: 0, grid: [2, 2] },
    layers: weights.map((own, i) => ({
      heads,
      weights: Float32Array.from(own),
      slopes: Float32Array.from(slopes[i]),
    })),
  };
  const [found] = rolledOut(attentions);
  close(found, rollout, 1e-5);
  for (let row = 0; row < tokens; row++) {
    const sum = found.subarray(row * tokens, (row + 1) * tokens).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - 1) < 1e-4, `${sum}`);
  }
  close(relevance(attentions)[0], expected, 1e-5);
});

function attentionOfFile(name: string) {
  const path = new URL(`../../../test/golden/architectures/${name}.onnx`, import.meta.url);
  const model = decodeModel(new Uint8Array(readFileSync(path)));
  const [fed] = fedInputs(model.graph);
  const shape = [2, ...fed.shape!.slice(1).map(Number)];
  const { outputs } = fromOnnx(model, { shapes: { [fed.name]: shape } });
  return attentionIn(Object.values(outputs), 2, shape.slice(2));
}

test('in networks exported by PyTorch attention and its places are found, or it is said why not', () => {
  for (const name of ['ViT-11', 'ViT-17']) {
    const found = attentionOfFile(name);
    assert.ok(typeof found !== 'string', `${found}`);
    assert.deepEqual(found.layout, { tokens: 10, placeless: 1, grid: [3, 3] });
    assert.deepEqual(
      found.layers.map(({ shape }) => shape),
      [[2, 2, 10, 10]],
    );
  }
  assert.match(String(attentionOfFile('ResNet-13')), /no layer in which places attend/);
  assert.match(String(attentionOfFile('Windows-16')), /their own window only/);
});

test('in the trunks of the laboratory every block is found, with a class token and without, in pictures and clips', () => {
  const look = (id: string, options: object, shape: number[]) => {
    const trunk = trunkById(id);
    const { output } = encoderProgram(trunk, trunk.options.parse(options), shape);
    return attentionIn([output.features], shape[0], shape.slice(2), Object.values(output.taps));
  };
  const small = { width: 16, depth: 3, heads: 2 };
  const picture = look('vit', { ...small, patch: 4, pooling: 'class', learnedGrid: 4 }, [2, 1, 16, 8]);
  assert.ok(typeof picture !== 'string', `${picture}`);
  assert.deepEqual(picture.layout, { tokens: 9, placeless: 1, grid: [4, 2] });
  assert.equal(picture.layers.length, 3);
  const clip = look('vit3d', { ...small, tube: 2, patch: 4 }, [2, 1, 8, 8, 8]);
  assert.ok(typeof clip !== 'string', `${clip}`);
  assert.deepEqual(clip.layout, { tokens: 16, placeless: 0, grid: [4, 2, 2] });
});

/** Nine patches of one pixel and a class token whose query looks for bright ones; the answer is what the token took. */
function brightSeeker() {
  const batch = 2;
  const input = placeholder('x', 'float32', [batch, 1, 3, 3]);
  const map = multiply(input, scalar(1));
  const patches = transpose(reshape(map, [batch, 1, 9]), [0, 2, 1]);
  const token = expand(reshape(scalar(0), [1, 1, 1]), [batch, 1, 1]);
  const tokens = reshape(concat([token, patches], 1), [batch, 1, 10, 1]);
  const query = expand(reshape(scalar(6), [1, 1, 1, 1]), [batch, 1, 10, 1]);
  const { output } = scaledDotProductAttention(query, tokens, tokens, { scale: 1 });
  const taken = slice(reshape(output, [batch, 10, 1]), 1, 0, 1);
  const weight = placeholder('w', 'float32', [1, 1]);
  const numbers = reduceSum(matmul(reshape(taken, [batch, 1]), weight), { axes: [1] });
  return new GraphTarget({
    name: 'what the token took',
    layout: layoutOf([1, 3, 3], 2),
    input,
    numbers,
    taps: { map },
    weights: new Map([['w', { tensor: weight, value: { dtype: 'float32', shape: [1, 1], data: Float32Array.of(1) } }]]),
    fed: {},
    backend: processor,
  });
}

test('a class token that looks for bright places has its maps there, and softmax’s own numbers', async () => {
  const target = brightSeeker();
  assert.equal(target.unattended, undefined);
  const random = new Random('bright');
  const data = Float32Array.from({ length: 18 }, () => 0.3 * random.uniform());
  data[4] = 1;
  data[9 + 8] = 1;
  const raw = await attentionMap(target, data);
  for (const row of [0, 1]) {
    const own = data.subarray(row * 9, (row + 1) * 9);
    const exponentials = Array.from(own, (value) => Math.exp(6 * value));
    const whole = exponentials.reduce((a, b) => a + b, 1);
    close(
      raw.subarray(row * 9, (row + 1) * 9),
      exponentials.map((value) => value / whole),
      1e-5,
    );
  }
  for (const map of [await attentionRollout(target, data), await attentionRelevance(target, data)]) {
    const largest = [0, 1].map((row) => {
      const own = map.subarray(row * 9, (row + 1) * 9);
      return own.indexOf(Math.max(...own));
    });
    assert.deepEqual(largest, [4, 8]);
  }
  await target.release();
});

test('a head that looks where it stands reaches nowhere, one that looks everywhere as far as places lie apart', () => {
  const layout = { tokens: 5, placeless: 1, grid: [2, 2] };
  const attention = (weights: number[]): Attentions => ({
    planes: 1,
    layout,
    layers: [{ heads: 1, weights: Float32Array.from(weights), slopes: new Float32Array(25) }],
  });
  const input = { views: 1, channels: 1, frames: 1, height: 8, width: 16 };
  const own = Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 1 : 0));
  const here = headReach(attention(own), { layer: 1, head: 1 }, input);
  assert.deepEqual(here, { pixels: 0, frames: 0, places: 1, placeless: 0 });
  const even = headReach(attention(new Array(25).fill(0.2)), { layer: 1, head: 1 }, input);
  assert.ok(Math.abs(even.pixels - (0 + 8 + 4 + Math.hypot(8, 4)) / 4) < 1e-6);
  assert.ok(Math.abs(even.places - 4) < 1e-6);
  assert.ok(Math.abs(even.placeless - 0.2) < 1e-6);
  const steps = { tokens: 2, placeless: 0, grid: [2, 1, 1] };
  const across = {
    planes: 1,
    layout: steps,
    layers: [{ heads: 1, weights: Float32Array.of(0, 1, 1, 0), slopes: new Float32Array(4) }],
  };
  assert.equal(headReach(across, { layer: 1, head: 1 }, { ...input, frames: 8 }).frames, 4);
});

test('heads are chosen from layers spread to the last', () => {
  assert.deepEqual(
    chosenHeads([2, 2, 2, 2, 2, 2], 4).map(({ layer, head }) => `${layer}.${head}`),
    ['3.1', '3.2', '6.1', '6.2'],
  );
  assert.deepEqual(
    chosenHeads([12, 12], 3).map(({ layer, head }) => `${layer}.${head}`),
    ['2.1', '2.2', '2.3'],
  );
});

test('a map of tokens that lies beside the way to the answer has their slopes; single heads are judged like any map', async () => {
  const trunk = trunkById('vit3d');
  const options = trunk.options.parse({ width: 8, depth: 2, heads: 2, tube: 2, patch: 4 });
  const shape = [2, 1, 4, 8, 8];
  const { input, output, parameters } = encoderProgram(trunk, options, shape);
  const random = new Random('judged heads');
  const values = new Map(parameters.map(({ name, tensor }) => [name, randomValue(tensor.shape, random.split(name))]));
  const target = new GraphTarget({
    name: 'the features',
    layout: layoutOf(shape.slice(1), 3),
    input,
    numbers: reduceSum(multiply(output.features, output.features), { axes: [1] }),
    taps: output.taps,
    weights: new Map(parameters.map(({ name, tensor }) => [name, { tensor, value: values.get(name)! }])),
    fed: {},
    backend: processor,
  });
  const data = Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
  // The answer is a function of the mean over places: the slope is the same at every place of `norm`.
  const { shape: map, slopes, activations } = await target.tapSlopes('norm', data);
  assert.deepEqual(map, [2, 8, 2, 2, 2]);
  for (let channel = 0; channel < 16; channel++) {
    const own = activations.subarray(channel * 8, (channel + 1) * 8);
    const mean = own.reduce((sum, value) => sum + value / 8, 0);
    close(slopes.subarray(channel * 8, (channel + 1) * 8), new Array(8).fill((2 * mean) / 8), 1e-4);
  }
  const baseline = new Float32Array(data.length);
  const judge = await Judge.open(target, data, baseline, random);
  const opened = { target, data, patients: ['a', 'b'], unit: 'frame' as const, structures: async () => undefined };
  const study = (await judgedHeads(opened, judge, 16))!;
  assert.equal(study.heads.length, 4);
  for (const { map: drawn, reach, reason } of study.heads) {
    assert.equal(drawn.length, 2 * 4 * 8 * 8);
    assert.ok(reach.frames > 0 && reach.places <= 8 + 1e-6);
    assert.ok(reason.length > 0);
  }
  // A map that is the same everywhere names no place, whatever its order of pixels does.
  const flat = { method: 'flat', map: new Float32Array(data.length).fill(0), signed: false };
  const [judged] = await judge.judged(async () => [flat]);
  assert.equal(judged.shown, false);
  assert.match(judged.reason, /names no place/);
  await judge.release();
  await target.release();
});

function randomValue(shape: readonly number[], random: Random): HostArray {
  return float32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => 0.3 * random.normal()),
  );
}
