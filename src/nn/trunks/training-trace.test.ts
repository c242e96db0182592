// Twenty training steps of small trunks against PyTorch, from the same weights (reference/make_engine_golden.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { type Shape, sizeOf } from '../../base/shape.ts';
import { gradients, placeholder, reshape, type Tensor } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import type { StateUse } from '../../runtime/program.ts';
import { State } from '../../runtime/state.ts';
import { float32, type HostArray, int64, zeros } from '../../tensor/host-array.ts';
import { linearLayer } from '../layers/linear.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { adam } from '../optimisers/adam.ts';
import type { Optimiser } from '../optimisers/optimiser.ts';
import { sgd } from '../optimisers/sgd.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById } from './index.ts';

interface Trace {
  shape: number[];
  losses: number[];
  /** How far apart PyTorch's own runs are by each step when their first weights differ by a rounding. */
  apart: number[];
  /** Norm of every piece of state at the end, and how far apart those are. */
  norms: Record<string, [number, number]>;
}
const { traces } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/golden/engine/traces.json'), 'utf8'),
) as { traces: Record<string, Trace> };

interface Run {
  trunk: string;
  options: Record<string, unknown>;
  optimiser: Optimiser;
  learningRate: number;
}
const adamRun = { trunk: 'resnet3d-18', optimiser: adam(), learningRate: 3e-4 };
const runs: Record<string, Run> = {
  nin: {
    trunk: 'nin',
    options: { blocks: 3, width: 0.25 },
    optimiser: sgd({ momentum: 0.9, nesterov: true, weightDecay: 1e-2 }),
    learningRate: 0.02,
  },
  'resnet3d-A': { ...adamRun, options: { width: 8, stemKernel: 5, shortcut: 'A' } },
  'resnet3d-B': { ...adamRun, options: { width: 8, stemKernel: 5, shortcut: 'B' } },
};

/** The script's numbers: the fraction of a large multiple of a sine, spread over ±bound. */
function hashed(shape: Shape, stream: number, bound: number): HostArray<'float32'> {
  const array = zeros('float32', shape);
  for (let i = 0; i < array.data.length; i++) {
    const value = Math.sin(i * 12.9898 + stream * 78.233) * 43758.5453;
    array.data[i] = (2 * (value - Math.floor(value)) - 1) * bound;
  }
  return array;
}

function firstValues(store: ParameterStore): State {
  const state = new State();
  const parameters = store.entries().filter(({ kind }) => kind === 'parameter');
  const names = parameters.map(({ name }) => name).sort();
  for (const { name, tensor } of parameters) {
    const { shape } = tensor;
    const spread = shape.length > 1 ? Math.sqrt(3 / sizeOf(shape.slice(1))) : 0.1;
    const value = hashed(shape, names.indexOf(name), spread);
    if (shape.length === 1 && name.endsWith('weight')) {
      value.data.forEach((x, i) => {
        value.data[i] = x + 1;
      });
    }
    state.define(name, value);
  }
  for (const { name, tensor, kind } of store.entries()) {
    if (kind === 'buffer') state.define(name, float32(tensor.shape, name.endsWith('var') ? 1 : 0));
  }
  return state;
}

/** Noise, and what tells the classes apart: a gradient along the last axis. */
function pictures(shape: Shape, step: number): HostArray<'float32'> {
  const array = hashed(shape, 1000 + step, 1.7);
  const width = shape[shape.length - 1];
  const perItem = sizeOf(shape.slice(1));
  array.data.forEach((x, i) => {
    const slope = 0.5 * (Math.floor(i / perItem) % 4);
    array.data[i] = x + slope * (-1 + (2 * (i % width)) / (width - 1));
  });
  return array;
}

for (const [name, { trunk: id, options, optimiser, learningRate }] of Object.entries(runs)) {
  test(`${name}: twenty steps give PyTorch's losses and weights`, async () => {
    const { shape, losses, apart, norms } = traces[name];
    const trunk = trunkById(id);
    const store = new ParameterStore();
    const scope = store.root(true);
    const x = placeholder('x', 'float32', shape);
    const classes = placeholder('classes', 'int64', [shape[0]]);
    const { features } = trunk.build(scope, x, trunk.options.parse(options));
    const loss = crossEntropy(linearLayer(scope, 'head', features, { features: 4 }), classes);
    const trained = store.trainable();
    const found = gradients(
      loss,
      trained.map(({ tensor }) => tensor),
    );
    const rate = placeholder('rate', 'float32', []);
    const step = placeholder('step', 'float32', []);
    const update = optimiser(
      trained.map((entry, i) => ({ ...entry, gradient: found[i], learningRateScale: 1, weightDecayScale: 1 })),
      { learningRate: rate, step },
    );
    const next = new Map<string, Tensor>(store.updates());
    trained.forEach((entry, i) => {
      next.set(entry.name, update.parameters[i]);
    });
    const state = firstValues(store);
    for (const { name: moment, tensor } of update.moments) state.define(moment, zeros('float32', tensor.shape));
    const uses: StateUse[] = store
      .entries()
      .map(({ name: entry, tensor }) => ({ name: entry, tensor, next: next.get(entry) }));
    const program = await compile(
      {
        name: 'trace',
        inputs: { x, classes, rate, step },
        state: [...uses, ...update.moments],
        outputs: { loss: reshape(loss, [1]) },
      },
      state,
      processor,
    );
    const targets = int64(
      [shape[0]],
      Array.from({ length: shape[0] }, (_, i) => i % 4),
    );
    for (let k = 0; k < losses.length; k++) {
      const scalars = { rate: float32([], [learningRate]), step: float32([], [k + 1]) };
      const outputs = await program.run({ x: pictures(shape, k), classes: targets, ...scalars });
      assertNear(outputs.loss.data[0] as number, losses[k], apart[k], `loss of step ${k + 1}`);
    }
    await program.dispose();
    for (const [entry, [expected, spread]] of Object.entries(norms)) {
      const squares = (state.get(entry).data as Float32Array).reduce((sum, value) => sum + value * value, 0);
      assertNear(Math.sqrt(squares), expected, spread, `norm of ${entry}`);
    }
  });
}

/** To a thousandth, or to twice what a rounding of the first weights does to PyTorch itself. */
function assertNear(found: number, expected: number, spread: number, what: string): void {
  const allowed = Math.max(1e-3 * Math.abs(expected), 2 * spread);
  assert.ok(Math.abs(found - expected) <= allowed, `${what}: ${found} instead of ${expected} ± ${allowed}`);
}
