/**
 * Rubik's cube: eight cubes of a volume in another order, some turned by 180 degrees, and the network says which and how.
 * Zhuang, Li, Hu, Ma, Yang and Zheng, "Self-supervised feature learning for 3D medical images by playing a Rubik's cube",
 * MICCAI 2019. The turns' loss is the full binary cross-entropy (or a softmax): as printed it lacks the term for bits that
 * are not set, and a network that says yes to everything would lose nothing.
 * @module
 */
import { z } from 'zod';
import { refusesVolume } from '../cube-grid.ts';
import { cubeShortcuts } from '../cube-shortcuts.ts';
import { defineMethod } from '../method.ts';
import { type PermutationSet, permutationSet } from '../permutation-set.ts';
import { drawRubik } from '../rubik-drawing.ts';
import { buildRubik, rubikChance } from '../rubik-network.ts';
import { cubeCount, partOf, type RubikOptions, rubikFields, rubikInputs, sampleRubik } from '../rubik-puzzle.ts';
import { tinyVolumeRecipe, wholeVolume } from '../volume-recipes.ts';

/** The paper's α and β. */
const weights = { order: 0.5, turns: 0.5 };

const question = 'In which order do the eight cubes lie, and which of them are turned?';

export const rubiksCube = defineMethod<RubikOptions, PermutationSet>({
  card: {
    id: 'rubiks-cube',
    title: "Rubik's cube",
    idea: 'To put turned parts of a body where they belong, a network must know the organs and how they lie in space.',
    question,
    inputs: ['volume'],
    paper: {
      authors: 'Zhuang, Li, Hu, Ma, Yang and Zheng',
      title: "Self-supervised feature learning for 3D medical images by playing a Rubik's cube",
      venue: 'MICCAI',
      year: 2019,
      url: 'https://arxiv.org/abs/1910.02241',
    },
    colour: '#7B4173',
    shortcuts: cubeShortcuts,
    expectations:
      'Turns make the order harder to tell and the features better: accuracy falls while what is learned rises. ' +
      'Organs that look the same when turned leave the turns to chance.',
  },
  options: z.strictObject(rubikFields),
  presets: {
    paper: {
      options: { permutations: 100, side: 64, depth: 64, gap: 5, jitter: 5, cubeFeatures: 1024, hidden: 1024 },
      trunk: { id: 'vgg3d', preset: 'paper' },
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
  inputs: rubikInputs,
  presentation: (context) => wholeVolume(context, partOf(context.options).size),
  sample: (view, random, context) => sampleRubik(view, random, context),
  build: (context) => buildRubik(context, weights),
  draw: (sample, context, shown) => drawRubik(sample, context, shown, question),
});
