/**
 * One step of the recurrent cells, out of ordinary operators; networks, imported models and convolutional cells unroll them.
 * @module
 */
import { add, multiply, sigmoid, subtract, tanh } from './primitives.ts';
import type { Tensor } from './tensor.ts';

export interface LstmState {
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

/** What each gate sums of input, hidden state and bias, before its squashing function. */
export interface LstmGates {
  readonly input: Tensor;
  readonly forget: Tensor;
  readonly candidate: Tensor;
  readonly output: Tensor;
}

/** Weights with which the gates see the cell itself; broadcastable to the state. */
export interface Peepholes {
  readonly input: Tensor;
  readonly forget: Tensor;
  readonly output: Tensor;
}

/**
 * One step: c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c') (Hochreiter and Schmidhuber, 1997; Gers, Schmidhuber and
 * Cummins, 2000). With peepholes i and f also see c, and o sees c' (Gers, Schraudolph and Schmidhuber, 2002; Graves, 2013).
 */
export function lstmStep(gates: LstmGates, cell: Tensor, peepholes?: Peepholes): LstmState {
  const seeing = (gate: Tensor, weight: Tensor | undefined, seen: Tensor) =>
    sigmoid(weight === undefined ? gate : add(gate, multiply(weight, seen)));
  const admitted = multiply(seeing(gates.input, peepholes?.input, cell), tanh(gates.candidate));
  const next = add(multiply(seeing(gates.forget, peepholes?.forget, cell), cell), admitted);
  return { hidden: multiply(seeing(gates.output, peepholes?.output, next), tanh(next)), cell: next };
}

/**
 * One step: z = σ(update), n = candidate(σ(reset)), h' = n + z (h − n) (Cho et al., 2014).
 *
 * @param candidate the new content, already squashed, given the reset gate
 */
export function gruStep(reset: Tensor, update: Tensor, candidate: (reset: Tensor) => Tensor, hidden: Tensor): Tensor {
  const content = candidate(sigmoid(reset));
  return add(content, multiply(sigmoid(update), subtract(hidden, content)));
}
