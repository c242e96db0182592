/**
 * A long short-term memory that reads a clip frame by frame; what it keeps at the end is the representation.
 * Srivastava, Mansimov and Salakhutdinov, "Unsupervised learning of video representations using LSTMs", ICML 2015: whole
 * frames enter each gate, whose weights on them can be looked at as filters; peepholes as in Graves, 2013.
 * @module
 */
import { z } from 'zod';
import { split, stack, unstack } from '../../graph/layout.ts';
import { add, linear, multiply, reshape, transpose } from '../../graph/primitives.ts';
import { type LstmState, lstmStep, type Peepholes } from '../../graph/recurrence.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser, uniformInitialiser } from '../initialisers.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  hidden: z.int().min(1).default(2048).describe('length of the state (paper: 2048)'),
  layers: z.int().min(1).max(2).default(1).describe('layers, each reading the one before (paper: 1 and 2)'),
  peepholes: z.boolean().default(true).describe('whether gates see the cell (paper: true)'),
  scale: z.number().positive().default(0.01).describe('first weights are uniform within this (paper: 0.01)'),
});
type Options = z.infer<typeof options>;

/** One layer over `[B, C, T, H, W]`: hidden states `[B, hidden, T, 1, 1]`, and the state after the last frame. */
function layer(scope: Scope, name: string, x: Tensor, { hidden, peepholes, scale }: Options) {
  return scope.layer(name, (inner) => {
    const initialise = uniformInitialiser(scale);
    const [batch, , steps, ...kernel] = x.shape;
    const projected = convolutionLayer(inner, 'input', x, {
      channels: 4 * hidden,
      kernel: [1, ...kernel],
      initialise,
      initialiseBias: constantInitialiser(0),
    });
    const fromHidden = inner.child('hidden').parameter('weight', [4 * hidden, hidden], initialise);
    const seen = peepholes ? peepholesOf(inner, hidden) : undefined;
    let state: LstmState | undefined;
    const outputs = unstack(reshape(projected, [batch, 4 * hidden, steps]), 2).map((fromInput) => {
      const sums = state === undefined ? fromInput : add(fromInput, linear(state.hidden, fromHidden));
      const [input, forget, candidate, output] = split(sums, [hidden, hidden, hidden, hidden], 1);
      state = lstmStep({ input, forget, candidate, output }, state?.cell ?? multiply(candidate, 0), seen);
      return state.hidden;
    });
    const sequence = transpose(stack(outputs, 0), [1, 2, 0]);
    return { sequence: reshape(sequence, [batch, hidden, steps, 1, 1]), state: state! };
  });
}

function peepholesOf(scope: Scope, hidden: number): Peepholes {
  const weights = scope.parameter('peephole', [3 * hidden], uniformInitialiser(0.1));
  const [input, forget, output] = split(weights, [hidden, hidden, hidden], 0);
  return { input, forget, output };
}

export const lstmTrunk = defineTrunk<Options>({
  id: 'lstm',
  title: 'LSTM over frames',
  paper: 'Srivastava et al., ICML 2015',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { hidden: 64, scale: 0.1 } },
  firstFilters: 'layer1.input.weight',
  build: (scope, clip, chosen) => {
    const sequences: Record<string, Tensor> = {};
    const states: Record<string, Tensor> = {};
    let x = clip;
    for (let number = 1; number <= chosen.layers; number++) {
      const { sequence, state } = layer(scope, `layer${number}`, x, chosen);
      const asMap = (value: Tensor) => reshape(value, [clip.shape[0], chosen.hidden, 1, 1, 1]);
      sequences[`layer${number}`] = sequence;
      states[`cell${number}`] = asMap(state.cell);
      states[`hidden${number}`] = asMap(state.hidden);
      x = sequence;
    }
    const map = states[`hidden${chosen.layers}`];
    const features = reshape(map, [clip.shape[0], chosen.hidden]);
    return { map, features, taps: { ...sequences, ...states } };
  },
});
