/**
 * Optimisers as graphs: from parameters and gradients to next parameters and next moments.
 * @module
 */
import type { Tensor } from '../../graph/tensor.ts';

/** One parameter on its way through an update. */
export interface Trained {
  readonly name: string;
  readonly tensor: Tensor;
  readonly gradient: Tensor;
  readonly learningRateScale: number;
  readonly weightDecayScale: number;
}

/** A moment the optimiser keeps for a parameter; starts at zero, same shape. */
export interface Moment {
  readonly name: string;
  readonly tensor: Tensor;
  readonly next: Tensor;
}

export interface OptimiserStep {
  /** Next value of each parameter, in the order given. */
  readonly parameters: readonly Tensor[];
  readonly moments: readonly Moment[];
}

/** Scalars fed at every step. */
export interface StepScalars {
  readonly learningRate: Tensor;
  /** Number of this step, from 1. */
  readonly step: Tensor;
}

export type Optimiser = (trained: readonly Trained[], scalars: StepScalars) => OptimiserStep;
