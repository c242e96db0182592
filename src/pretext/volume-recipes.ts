/**
 * What the methods of volumes have in common: where three of them come from, how they are trained, and how a network that
 * has learned is shown a volume.
 * @module
 */
import type { Presentation } from '../data/transform/presentation.ts';
import type { Paper } from './card.ts';
import type { MethodContext, Recipe } from './method.ts';

/** Volume rotation, relative position and jigsaw. */
export const volumeMethodsPaper: Paper = {
  authors: 'Taleb, Loetzsch, Danz, Severin, Gaertner, Bergner and Lippert',
  title: '3D self-supervised methods for medical imaging',
  venue: 'NeurIPS',
  year: 2020,
  url: 'https://arxiv.org/abs/2006.03829',
};

/** Released with that paper. */
export const releasedVolumeRecipe = (batchSize: number): Recipe => ({
  batchSize,
  steps: 100_000,
  optimiser: { kind: 'adam', learningRate: 1e-4 },
  schedule: { kind: 'constant' },
});

export const tinyVolumeRecipe = ({ batchSize, steps }: Pick<Recipe, 'batchSize' | 'steps'>): Recipe => ({
  batchSize,
  steps,
  optimiser: { kind: 'adam', learningRate: 0.001 },
  schedule: { kind: 'cosine', warmup: 0.05 },
});

/** The whole volume, resampled to the size of what is cut out while training. */
export const wholeVolume = (
  { channels }: Pick<MethodContext<unknown>, 'channels'>,
  [frames, size]: readonly [slices: number, rows: number, columns: number],
): Presentation => ({ channels, frames, stride: 1, size, mask: 'none', intensity: 'standardise', whole: true });
