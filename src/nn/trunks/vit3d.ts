/**
 * Vision transformer of clips and volumes: tubes of frames, or cubes of slices, as tokens, each with a fixed place. Tong,
 * Song, Wang and Wang, "VideoMAE: masked autoencoders are data-efficient learners for self-supervised video pre-training",
 * NeurIPS 2022 (tubes of 2×16×16, no class token, the head reads the mean). Its places count tokens one after another;
 * here sines and cosines of each axis by itself, as masked autoencoders have them for pictures (He et al., CVPR 2022).
 * @module
 */
import { z } from 'zod';
import { defineTrunk } from './trunk.ts';
import { visionTransformer } from './vision-transformer.ts';

const options = z.strictObject({
  tube: z.int().min(1).default(2).describe('frames or slices of a token (paper: 2)'),
  patch: z.int().min(1).default(16).describe('rows and columns of a token (paper: 16); inputs must divide into tokens'),
  width: z.int().positive().default(768).describe('numbers that describe a token (base: 768; small: 384)'),
  depth: z.int().min(1).default(12).describe('blocks'),
  heads: z.int().min(1).default(12).describe('heads of attention; they divide the width (base: 12; small: 6)'),
});

export const vit3d = defineTrunk<z.infer<typeof options>>({
  id: 'vit3d',
  title: 'Vision transformer of clips and volumes',
  paper: 'Tong et al., NeurIPS 2022; Dosovitskiy et al., ICLR 2021',
  rank: 3,
  options,
  presets: {
    paper: {},
    tiny: { patch: 8, width: 48, depth: 4, heads: 3 },
    'video-s': { width: 384, heads: 6 },
    'video-b': {},
    'volume-8': { tube: 8, patch: 8 },
    'volume-16': { tube: 16, patch: 16 },
  },
  firstFilters: 'patch_embed.proj.weight',
  build: (scope, x, { tube, patch, ...chosen }) =>
    visionTransformer(scope, x, {
      ...chosen,
      patch: [tube, patch, patch],
      pooling: 'mean',
      positions: 'fixed',
      learnedGrid: [],
    }),
});
