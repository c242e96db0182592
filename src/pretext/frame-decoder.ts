/**
 * An LSTM that writes frames, one after another, from a state it is given: whole frames from vectors (Srivastava,
 * Mansimov and Salakhutdinov, ICML 2015), or patches of them from maps (Shi et al., NeurIPS 2015).
 * @module
 */

import { sizeOf } from '../base/shape.ts';
import { split, stack } from '../graph/layout.ts';
import { convolution } from '../graph/operators/convolution.ts';
import { pixelShuffle } from '../graph/operators/rearrangement.ts';
import { add, concat, linear, reshape, sigmoid, tanh } from '../graph/primitives.ts';
import { type LstmState, lstmStep } from '../graph/recurrence.ts';
import type { Tensor } from '../graph/tensor.ts';
import { uniformFanIn, uniformInitialiser } from '../nn/initialisers.ts';
import { convolutionLayer, zeroBias } from '../nn/layers/convolution.ts';
import { advanceConvLstm, gateBias } from '../nn/layers/convolutional-recurrence.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import type { Initialiser, Scope } from '../nn/parameters.ts';
import type { TrunkOutput } from '../nn/trunks/trunk.ts';

/**
 * What the encoder ends in: the state of each of its layers, copied, where it is recurrent, as vectors `[B, H]` or maps
 * `[B, C, h, w]`; otherwise a state computed from its features.
 */
export function statesFrom(scope: Scope, { features, taps }: TrunkOutput): LstmState[] {
  const [batch, width] = features.shape;
  const states: LstmState[] = [];
  for (let layer = 1; `cell${layer}` in taps && `hidden${layer}` in taps; layer++) {
    const last = (tap: Tensor) => {
      const [, channels, ...places] = tap.shape;
      return reshape(tap, sizeOf(places) === 1 ? [batch, channels] : [batch, channels, ...places.slice(-2)]);
    };
    states.push({ hidden: last(taps[`hidden${layer}`]), cell: last(taps[`cell${layer}`]) });
  }
  if (states.length > 0) return states;
  const cell = linearLayer(scope, 'state', features, { features: width });
  return [{ hidden: tanh(cell), cell }];
}

export interface Dictation {
  /** Frames to write. */
  readonly steps: number;
  /** Channels, rows and columns of a frame. */
  readonly frame: readonly [channels: number, height: number, width: number];
  /** Conditional: the frame before the first, `[B, C·H·W]`, where there is one. */
  readonly before?: Tensor;
  /** Conditional: the true frames, `[B, C·H·W]` each, read one step late while training. */
  readonly truth?: readonly Tensor[];
  readonly conditional: boolean;
  /** Side of the kernels of a decoder whose states are maps. */
  readonly kernel: number;
  /** Vectors: first weights are uniform within this; 0: within 1 / √inputs. */
  readonly start: number;
}

/** Logits of the frames, `[B, steps, C·H·W]`; as pixels they are σ of that. */
export function decodeFrames(scope: Scope, name: string, initial: readonly LstmState[], given: Dictation): Tensor {
  const maps = initial[0].hidden.shape.length > 2;
  return scope.layer(name, (inner) => {
    const states = [...initial];
    const frames: Tensor[] = [];
    let previous = given.before;
    for (let step = 0; step < given.steps; step++) {
      let read = given.conditional ? previous : undefined;
      for (const [layer, state] of states.entries()) {
        const at = inner.child(`layer${layer + 1}`);
        states[layer] = maps ? advanceMaps(at, read, state, given) : advance(at, read, state, given);
        read = states[layer].hidden;
      }
      const logits = maps ? pictureOf(inner, states, given) : frameOf(inner, states, given);
      frames.push(logits);
      previous = inner.training && given.truth !== undefined ? given.truth[step] : sigmoid(logits);
    }
    return stack(frames, 1);
  });
}

function frameOf(scope: Scope, states: readonly LstmState[], { frame, start }: Dictation): Tensor {
  const { hidden } = states[states.length - 1];
  const initial = { initialise: within(start), initialiseBias: zeroBias };
  return linearLayer(scope, 'frame', hidden, { features: sizeOf(frame), ...initial });
}

const within = (start: number): Initialiser => (start > 0 ? uniformInitialiser(start) : uniformFanIn);

function advance(scope: Scope, read: Tensor | undefined, { hidden, cell }: LstmState, { start }: Dictation): LstmState {
  const width = hidden.shape[1];
  const initialise = within(start);
  const weight = scope.child('hidden').parameter('weight', [4 * width, width], initialise);
  const sums = linear(hidden, weight, scope.parameter('bias', [4 * width], zeroBias));
  const fromInput =
    read === undefined
      ? undefined
      : linearLayer(scope, 'input', read, { features: 4 * width, bias: false, initialise });
  const gates = fromInput === undefined ? sums : add(sums, fromInput);
  const [input, forget, candidate, output] = split(gates, [width, width, width, width], 1);
  const seen = scope.parameter('peephole', [3 * width], uniformInitialiser(0.1));
  const [toInput, toForget, toOutput] = split(seen, [width, width, width], 0);
  return lstmStep({ input, forget, candidate, output }, cell, { input: toInput, forget: toForget, output: toOutput });
}

/** The hidden maps of all layers say together what each patch of the frame is. */
function pictureOf(
  scope: Scope,
  states: readonly LstmState[],
  { frame: [channels, height, width] }: Dictation,
): Tensor {
  const maps = concat(
    states.map(({ hidden }) => hidden),
    1,
  );
  const side = height / maps.shape[2];
  const patches = convolutionLayer(scope, 'frame', maps, {
    channels: channels * side * side,
    kernel: 1,
    initialise: uniformFanIn,
    initialiseBias: zeroBias,
  });
  return reshape(pixelShuffle(patches, side), [maps.shape[0], channels * height * width]);
}

/** A frame is read in steps of a patch, a layer below place by place. */
function advanceMaps(
  scope: Scope,
  read: Tensor | undefined,
  state: LstmState,
  { frame, kernel }: Dictation,
): LstmState {
  const [batch, channels, rows] = state.hidden.shape;
  const bias = reshape(scope.parameter('bias', [4 * channels], gateBias(1)), [1, 4 * channels, 1, 1]);
  const peepholes = { channels, kernel, peepholes: true, initialise: uniformFanIn };
  if (read === undefined) return advanceConvLstm(scope, bias, state, peepholes);
  const map = read.shape.length > 2 ? read : reshape(read, [batch, ...frame]);
  const step = map.shape[2] / rows;
  const side = step * kernel;
  const shape = [4 * channels, map.shape[1], side, side];
  const weight = scope.child('input').parameter('weight', shape, uniformFanIn);
  const fromInput = convolution(map, weight, { stride: step, padding: (step * (kernel - 1)) / 2 });
  return advanceConvLstm(scope, add(fromInput, bias), state, peepholes);
}
