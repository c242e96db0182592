/**
 * A small convolutional net in training, the same wherever it runs: convolution, batch normalisation, pooling, strided
 * convolution, a linear head, cross-entropy and momentum, on pictures or volumes that come from a formula.
 * @module
 */
import { Random } from '../src/base/random.ts';
import { type Shape, sizeOf } from '../src/base/shape.ts';
import { maxPool, placeholder, relu } from '../src/graph/index.ts';
import { batchNorm } from '../src/nn/layers/batch-norm.ts';
import { convolutionLayer } from '../src/nn/layers/convolution.ts';
import { linearLayer } from '../src/nn/layers/linear.ts';
import { globalAveragePool } from '../src/nn/layers/pooling.ts';
import { crossEntropy } from '../src/nn/losses/cross-entropy.ts';
import { sgd } from '../src/nn/optimisers/sgd.ts';
import { trainingProgram } from '../src/nn/optimisers/training-program.ts';
import { ParameterStore } from '../src/nn/parameters.ts';
import type { Backend } from '../src/runtime/backends/backend.ts';
import { compile } from '../src/runtime/compile.ts';
import type { Feeds, Program } from '../src/runtime/program.ts';
import { State } from '../src/runtime/state.ts';
import { float32, type HostArray, int64 } from '../src/tensor/host-array.ts';

export interface TinyTraining {
  readonly program: Program;
  readonly initial: Map<string, HostArray>;
  /** Everything but `step`. */
  readonly feeds: Feeds;
}

/** @param rank of the pictures: 2 for images, 3 for volumes */
export function tinyTraining(rank: 2 | 3): TinyTraining {
  const batch = 4;
  const shape = [batch, 2, ...(rank === 2 ? [12, 12] : [6, 8, 8])];
  const store = new ParameterStore();
  const scope = store.root(true);
  const x = placeholder('x', 'float32', shape);
  const classes = placeholder('classes', 'int64', [batch]);
  const first = batchNorm(scope, 'norm', convolutionLayer(scope, 'first', x, { channels: 6, kernel: 3, padding: 1 }));
  const pooled = maxPool(relu(first), { kernel: 2, stride: 2 });
  const second = relu(convolutionLayer(scope, 'second', pooled, { channels: 8, kernel: 3, padding: 1, stride: 2 }));
  const logits = linearLayer(scope, 'head', globalAveragePool(second), { features: 3 });
  const loss = crossEntropy(logits, classes);

  const { program, moments } = trainingProgram(`tiny-${rank}d`, store, { x, classes }, loss, sgd({ momentum: 0.9 }));
  const initial = new Map([...store.initialValues(new Random(`tiny training ${rank}`)), ...moments]);
  return {
    program,
    initial,
    feeds: { x: pictures(shape), classes: int64([batch], [0, 1, 2, 0]), learningRate: float32([], 0.1) },
  };
}

/** The loss of every step on a backend. */
export async function trainTiny(rank: 2 | 3, backend: Backend, steps: number): Promise<number[]> {
  return (await trainedTiny(rank, backend, steps)).losses;
}

/** The same, with the state at the end. */
export async function trainedTiny(rank: 2 | 3, backend: Backend, steps: number) {
  const { program, initial, feeds } = tinyTraining(rank);
  const state = new State(initial);
  const compiled = await compile(program, state, backend, { threads: 1 });
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const outputs = await compiled.run({ ...feeds, step: float32([], step) });
    losses.push(Number(outputs.loss.data[0]));
  }
  await compiled.dispose();
  return { losses, state };
}

/** Waves of another length for each item. */
function pictures(shape: Shape): HostArray<'float32'> {
  const item = sizeOf(shape.slice(1));
  return float32(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(Math.sin((i % item) * (0.3 + Math.floor(i / item))))),
  );
}
