/**
 * LSTM and GRU whose states are maps and whose products are convolutions, in 1, 2 or 3 dimensions.
 * ConvLSTM: Shi et al., "Convolutional LSTM network", NeurIPS 2015 (peepholes of one weight a channel and place).
 * ConvGRU: Ballas et al., "Delving deeper into convolutional networks for learning video representations", ICLR 2016, as
 * DPC uses it (reset gate before the convolution; Han, Xie and Zisserman, 2019).
 * @module
 */

import { split } from '../../graph/layout.ts';
import { convolution } from '../../graph/operators/convolution.ts';
import { add, fill, multiply, tanh } from '../../graph/primitives.ts';
import { gruStep, type LstmState, lstmStep, type Peepholes } from '../../graph/recurrence.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { float32 } from '../../tensor/host-array.ts';
import { constantInitialiser, orthogonal } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';
import { convolutionLayer } from './convolution.ts';

export interface ConvolutionalRecurrenceOptions {
  /** Channels of the state. */
  readonly channels: number;
  /** Odd side of the kernels. */
  readonly kernel: number;
  /** Default orthogonal. */
  readonly initialise?: Initialiser;
}

export interface ConvLstmOptions extends ConvolutionalRecurrenceOptions {
  /** Whether gates see the cell. Default false. */
  readonly peepholes?: boolean;
}

/** First values of the gates' biases: `forget` where it keeps the cell, 0 elsewhere (Jozefowicz et al., ICML 2015: 1). */
export const gateBias =
  (forget: number): Initialiser =>
  (shape) => {
    const array = float32(shape, 0);
    array.data.fill(forget, shape[0] / 4, shape[0] / 2);
    return array;
  };

/** A map of zeros beside `x` `[B, C, …]`, with the state's channels. */
const zeroState = (x: Tensor, channels: number): Tensor => fill([x.shape[0], channels, ...x.shape.slice(2)], 0);

/**
 * One step of a ConvLSTM on `[B, C, …]`, from zeros where no state is given; asking again for the name shares the weights.
 * Parameters `input.weight`, `input.bias` (gates in the order input, forget, candidate, output), `hidden.weight`, and
 * `peephole` `[3·channels, …]`.
 */
export function convLstmStep(
  scope: Scope,
  name: string,
  x: Tensor,
  state: LstmState | undefined,
  { channels, kernel, peepholes = false, initialise = orthogonal }: ConvLstmOptions,
): LstmState {
  const padding = (kernel - 1) / 2;
  return scope.layer(name, (inner) => {
    const fromInput = convolutionLayer(inner, 'input', x, {
      channels: 4 * channels,
      kernel,
      padding,
      initialise,
      initialiseBias: constantInitialiser(0),
    });
    return advanceConvLstm(inner, fromInput, state, { channels, kernel, peepholes, initialise });
  });
}

/**
 * The rest of a step, given what the input adds to the gates, `[B, 4·channels, …]` or broadcastable to it where there is a
 * state. Parameters `hidden.weight` and `peephole` of the scope.
 */
export function advanceConvLstm(
  scope: Scope,
  fromInput: Tensor,
  state: LstmState | undefined,
  { channels, kernel, peepholes = false, initialise = orthogonal }: ConvLstmOptions,
): LstmState {
  const spatial = (state?.hidden ?? fromInput).shape.slice(2);
  const shape = [4 * channels, channels, ...spatial.map(() => kernel)];
  const weight = scope.child('hidden').parameter('weight', shape, initialise);
  const padding = (kernel - 1) / 2;
  const gates = state === undefined ? fromInput : add(fromInput, convolution(state.hidden, weight, { padding }));
  const [input, forget, candidate, output] = split(gates, new Array<number>(4).fill(channels), 1);
  const seen = peepholes
    ? peepholesOf(scope.parameter('peephole', [3 * channels, ...spatial], constantInitialiser(0)), channels)
    : undefined;
  return lstmStep({ input, forget, candidate, output }, state?.cell ?? multiply(candidate, 0), seen);
}

function peepholesOf(weights: Tensor, channels: number): Peepholes {
  const [input, forget, output] = split(weights, [channels, channels, channels], 0);
  return { input, forget, output };
}

/**
 * One step of a ConvGRU on `[B, C, …]`, from zeros where no state is given; gives the next hidden state.
 * Parameters `input.weight`, `input.bias` (reset, update, candidate), `gates.weight`, `candidate.weight`.
 */
export function convGruStep(
  scope: Scope,
  name: string,
  x: Tensor,
  hidden: Tensor | undefined,
  { channels, kernel, initialise = orthogonal }: ConvolutionalRecurrenceOptions,
): Tensor {
  const padding = (kernel - 1) / 2;
  return scope.layer(name, (inner) => {
    const geometry = { channels: 3 * channels, kernel, padding, initialise, initialiseBias: constantInitialiser(0) };
    const fromInput = convolutionLayer(inner, 'input', x, geometry);
    const [toGates, toCandidate] = split(fromInput, [2 * channels, channels], 1);
    const side = x.shape.slice(2).map(() => kernel);
    const gateWeight = inner.child('gates').parameter('weight', [2 * channels, channels, ...side], initialise);
    const candidateWeight = inner.child('candidate').parameter('weight', [channels, channels, ...side], initialise);
    const previous = hidden ?? zeroState(x, channels);
    const convolved = (map: Tensor, weight: Tensor) =>
      hidden === undefined ? undefined : convolution(map, weight, { padding });
    const plus = (a: Tensor, b: Tensor | undefined) => (b === undefined ? a : add(a, b));
    const [reset, update] = split(plus(toGates, convolved(previous, gateWeight)), [channels, channels], 1);
    const candidate = (gate: Tensor) => tanh(plus(toCandidate, convolved(multiply(gate, previous), candidateWeight)));
    return gruStep(reset, update, candidate, previous);
  });
}
