/**
 * A world on which the audit is tried, and the trainings that its questions come from.
 * @module
 */
import type { FrameStore } from '../../src/data/media.ts';
import type { RunRequest } from '../../src/training/configuration.ts';

export interface World {
  readonly name: string;
  readonly store: (seed: number) => FrameStore;
  readonly request: RunRequest;
  /** Shortcuts that answer the questions, or that features must hold. */
  readonly planted: readonly string[];
  /** Of those, the ones that are the only way to answer: the trained network must use them. */
  readonly used?: readonly string[];
  /** Shortcuts that are there and say nothing, or are not there. */
  readonly clean: readonly string[];
}

export const turns = (methodOptions: object = {}): RunRequest => ({
  method: 'rotation',
  steps: 60,
  batchSize: 8,
  methodOptions: { size: 32, mask: 'none', ...methodOptions },
});
export const puzzle = (methodOptions: object = {}): RunRequest => ({
  method: 'jigsaw',
  steps: 60,
  batchSize: 16,
  methodOptions: { permutations: 4, tile: 10, gap: 4, jitter: 2, smallestCrop: 0.9, ...methodOptions },
});
export const order = (methodOptions: object = {}): RunRequest => ({
  method: 'shuffle-and-learn',
  steps: 80,
  batchSize: 8,
  methodOptions: {
    size: 24,
    tauMax: 6,
    tauMin: 2,
    hidden: 32,
    weighting: 'uniform',
    leastDifference: 0,
    ...methodOptions,
  },
});
