// Operators, layers and losses against values that PyTorch computed (reference/make_engine_golden.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { assertClose } from '../../test/operator-check.ts';
import {
  averagePool,
  type ConvolutionOptions,
  constant,
  convolution,
  convolutionTranspose,
  gradients,
  linear,
  maxPool,
  type PoolOptions,
  placeholder,
  type Tensor,
} from '../graph/index.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../runtime/evaluate.ts';
import type { HostArray } from '../tensor/host-array.ts';
import { decodeSafetensors } from '../tensor/safetensors.ts';
import { batchNorm } from './layers/batch-norm.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { ParameterStore } from './parameters.ts';

interface Case {
  name: string;
  kind: string;
  inputs: string[];
  options: unknown;
}
type Inputs = Readonly<Record<string, Tensor>>;

/** PyTorch's names for the options of pooling and transposed convolution. */
interface TorchOptions {
  kernel_size: number;
  ceil_mode?: boolean;
  count_include_pad?: boolean;
  output_padding?: number;
  epsilon: number;
  training: boolean;
}

const { tensors, metadata } = decodeSafetensors(
  readFileSync(join(import.meta.dirname, '../../test/golden/engine/operators.safetensors')),
);
const cases = JSON.parse(metadata.cases) as Case[];

function pool({ kernel_size, ceil_mode, count_include_pad, ...rest }: TorchOptions): PoolOptions {
  return { kernel: kernel_size, ceil: ceil_mode, countPadding: count_include_pad, ...rest };
}

/** One way to build each kind of case; gives the output and what else PyTorch recorded, by name. */
const kinds: Record<string, (inputs: Inputs, options: never) => Record<string, Tensor>> = {
  convolution: ({ x, weight, bias }, { groups, ...options }: ConvolutionOptions) => ({
    y: convolution(x, weight, { ...options, groups, bias }),
  }),
  'convolution-transpose': ({ x, weight, bias }, { output_padding, ...options }: TorchOptions) => ({
    y: convolutionTranspose(x, weight, { ...options, outputPadding: output_padding, bias }),
  }),
  'max-pool': ({ x }, options) => ({ y: maxPool(x, pool(options)) }),
  'average-pool': ({ x }, options) => ({ y: averagePool(x, pool(options)) }),
  linear: ({ x, weight, bias }) => ({ y: linear(x, weight, bias) }),
  'cross-entropy': ({ logits, targets }) => ({ y: crossEntropy(logits, targets) }),
};

for (const { name, kind, inputs, options } of cases.filter((entry) => entry.kind !== 'batch-norm')) {
  test(`${name} computes PyTorch's values and gradients`, async () => {
    const built = Object.fromEntries(inputs.map((key) => [key, input(name, key)]));
    await compare(name, built, kinds[kind](built, options as never));
  });
}

for (const { name, inputs, options } of cases.filter((entry) => entry.kind === 'batch-norm')) {
  test(`${name} computes PyTorch's values, gradients and running statistics`, async () => {
    const { training, momentum, epsilon } = options as { training: boolean; momentum: number; epsilon: number };
    const store = new ParameterStore();
    const x = input(name, 'x');
    const y = batchNorm(store.root(training), 'bn', x, { momentum, epsilon });
    const entries = new Map(store.entries().map((entry) => [entry.name, entry.tensor]));
    const built = Object.fromEntries(inputs.map((key) => [key, key === 'x' ? x : entries.get(`bn.${key}`)!]));
    const next = ['running_mean', 'running_var'].map((key) => {
      const updated = store.updates().get(`bn.${key}`);
      assert.equal(updated !== undefined, training);
      return [`next_${key}`, updated ?? built[key]];
    });
    await compare(name, built, { y, ...Object.fromEntries(next) });
  });
}

function input(name: string, key: string): Tensor {
  const { dtype, shape } = stored(name, key);
  return placeholder(key, dtype, shape);
}

function stored(name: string, key: string): HostArray {
  const value = tensors.get(`${name}/${key}`);
  assert.ok(value !== undefined, `${name}/${key} is not in the file`);
  return value;
}

async function compare(name: string, inputs: Inputs, outputs: Record<string, Tensor>): Promise<void> {
  const differentiable = Object.keys(inputs).filter((key) => tensors.has(`${name}/d${key}`));
  const derivatives = gradients(
    outputs.y,
    differentiable.map((key) => inputs[key]),
    constant(stored(name, 'dy')),
  );
  const feeds = new Map(Object.entries(inputs).map(([key, tensor]) => [tensor, stored(name, key)]));
  const computed = await evaluate([...Object.values(outputs), ...derivatives], feeds, processor, { threads: 1 });
  const keys = [...Object.keys(outputs), ...differentiable.map((key) => `d${key}`)];
  keys.forEach((key, i) => {
    const expected = stored(name, key);
    assert.deepEqual([...computed[i].shape], [...expected.shape], `shape of ${key}`);
    const tolerance = i < Object.keys(outputs).length ? 1e-5 : 1e-4;
    assertClose(computed[i].data as Float32Array, expected.data as Float32Array, tolerance, key);
  });
}
