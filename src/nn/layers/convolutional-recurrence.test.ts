import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { type Shape, sizeOf } from '../../base/shape.ts';
import { placeholder, reshape, type Tensor } from '../../graph/index.ts';
import type { LstmState } from '../../graph/recurrence.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { ParameterStore, type Scope } from '../parameters.ts';
import { convGruStep, convLstmStep } from './convolutional-recurrence.ts';
import { lstm } from './lstm.ts';

const frame = [2, 3, 4, 3];

/** A scope whose parameters are given tensors, so that a check can vary them. */
function scopeOf(given: ReadonlyMap<string, Tensor>): Scope {
  const store = new ParameterStore();
  store.define = (name) => given.get(name)!;
  return store.root(true);
}
const waves = (shape: Shape, phase: number) =>
  float32(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, k) => Math.sin(k * 1.7 + phase) / 2),
  );

test('gradients through three steps, for inputs and every parameter', async () => {
  const options = { channels: 2, kernel: 3 };
  const builders: Record<string, (scope: Scope, frames: readonly Tensor[]) => Tensor> = {
    'ConvLSTM with peepholes': (scope, frames) =>
      frames.reduce<LstmState | undefined>(
        (state, x) => convLstmStep(scope, 'cell', x, state, { ...options, peepholes: true }),
        undefined,
      )!.hidden,
    ConvGRU: (scope, frames) =>
      frames.reduce<Tensor | undefined>((state, x) => convGruStep(scope, 'cell', x, state, options), undefined)!,
  };
  for (const build of Object.values(builders)) {
    const store = new ParameterStore();
    build(
      store.root(true),
      Array.from({ length: 3 }, (_, k) => placeholder(`frame${k}`, 'float32', frame)),
    );
    const parameters = store.entries();
    await checkOperator(
      (inputs) => build(scopeOf(new Map(parameters.map(({ name }, i) => [name, inputs[i + 3]]))), inputs.slice(0, 3)),
      [frame, frame, frame, ...parameters.map(({ tensor }) => tensor.shape)],
      { draw: (random) => 0.4 * random.normal() },
    );
  }
});

test('on maps of one place a ConvLSTM is an LSTM', async () => {
  const store = new ParameterStore();
  const frames = [0, 1].map((k) => placeholder(`frame${k}`, 'float32', [2, 3, 1, 1]));
  const options = { channels: 4, kernel: 1 };
  const state = frames.reduce<LstmState | undefined>(
    (before, map) => convLstmStep(store.root(true), 'conv', map, before, options),
    undefined,
  )!;
  const plain = lstm(store.root(true), 'plain', { features: 3, hidden: 4 });
  const flat = frames.map((map) => reshape(map, [2, 3]));
  const other = flat.reduce<LstmState>((before, row) => plain.step(row, before), plain.zero(2));
  const weights: Record<string, ReturnType<typeof float32>> = {
    'conv.input.weight': waves([16, 3, 1, 1], 0),
    'conv.input.bias': waves([16], 1),
    'conv.hidden.weight': waves([16, 4, 1, 1], 2),
    'plain.weight_ih_l0': waves([16, 3], 0),
    'plain.bias_ih_l0': waves([16], 1),
    'plain.weight_hh_l0': waves([16, 4], 2),
    'plain.bias_hh_l0': float32([16], 0),
  };
  const feeds = new Map([
    ...frames.map((tensor, k): [Tensor, ReturnType<typeof float32>] => [tensor, waves(tensor.shape, k)]),
    ...store.entries().map((entry): [Tensor, ReturnType<typeof float32>] => [entry.tensor, weights[entry.name]]),
  ]);
  const [a, b] = await evaluate([reshape(state.hidden, [2, 4]), other.hidden], feeds, processor);
  (a.data as Float32Array).forEach((value, k) => {
    assert.ok(Math.abs(value - (b.data as Float32Array)[k]) < 1e-6);
  });
});
