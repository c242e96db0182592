/**
 * Long short-term memory, unrolled. Hochreiter and Schmidhuber, 1997; parameters and gate order as in PyTorch's `nn.LSTM`
 * of one layer (input, forget, candidate, output), peepholes as in Graves, "Generating sequences with recurrent neural
 * networks", 2013.
 * @module
 */
import { split, stack, unstack } from '../../graph/layout.ts';
import { add, fill, linear, reshape } from '../../graph/primitives.ts';
import { type LstmState, lstmStep, type Peepholes } from '../../graph/recurrence.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser, uniformInitialiser } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';

export interface LstmOptions {
  /** Length of an input vector. */
  readonly features: number;
  /** Length of the hidden state and of the cell. */
  readonly hidden: number;
  /** Whether gates see the cell. Default false. */
  readonly peepholes?: boolean;
  /** Default U(±1 / √hidden), as in PyTorch. */
  readonly initialise?: Initialiser;
}

export interface LstmSequence {
  /** Hidden states, `[T, B, H]`. */
  readonly outputs: Tensor;
  /** After the last step. */
  readonly state: LstmState;
}

export interface Lstm {
  /** A state of zeros. */
  zero(batch: number): LstmState;
  /** One step on `[B, I]`. */
  step(x: Tensor, state: LstmState): LstmState;
  /** All steps of `[T, B, I]`, whose part in the gates is one product. */
  sequence(x: Tensor, state?: LstmState): LstmSequence;
}

/** Parameters `weight_ih_l0` `[4·H, I]`, `weight_hh_l0` `[4·H, H]`, `bias_ih_l0`, `bias_hh_l0`, `weight_peephole` `[3·H]`. */
export function lstm(scope: Scope, name: string, options: LstmOptions): Lstm {
  const { features, hidden, peepholes = false } = options;
  const { initialise = uniformInitialiser(1 / Math.sqrt(hidden)) } = options;
  return scope.layer(name, (inner) => {
    const fromInput = inner.parameter('weight_ih_l0', [4 * hidden, features], initialise);
    const fromHidden = inner.parameter('weight_hh_l0', [4 * hidden, hidden], initialise);
    const bias = add(
      inner.parameter('bias_ih_l0', [4 * hidden], initialise),
      inner.parameter('bias_hh_l0', [4 * hidden], initialise),
    );
    const seen = peepholes
      ? peepholesOf(inner.parameter('weight_peephole', [3 * hidden], constantInitialiser(0)), hidden)
      : undefined;
    const advance = (projected: Tensor, { hidden: h, cell }: LstmState): LstmState => {
      const gates = linear(h, fromHidden, projected);
      const [input, forget, candidate, output] = split(gates, [hidden, hidden, hidden, hidden], 1);
      return lstmStep({ input, forget, candidate, output }, cell, seen);
    };
    const zero = (batch: number): LstmState => ({ hidden: fill([batch, hidden], 0), cell: fill([batch, hidden], 0) });
    return {
      zero,
      step: (x, state) => advance(linear(x, fromInput, bias), state),
      sequence: (x, initial) => {
        const [steps, batch] = x.shape;
        const projected = linear(reshape(x, [steps * batch, features]), fromInput, bias);
        let state = initial ?? zero(batch);
        const outputs = unstack(reshape(projected, [steps, batch, 4 * hidden]), 0).map((at) => {
          state = advance(at, state);
          return state.hidden;
        });
        return { outputs: stack(outputs, 0), state };
      },
    };
  });
}

function peepholesOf(weights: Tensor, hidden: number): Peepholes {
  const [input, forget, output] = split(weights, [hidden, hidden, hidden], 0);
  return { input, forget, output };
}
