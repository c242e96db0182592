/**
 * The network that tells filmed from generated clips in VGAN; without its last layer it is what is kept.
 * Vondrick, Pirsiavash and Torralba, "Generating videos with scene dynamics", NIPS 2016, and the released main.lua.
 * @module
 */
import { z } from 'zod';
import { leakyRelu } from '../../graph/operators/activations.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { normalInitialiser } from '../initialisers.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer, zeroBias } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z.int().min(1).default(64).describe('channels of the first stage; doubled at each of the next (paper: 64)'),
  stages: z.int().min(3).max(5).default(4).describe('convolutions, each of which halves all three axes (paper: 4)'),
});

export const sceneDiscriminator = defineTrunk<z.infer<typeof options>>({
  id: 'scene-discriminator',
  title: 'VGAN discriminator',
  paper: 'Vondrick et al., NIPS 2016',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { width: 16, stages: 3 } },
  firstFilters: 'conv1.weight',
  build: (scope, clip, { width, stages }) => {
    const taps: Record<string, Tensor> = {};
    let x = clip;
    for (let stage = 1; stage <= stages; stage++) {
      const geometry = { channels: width * 2 ** (stage - 1), kernel: 4, stride: 2, padding: 1 };
      const initial = { initialise: normalInitialiser(0.01), initialiseBias: zeroBias };
      const y = convolutionLayer(scope, `conv${stage}`, x, { ...geometry, ...initial });
      const normal = { epsilon: 1e-3, initialiseScale: normalInitialiser(0.02, 1) };
      x = leakyRelu(stage === 1 ? y : batchNorm(scope, `bn${stage}`, y, normal), 0.2);
      taps[`conv${stage}`] = x;
    }
    return { map: x, features: globalAveragePool(x), taps };
  },
});
