// Layers, resampling, losses and normalisations against values that PyTorch computed (reference/make_layer_golden.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { assertClose } from '../../../test/operator-check.ts';
import {
  adaptiveAveragePool,
  adaptiveMaxPool,
  gradients,
  gridSample,
  localResponseNormalisation,
  logSoftmax,
  placeholder,
  resize,
  sigmoid,
  type Tensor,
} from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { decodeSafetensors } from '../../tensor/safetensors.ts';
import { binaryCrossEntropy } from '../losses/binary-cross-entropy.ts';
import { cosineLoss } from '../losses/cosine.ts';
import { huberLoss } from '../losses/distances.ts';
import { klDivergence } from '../losses/kl-divergence.ts';
import { ParameterStore, type Scope } from '../parameters.ts';
import { multiHeadAttention } from './attention.ts';
import { groupNorm } from './group-norm.ts';
import { gru } from './gru.ts';
import { layerNorm } from './layer-norm.ts';
import { lstm } from './lstm.ts';
import { transformerBlock } from './transformer.ts';

const golden = decodeSafetensors(
  readFileSync(join(import.meta.dirname, '../../../test/golden/layers.safetensors')),
).tensors;

type Inputs = Readonly<Record<string, Tensor>>;

/** PyTorch's names of parameters that have others here. */
const renamed: Record<string, string> = {
  'self_attn.in_proj_weight': 'attn.qkv.weight',
  'self_attn.in_proj_bias': 'attn.qkv.bias',
  'self_attn.out_proj.weight': 'attn.proj.weight',
  'self_attn.out_proj.bias': 'attn.proj.bias',
  'linear1.weight': 'mlp.fc1.weight',
  'linear1.bias': 'mlp.fc1.bias',
  'linear2.weight': 'mlp.fc2.weight',
  'linear2.bias': 'mlp.fc2.bias',
};

function namesOf(name: string): string[] {
  const own = [...golden.keys()].filter((key) => key.startsWith(`${name}/`)).map((key) => key.slice(name.length + 1));
  return own.filter((key) => key !== 'y' && key !== 'dy' && !key.startsWith('d:'));
}

/** Builds a case on placeholders and parameters, and compares the output and every gradient. */
async function compare(name: string, build: (inputs: Inputs, scope: Scope) => Tensor): Promise<void> {
  const store = new ParameterStore();
  const inputs = Object.fromEntries(
    namesOf(name).map((key) => [key, placeholder(key, 'float32', golden.get(`${name}/${key}`)!.shape)]),
  );
  const y = build(inputs, store.root(true));
  const parameters = new Map(store.entries().map((entry) => [entry.name.slice('layer.'.length), entry.tensor]));
  const dy = placeholder('dy', 'float32', y.shape);
  const tensors = namesOf(name).map((key) => parameters.get(renamed[key] ?? key) ?? inputs[key]);
  const feeds = new Map<Tensor, HostArray>([[dy, golden.get(`${name}/dy`)!]]);
  tensors.forEach((tensor, i) => {
    feeds.set(tensor, golden.get(`${name}/${namesOf(name)[i]}`)!);
  });
  const found = await evaluate([y, ...gradients(y, tensors, dy)], feeds, processor, { threads: 1 });
  ['y', ...namesOf(name).map((key) => `d:${key}`)].forEach((key, i) => {
    const expected = golden.get(`${name}/${key}`)!;
    assertClose(found[i].data as Float32Array, expected.data as Float32Array, 1e-4, `${name} ${key}`);
  });
}

const cases: Record<string, (inputs: Inputs, scope: Scope) => Tensor> = {
  lstm: ({ x }, scope) => lstm(scope, 'layer', { features: 5, hidden: 4 }).sequence(x).outputs,
  gru: ({ x }, scope) => gru(scope, 'layer', { features: 5, hidden: 4 }).sequence(x).outputs,
  transformer: ({ x }, scope) => transformerBlock(scope, 'layer', x, { heads: 2, expansion: 2 }).tokens,
  'group-norm': ({ x }, scope) => groupNorm(scope, 'layer', x, { groups: 3 }),
  'layer-norm': ({ x }, scope) => layerNorm(scope, 'layer', x),
  lrn: ({ x }) => localResponseNormalisation(x, { size: 5, alpha: 0.5, beta: 0.75, bias: 2 }),
  'adaptive-average': ({ x }) => adaptiveAveragePool(x, [3, 4]),
  'adaptive-max': ({ x }) => adaptiveMaxPool(x, [3, 4]),
  'binary-cross-entropy': ({ x, t }) => binaryCrossEntropy(x, sigmoid(t)),
  huber: ({ x, t }) => huberLoss(x, t, 0.7),
  kl: ({ x, t }) => klDivergence(logSoftmax(t, 1), logSoftmax(x, 1)),
  cosine: ({ x, t }) => cosineLoss(x, t),
};
for (const [name, build] of Object.entries(cases)) {
  test(`${name} computes PyTorch's values and gradients`, () => compare(name, build));
}

const resampled = [...golden.keys()].filter((key) => key.endsWith('/y')).map((key) => key.slice(0, -2));
for (const name of resampled.filter((key) => key.startsWith('resize'))) {
  test(`${name} computes PyTorch's values and gradients`, () => {
    const [, mode, , corners] = name.split('-') as [string, 'nearest' | 'linear' | 'cubic', string, string];
    const size = golden.get(`${name}/y`)!.shape.slice(2);
    return compare(name, ({ x }) => resize(x, { size, mode, alignCorners: corners === 'corners' }));
  });
}
for (const name of resampled.filter((key) => key.startsWith('grid'))) {
  test(`${name} computes PyTorch's values and gradients`, () => {
    const [, outside, , corners] = name.split('-') as [string, 'zeros' | 'border' | 'reflection', string, string];
    return compare(name, ({ x, grid }) => gridSample(x, grid, { outside, alignCorners: corners === 'corners' }));
  });
}

test("attention to a context computes PyTorch's values and gradients of input and context", async () => {
  const name = 'cross-attention';
  const value = (key: string) => golden.get(`${name}/${key}`)!;
  const store = new ParameterStore();
  const x = placeholder('x', 'float32', value('x').shape);
  const context = placeholder('context', 'float32', value('context').shape);
  const { output, weights } = multiHeadAttention(store.root(true), 'layer', x, { heads: 2, context });
  // PyTorch keeps the weights of queries, keys and values in one tensor.
  const rows = (key: string, from: number, to: number) => {
    const { shape, data } = value(key);
    const width = (shape[1] as number | undefined) ?? 1;
    return float32([to - from, ...shape.slice(1)], (data as Float32Array).subarray(from * width, to * width));
  };
  const values: Record<string, HostArray> = {
    'layer.q.weight': rows('in_proj_weight', 0, 8),
    'layer.q.bias': rows('in_proj_bias', 0, 8),
    'layer.kv.weight': rows('in_proj_weight', 8, 24),
    'layer.kv.bias': rows('in_proj_bias', 8, 24),
    'layer.proj.weight': value('out_proj.weight'),
    'layer.proj.bias': value('out_proj.bias'),
  };
  const dy = placeholder('dy', 'float32', output.shape);
  const feeds = new Map<Tensor, HostArray>([
    [x, value('x')],
    [context, value('context')],
    [dy, value('dy')],
    ...store.entries().map((entry): [Tensor, HostArray] => [entry.tensor, values[entry.name]]),
  ]);
  const found = await evaluate([output, weights, ...gradients(output, [x, context], dy)], feeds, processor);
  ['y', undefined, 'd:x', 'd:context'].forEach((key, i) => {
    if (key === undefined) return;
    assertClose(found[i].data as Float32Array, value(key).data as Float32Array, 1e-4, key);
  });
  assert.deepEqual(found[1].shape, [2, 2, 3, 5]);
  const first = (found[1].data as Float32Array).subarray(0, 5).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(first - 1) < 1e-6);
});
