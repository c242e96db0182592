/** Composite LSTM, hidden 512: 10 frames of 64×64 in, reversed reconstruction and 10 future frames out, BCE, Adam. */
import { add, fill, multiply, reshape, slice } from '../../src/graph/primitives.ts';
import type { LstmState } from '../../src/graph/recurrence.ts';
import type { Tensor } from '../../src/graph/tensor.ts';
import { linearLayer } from '../../src/nn/layers/linear.ts';
import { lstm } from '../../src/nn/layers/lstm.ts';
import { binaryCrossEntropy } from '../../src/nn/losses/binary-cross-entropy.ts';
import { adam } from '../../src/nn/optimisers/adam.ts';
import type { Scope } from '../../src/nn/parameters.ts';
import { float32 } from '../../src/tensor/host-array.ts';
import { defineWorkload, normals } from './workload.ts';

const sizes = { features: 4096, hidden: 512 };
const frameOf = (video: Tensor, t: number): Tensor => reshape(slice(video, 0, t, t + 1), [16, 4096]);

/** Teacher-forced decoding: mean over steps of the cross-entropy of each frame. */
const decode = (scope: Scope, name: string, start: LstmState, targets: readonly Tensor[]): Tensor => {
  const cell = lstm(scope, name, sizes);
  let state = start;
  let previous: Tensor = fill([16, 4096], 0);
  const losses = targets.map((target) => {
    state = cell.step(previous, state);
    previous = target;
    return binaryCrossEntropy(linearLayer(scope, `${name}-out`, state.hidden, { features: 4096 }), target);
  });
  return multiply(
    losses.reduce((a, b) => add(a, b)),
    1 / targets.length,
  );
};

export const lstmComposite = () =>
  defineWorkload({
    name: 'lstm_composite',
    inputs: {
      v: float32(
        [20, 16, 4096],
        normals([20, 16, 4096], 'v').data.map((value) => (value > 1.28 ? 1 : 0)),
      ),
    },
    build: (scope, { v }) => {
      const { state } = lstm(scope, 'encoder', sizes).sequence(slice(v, 0, 0, 10));
      const past = Array.from({ length: 10 }, (_, t) => frameOf(v, 9 - t));
      const future = Array.from({ length: 10 }, (_, t) => frameOf(v, 10 + t));
      const loss = add(decode(scope, 'reconstruction', state, past), decode(scope, 'future', state, future));
      return [{ loss, optimiser: adam(), learningRate: 1e-3 }];
    },
  });
