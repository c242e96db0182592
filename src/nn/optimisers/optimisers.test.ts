// Optimisers step by step against PyTorch's traces (reference/make_layer_golden.py) and against their formulas.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { assertClose } from '../../../test/operator-check.ts';
import { type Shape, sizeOf } from '../../base/shape.ts';
import { placeholder } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import { State } from '../../runtime/state.ts';
import { float32, zeros } from '../../tensor/host-array.ts';
import { decodeSafetensors } from '../../tensor/safetensors.ts';
import { withAccumulation } from './accumulation.ts';
import { adam } from './adam.ts';
import { withClipping } from './clipping.ts';
import { lars } from './lars.ts';
import type { Optimiser } from './optimiser.ts';
import { rmsProp } from './rmsprop.ts';
import { sgd } from './sgd.ts';

const golden = decodeSafetensors(
  readFileSync(join(import.meta.dirname, '../../../test/golden/layers.safetensors')),
).tensors;

/** Values of one parameter after each step with the given gradients. */
async function trace(
  optimiser: Optimiser,
  learningRate: number,
  start: { shape: Shape; data: Float32Array },
  steps: readonly Float32Array[],
): Promise<Float32Array[]> {
  const { shape } = start;
  const tensor = placeholder('w', 'float32', shape);
  const gradient = placeholder('gradient', 'float32', shape);
  const scalars = { learningRate: placeholder('rate', 'float32', []), step: placeholder('step', 'float32', []) };
  const entry = { name: 'w', tensor, gradient, learningRateScale: 1, weightDecayScale: 1 };
  const { parameters, moments } = optimiser([entry], scalars);
  const state = new State([['w', float32(shape, start.data)]]);
  for (const { name } of moments) state.define(name, zeros('float32', shape));
  const program = await compile(
    {
      name: 'update',
      inputs: { gradient, rate: scalars.learningRate, step: scalars.step },
      state: [
        { name: 'w', tensor, next: parameters[0] },
        ...moments.map(({ name, tensor: moment, next }) => ({ name, tensor: moment, next })),
      ],
      outputs: {},
    },
    state,
    processor,
    { threads: 1 },
  );
  const values: Float32Array[] = [];
  for (const [i, data] of steps.entries()) {
    await program.run({ gradient: float32(shape, data), rate: float32([], learningRate), step: float32([], i + 1) });
    values.push(Float32Array.from(state.get('w').data as Float32Array));
  }
  await program.dispose();
  return values;
}

const pytorch: Record<string, [Optimiser, number]> = {
  adamw: [adam({ weightDecay: 0.2, decoupled: true }), 0.1],
  rmsprop: [rmsProp({ smoothing: 0.9, momentum: 0.8, weightDecay: 0.1 }), 0.05],
  clipped: [withClipping(sgd({ momentum: 0.9 }), { value: 1.5, norm: 2 }), 0.1],
};
for (const [name, [optimiser, rate]] of Object.entries(pytorch)) {
  test(`${name} goes PyTorch's way`, async () => {
    const start = golden.get(`${name}/start`)!;
    const size = sizeOf(start.shape);
    const parts = (key: string) => {
      const data = golden.get(`${name}/${key}`)!.data as Float32Array;
      return Array.from({ length: data.length / size }, (_, k) => data.subarray(k * size, (k + 1) * size));
    };
    const found = await trace(
      optimiser,
      rate,
      { shape: start.shape, data: start.data as Float32Array },
      parts('gradients'),
    );
    parts('trace').forEach((expected, i) => {
      assertClose(found[i], expected, 1e-5, `${name} after step ${i + 1}`);
    });
  });
}

const gradientsAt = (count: number, size: number) =>
  Array.from({ length: count }, (_, step) => Float32Array.from({ length: size }, (_, k) => Math.sin(step * 7 + k)));

test('LARS scales a matrix by the ratio of norms and leaves a vector alone', async () => {
  const [momentum, weightDecay, trust, rate] = [0.9, 0.1, 0.02, 0.5];
  for (const shape of [[2, 3], [6]]) {
    const w = Float64Array.from({ length: 6 }, (_, k) => Math.cos(k));
    const steps = gradientsAt(4, 6);
    const found = await trace(
      lars({ momentum, weightDecay, trust }),
      rate,
      { shape, data: Float32Array.from(w) },
      steps,
    );
    const velocity = new Float64Array(6);
    steps.forEach((gradient, i) => {
      const matrix = shape.length > 1;
      const g = Float64Array.from(gradient, (value, k) => value + (matrix ? weightDecay * w[k] : 0));
      const ratio = matrix ? (trust * Math.hypot(...w)) / Math.hypot(...g) : 1;
      g.forEach((value, k) => {
        velocity[k] = momentum * velocity[k] + ratio * value;
        w[k] -= rate * velocity[k];
      });
      assertClose(found[i], w, 1e-5, `step ${i + 1}`);
    });
  }
});

test('a matrix of zeros or a gradient of zeros makes LARS no trouble', async () => {
  const nothing = { shape: [2, 2], data: new Float32Array(4) };
  const [first] = await trace(lars({ momentum: 0 }), 1, nothing, [Float32Array.of(1, -2, 3, 0)]);
  assert.deepEqual(
    [...first].map((value) => value + 0),
    [-1, 2, -3, 0],
  );
  const [second] = await trace(lars(), 1, nothing, [new Float32Array(4)]);
  assert.deepEqual([...second], [0, 0, 0, 0]);
});

test('accumulation: nothing moves in between, and then it is one step with the mean', async () => {
  const start = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const steps = gradientsAt(6, 6);
  const options = { weightDecay: 0.01 };
  const found = await trace(withAccumulation(adam(options), 3), 0.1, start, steps);
  assert.deepEqual(found[0], start.data);
  assert.deepEqual(found[1], start.data);
  assert.deepEqual(found[3], found[2]);
  const mean = (from: number) =>
    Float32Array.from({ length: 6 }, (_, k) => (steps[from][k] + steps[from + 1][k] + steps[from + 2][k]) / 3);
  const expected = await trace(adam(options), 0.1, start, [mean(0), mean(3)]);
  assertClose(found[2], expected[0], 1e-6, 'first update');
  assertClose(found[5], expected[1], 1e-6, 'second update');
});
