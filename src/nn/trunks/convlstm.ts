/**
 * A convolutional LSTM that reads a clip frame by frame and keeps what it has seen as maps: what the LSTM over whole frames
 * does, with weights shared over places. Shi, Chen, Wang, Yeung, Wong and Woo, "Convolutional LSTM network: a machine
 * learning approach for precipitation nowcasting", NeurIPS 2015. The paper cuts frames into patches of 4×4 pixels and
 * convolves them; here that is one convolution in steps of a patch, with the same weights, whose kernels can be looked at.
 * Forget gates start open (bias 1), so that what is read first is not forgotten before anything is learned.
 * @module
 */
import { z } from 'zod';
import { stack, unstack } from '../../graph/layout.ts';
import { reshape } from '../../graph/primitives.ts';
import type { LstmState } from '../../graph/recurrence.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { uniformFanIn } from '../initialisers.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import { advanceConvLstm, gateBias } from '../layers/convolutional-recurrence.ts';
import { patchGrid } from '../layers/patches.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  channels: z
    .int()
    .positive()
    .default(64)
    .describe('channels of the state; the first of several layers has twice as many (paper: 64)'),
  layers: z.int().min(1).max(3).default(3).describe('layers, each reading the one before (paper: 1, 2 and 3)'),
  kernel: z
    .int()
    .min(1)
    .refine((side) => side % 2 === 1, 'an odd number')
    .default(5)
    .describe('side of the kernels, on maps (paper: 5)'),
  patch: z.int().min(1).default(4).describe('side of a patch in pixels; frames must divide into patches (paper: 4)'),
  peepholes: z.boolean().default(true).describe('whether gates see the cell, with weights of each place (paper: true)'),
});
type Options = z.infer<typeof options>;

/** One layer over `[B, C, T, H, W]`, of which the first reads pixels: hidden states `[B, channels, T, h, w]`, last state. */
function layer(scope: Scope, x: Tensor, channels: number, step: number, { kernel, peepholes }: Options) {
  const padding = (step * (kernel - 1)) / 2;
  const projected = convolutionLayer(scope, 'input', x, {
    channels: 4 * channels,
    kernel: [1, step * kernel, step * kernel],
    stride: [1, step, step],
    padding: [0, padding, padding],
    initialise: uniformFanIn,
    initialiseBias: gateBias(1),
  });
  let state: LstmState | undefined;
  const outputs = unstack(projected, 2).map((fromInput) => {
    state = advanceConvLstm(scope, fromInput, state, { channels, kernel, peepholes, initialise: uniformFanIn });
    return state.hidden;
  });
  return { sequence: stack(outputs, 2), state: state! };
}

export const convlstm = defineTrunk<Options>({
  id: 'convlstm',
  title: 'ConvLSTM over frames',
  paper: 'Shi et al., NeurIPS 2015',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { channels: 12, layers: 1, kernel: 3 } },
  firstFilters: 'layer1.input.weight',
  build: (scope, clip, chosen) => {
    const { patch, layers } = chosen;
    patchGrid(clip.shape.slice(3), [patch, patch]);
    const sequences: Record<string, Tensor> = {};
    const states: Record<string, Tensor> = {};
    let x = clip;
    for (let number = 1; number <= layers; number++) {
      const channels = number === 1 && layers > 1 ? 2 * chosen.channels : chosen.channels;
      const { sequence, state } = scope.layer(`layer${number}`, (inner) =>
        layer(inner, x, channels, number === 1 ? patch : 1, chosen),
      );
      const asMap = (map: Tensor) => reshape(map, [...map.shape.slice(0, 2), 1, ...map.shape.slice(2)]);
      sequences[`layer${number}`] = sequence;
      states[`cell${number}`] = asMap(state.cell);
      states[`hidden${number}`] = asMap(state.hidden);
      x = sequence;
    }
    const map = states[`hidden${layers}`];
    return { map, features: globalAveragePool(map), taps: { ...sequences, ...states } };
  },
});
