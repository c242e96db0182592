/**
 * A column of the context-free network: CaffeNet whose first kernel steps by 2 instead of 4, since it sees tiles of 64
 * pixels and not whole pictures. Noroozi and Favaro, ECCV 2016. Parameters have CaffeNet's names and shapes, so that
 * learnt convolutions move into the network of stride 4 as they are.
 * @module
 */
import { z } from 'zod';
import { caffeColumn } from './caffe-column.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z.number().positive().default(1).describe('multiplies all channel counts'),
  stemKernel: z.int().min(3).default(11).describe('side of the first kernel'),
  stemStride: z.int().min(1).default(2).describe('step of the first kernel in pixels; 4 for whole pictures afterwards'),
  stemPadding: z.int().min(0).default(0).describe('border of zeros before the first kernel'),
  grouped: z.boolean().default(true).describe('conv2, conv4 and conv5 in two groups (paper: true)'),
  normalisation: z
    .enum(['response', 'batch'])
    .default('response')
    .describe('across channels after the first two pools (paper), or batch normalisation on every convolution'),
});

export const cfn = defineTrunk<z.infer<typeof options>>({
  id: 'cfn',
  title: 'Column of the context-free network',
  paper: 'Noroozi and Favaro, ECCV 2016',
  rank: 2,
  options,
  presets: {
    paper: {},
    tiny: { width: 0.25, stemKernel: 5, stemPadding: 2, grouped: false, normalisation: 'batch' },
  },
  firstFilters: 'conv1.weight',
  build: caffeColumn,
});
