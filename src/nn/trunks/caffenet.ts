/**
 * CaffeNet: AlexNet as Caffe publishes it, in two groups, with response normalisation. Krizhevsky, Sutskever and Hinton,
 * NIPS 2012; Jia et al., "Caffe", 2014. Without the fully connected layers, which belong to a method's head.
 * @module
 */
import { z } from 'zod';
import { caffeColumn } from './caffe-column.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z.number().positive().default(1).describe('multiplies all channel counts'),
  stemKernel: z.int().min(3).default(11).describe('side of the first kernel'),
  stemStride: z.int().min(1).default(4).describe('step of the first kernel in pixels'),
  stemPadding: z.int().min(0).default(0).describe('border of zeros before the first kernel (RelPos: 5)'),
  grouped: z.boolean().default(true).describe('conv2, conv4 and conv5 in two groups (paper: true)'),
  normalisation: z
    .enum(['response', 'late-batch', 'batch'])
    .default('response')
    .describe('response (paper), batch on conv3 to conv5 besides, without scale (RelPos), or batch everywhere'),
});

export const caffenet = defineTrunk<z.infer<typeof options>>({
  id: 'caffenet',
  title: 'CaffeNet (AlexNet in two groups)',
  paper: 'Krizhevsky et al., NIPS 2012; Jia et al., 2014',
  rank: 2,
  options,
  presets: {
    paper: {},
    tiny: { width: 0.25, stemKernel: 5, stemStride: 2, stemPadding: 2, grouped: false, normalisation: 'batch' },
    'shuffle-and-learn': { normalisation: 'late-batch' },
    'relative-position': { stemPadding: 5, grouped: false, normalisation: 'late-batch' },
  },
  firstFilters: 'conv1.weight',
  build: caffeColumn,
});
