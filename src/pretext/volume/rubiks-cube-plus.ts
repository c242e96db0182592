/**
 * Rubik's cube with masking: besides order and turns, the network says which cubes have lost half of their voxels.
 * Zhu, Li, Hu, Ma, Zhou and Zheng, "Rubik's Cube+: A self-supervised feature learning framework for 3D medical image
 * analysis", Medical Image Analysis 2020. A cube is masked last, so that its turn has to be told from what is left.
 * @module
 */
import { z } from 'zod';
import { refusesVolume } from '../cube-grid.ts';
import { cubeShortcuts } from '../cube-shortcuts.ts';
import { defineMethod, type MethodContext } from '../method.ts';
import { type PermutationSet, permutationSet } from '../permutation-set.ts';
import { drawRubik } from '../rubik-drawing.ts';
import { buildRubik, rubikChance } from '../rubik-network.ts';
import { cubeCount, partOf, rubikFields, rubikInputs, sampleRubik } from '../rubik-puzzle.ts';
import { tinyVolumeRecipe, wholeVolume } from '../volume-recipes.ts';

const options = z.strictObject({
  ...rubikFields,
  masking: z.number().min(0).max(1).default(0.5).describe('share of cubes that lose half of their voxels (paper: 0.5)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options, PermutationSet>;

/** Equal parts; the paper names the three weights and not their values. */
const weights = { order: 1 / 3, turns: 1 / 3, masks: 1 / 3 };

const question = 'In which order do the eight cubes lie, which of them are turned, and which are masked?';

export const rubiksCubePlus = defineMethod<Options, PermutationSet>({
  card: {
    id: 'rubiks-cube-plus',
    title: "Rubik's cube with masking",
    idea: 'A network that solves the puzzle with half of the voxels gone cannot lean on single textures.',
    question,
    inputs: ['volume'],
    paper: {
      authors: 'Zhu, Li, Hu, Ma, Zhou and Zheng',
      title: "Rubik's Cube+: A self-supervised feature learning framework for 3D medical image analysis",
      venue: 'Medical Image Analysis',
      year: 2020,
      url: 'https://doi.org/10.1016/j.media.2020.101746',
    },
    colour: '#5E3C99',
    shortcuts: cubeShortcuts,
    expectations:
      'Masks are told within a few steps, since random voxels look like nothing else; what they change is that order ' +
      'and turns become harder. Judge it by a probe against the task without masks.',
  },
  options,
  presets: {
    paper: {
      options: { permutations: 100, side: 64, depth: 64, gap: 5, jitter: 5, cubeFeatures: 1024, hidden: 1024 },
      trunk: { id: 'resnet3d-18', preset: 'paper' },
      recipe: {
        batchSize: 4,
        steps: 60_000,
        optimiser: { kind: 'sgd', learningRate: 0.001, momentum: 0.9, weightDecay: 5e-4 },
        schedule: { kind: 'steps', at: [1 / 3, 2 / 3], factor: 0.1 },
      },
    },
    tiny: {
      // With the turns, fifty orders stay a guess for hundreds of steps; ten are learned within a hundred.
      options: { permutations: 10 },
      trunk: { id: 'vgg3d', preset: 'tiny' },
      recipe: tinyVolumeRecipe({ batchSize: 8, steps: 600 }),
    },
  },
  chance: (chosen) => rubikChance(chosen, weights),
  refuses: (item, chosen) => refusesVolume(item, partOf(chosen).size),
  prepare: (_, { permutations, rule }, random) =>
    permutationSet({ tiles: cubeCount, count: permutations, rule }, random),
  inputs: (context: Context) => ({ ...rubikInputs(context), masked: { dtype: 'float32', shape: [cubeCount] } }),
  presentation: (context) => wholeVolume(context, partOf(context.options).size),
  sample: (view, random, context) => sampleRubik(view, random, context, context.options.masking),
  build: (context) => buildRubik(context, weights),
  draw: (sample, context, shown) => drawRubik(sample, context, shown, question),
});
