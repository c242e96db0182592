/**
 * Gated recurrent unit, unrolled. Cho et al., EMNLP 2014; parameters, gate order (reset, update, candidate) and the reset
 * gate after the product as in PyTorch's `nn.GRU` of one layer.
 * @module
 */
import { split, stack, unstack } from '../../graph/layout.ts';
import { add, fill, linear, multiply, reshape, tanh } from '../../graph/primitives.ts';
import { gruStep } from '../../graph/recurrence.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { uniformInitialiser } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';

export interface GruOptions {
  /** Length of an input vector. */
  readonly features: number;
  /** Length of the hidden state. */
  readonly hidden: number;
  /** Default U(±1 / √hidden), as in PyTorch. */
  readonly initialise?: Initialiser;
}

export interface Gru {
  /** A state of zeros, `[B, H]`. */
  zero(batch: number): Tensor;
  /** One step on `[B, I]`: the next hidden state. */
  step(x: Tensor, hidden: Tensor): Tensor;
  /** All steps of `[T, B, I]`: hidden states `[T, B, H]` and the last of them. */
  sequence(x: Tensor, hidden?: Tensor): { readonly outputs: Tensor; readonly hidden: Tensor };
}

/** Parameters `weight_ih_l0` `[3·H, I]`, `weight_hh_l0` `[3·H, H]`, `bias_ih_l0`, `bias_hh_l0`. */
export function gru(scope: Scope, name: string, options: GruOptions): Gru {
  const { features, hidden: size, initialise = uniformInitialiser(1 / Math.sqrt(options.hidden)) } = options;
  return scope.layer(name, (inner) => {
    const fromInput = inner.parameter('weight_ih_l0', [3 * size, features], initialise);
    const fromHidden = inner.parameter('weight_hh_l0', [3 * size, size], initialise);
    const inputBias = inner.parameter('bias_ih_l0', [3 * size], initialise);
    const hiddenBias = inner.parameter('bias_hh_l0', [3 * size], initialise);
    const parts = [2 * size, size];
    const advance = (projected: Tensor, hidden: Tensor): Tensor => {
      const [toGates, toCandidate] = split(projected, parts, 1);
      const [hiddenToGates, hiddenToCandidate] = split(linear(hidden, fromHidden, hiddenBias), parts, 1);
      const [reset, update] = split(add(toGates, hiddenToGates), [size, size], 1);
      const candidate = (gate: Tensor) => tanh(add(toCandidate, multiply(gate, hiddenToCandidate)));
      return gruStep(reset, update, candidate, hidden);
    };
    const zero = (batch: number) => fill([batch, size], 0);
    return {
      zero,
      step: (x, hidden) => advance(linear(x, fromInput, inputBias), hidden),
      sequence: (x, initial) => {
        const [steps, batch] = x.shape;
        const projected = linear(reshape(x, [steps * batch, features]), fromInput, inputBias);
        let hidden = initial ?? zero(batch);
        const outputs = unstack(reshape(projected, [steps, batch, 3 * size]), 0).map((at) => {
          hidden = advance(at, hidden);
          return hidden;
        });
        return { outputs: stack(outputs, 0), hidden };
      },
    };
  });
}
