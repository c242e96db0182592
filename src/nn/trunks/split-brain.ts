/**
 * Two halves of CaffeNet side by side that never see each other: the first looks at the first channel of a picture
 * (lightness), the second at the others (colour), and every tap is both. Zhang, Isola and Efros, "Split-brain
 * autoencoders: unsupervised learning by cross-channel prediction", CVPR 2017.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import { concat, slice } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { caffeColumn } from './caffe-column.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z
    .number()
    .positive()
    .default(1)
    .describe('multiplies all channel counts; each half has half of those of CaffeNet'),
  stemKernel: z.int().min(3).default(11).describe('side of the first kernels'),
  stemStride: z.int().min(1).default(4).describe('step of the first kernels in pixels'),
  stemPadding: z.int().min(0).default(0).describe('border of zeros before the first kernels'),
});

export const splitBrainTrunk = defineTrunk<z.infer<typeof options>>({
  id: 'split-brain',
  title: 'Split-Brain (two halves of CaffeNet)',
  paper: 'Zhang et al., CVPR 2017',
  rank: 2,
  fewestChannels: 2,
  options,
  presets: { paper: {}, tiny: { width: 0.25, stemKernel: 5, stemStride: 2, stemPadding: 2 } },
  firstFilters: 'lightness.conv1.weight',
  build: (scope, image, { width, ...stem }) => {
    const channels = image.shape[1];
    if (channels < 2) {
      throw new SondeError('usage', 'Split-Brain divides the channels of a picture between two halves', {
        expected: 'at least two channels',
        found: `${channels}`,
        hint: 'choose data in colour, or another trunk with --trunk',
      });
    }
    const column = { ...stem, width: width / 2, grouped: false, normalisation: 'batch' } as const;
    const first = scope.layer('lightness', (inner) => caffeColumn(inner, slice(image, 1, 0, 1), column));
    const second = scope.layer('colour', (inner) => caffeColumn(inner, slice(image, 1, 1, channels), column));
    const both = (a: Tensor, b: Tensor) => concat([a, b], 1);
    const taps = Object.fromEntries(
      Object.entries(first.taps).map(([name, tap]) => [name, both(tap, second.taps[name])]),
    );
    return {
      map: taps.pool5,
      features: both(first.features, second.features),
      taps,
      // In training the released network steps by one behind conv5, which keeps what places need.
      halves: [first.taps.conv5, second.taps.conv5],
    };
  },
});
