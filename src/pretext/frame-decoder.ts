/**
 * An LSTM that writes frames, one after another, from a state it is given.
 * Srivastava, Mansimov and Salakhutdinov, ICML 2015.
 * @module
 */

import { split, stack } from '../graph/layout.ts';
import { add, linear, reshape, sigmoid, tanh } from '../graph/primitives.ts';
import { type LstmState, lstmStep } from '../graph/recurrence.ts';
import type { Tensor } from '../graph/tensor.ts';
import { uniformInitialiser } from '../nn/initialisers.ts';
import { zeroBias } from '../nn/layers/convolution.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import type { Scope } from '../nn/parameters.ts';
import type { TrunkOutput } from '../nn/trunks/trunk.ts';

/**
 * What the encoder ends in: the state of each of its layers, copied, where it is recurrent; otherwise a state computed
 * from its features.
 */
export function statesFrom(scope: Scope, { features, taps }: TrunkOutput): LstmState[] {
  const [batch, width] = features.shape;
  const states: LstmState[] = [];
  for (let layer = 1; `cell${layer}` in taps && `hidden${layer}` in taps; layer++) {
    const flat = (tap: Tensor) => reshape(tap, [batch, tap.shape[1]]);
    states.push({ hidden: flat(taps[`hidden${layer}`]), cell: flat(taps[`cell${layer}`]) });
  }
  if (states.length > 0) return states;
  const cell = linearLayer(scope, 'state', features, { features: width });
  return [{ hidden: tanh(cell), cell }];
}

export interface Dictation {
  /** Frames to write. */
  readonly steps: number;
  /** Values in a frame. */
  readonly size: number;
  /** Conditional: the frame before the first, `[B, size]`, where there is one. */
  readonly before?: Tensor;
  /** Conditional: the true frames, `[B, size]` each, read one step late while training. */
  readonly truth?: readonly Tensor[];
  readonly conditional: boolean;
}

/** Logits of the frames, `[B, steps, size]`; as pixels they are σ of that. */
export function decodeFrames(scope: Scope, name: string, initial: readonly LstmState[], given: Dictation): Tensor {
  return scope.layer(name, (inner) => {
    const states = [...initial];
    const frames: Tensor[] = [];
    let previous = given.before;
    for (let step = 0; step < given.steps; step++) {
      let read = given.conditional ? previous : undefined;
      for (const [layer, state] of states.entries()) {
        states[layer] = advance(inner.child(`layer${layer + 1}`), read, state);
        read = states[layer].hidden;
      }
      const logits = linearLayer(inner, 'frame', states[states.length - 1].hidden, {
        features: given.size,
        initialiseBias: zeroBias,
      });
      frames.push(logits);
      previous = inner.training && given.truth !== undefined ? given.truth[step] : sigmoid(logits);
    }
    return stack(frames, 1);
  });
}

function advance(scope: Scope, read: Tensor | undefined, { hidden, cell }: LstmState): LstmState {
  const width = hidden.shape[1];
  const initialise = uniformInitialiser(1 / Math.sqrt(width));
  const weight = scope.child('hidden').parameter('weight', [4 * width, width], initialise);
  const sums = linear(hidden, weight, scope.parameter('bias', [4 * width], zeroBias));
  const fromInput =
    read === undefined ? undefined : linearLayer(scope, 'input', read, { features: 4 * width, bias: false });
  const gates = fromInput === undefined ? sums : add(sums, fromInput);
  const [input, forget, candidate, output] = split(gates, [width, width, width, width], 1);
  const seen = scope.parameter('peephole', [3 * width], uniformInitialiser(0.1));
  const [toInput, toForget, toOutput] = split(seen, [width, width, width], 0);
  return lstmStep({ input, forget, candidate, output }, cell, { input: toInput, forget: toForget, output: toOutput });
}
