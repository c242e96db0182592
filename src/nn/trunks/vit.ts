/**
 * Vision transformer: Dosovitskiy et al., "An image is worth 16×16 words: transformers for image recognition at scale",
 * ICLR 2021; small forms of Touvron et al., "Training data-efficient image transformers", ICML 2021.
 * @module
 */
import { z } from 'zod';
import { defineTrunk } from './trunk.ts';
import { visionTransformer } from './vision-transformer.ts';

const options = z.strictObject({
  patch: z.int().min(1).default(16).describe('side of a patch in pixels; pictures must divide into patches'),
  width: z.int().positive().default(768).describe('numbers that describe a patch (base: 768; small: 384; tiny: 192)'),
  depth: z.int().min(1).default(12).describe('blocks'),
  heads: z.int().min(1).default(12).describe('heads of attention; they divide the width (base: 12; small: 6; tiny: 3)'),
  pooling: z.enum(['class', 'mean']).default('class').describe('the head reads a class token (paper), or the mean'),
  positions: z
    .enum(['fixed', 'learned'])
    .default('learned')
    .describe('places of patches: sines and cosines, or learned (paper)'),
  learnedGrid: z
    .int()
    .min(1)
    .default(14)
    .describe('patches along a side that places are learned for; other sizes interpolate them'),
});

export const vit = defineTrunk<z.infer<typeof options>>({
  id: 'vit',
  title: 'Vision transformer',
  paper: 'Dosovitskiy et al., ICLR 2021',
  rank: 2,
  options,
  presets: {
    paper: {},
    tiny: { patch: 4, width: 64, depth: 4, heads: 4, pooling: 'mean', positions: 'fixed' },
    'vit-ti': { width: 192, heads: 3 },
    'vit-s': { width: 384, heads: 6 },
    'vit-b': {},
  },
  firstFilters: 'patch_embed.proj.weight',
  build: (scope, image, { patch, learnedGrid, ...chosen }) =>
    visionTransformer(scope, image, { ...chosen, patch: [patch, patch], learnedGrid: [learnedGrid, learnedGrid] }),
});
