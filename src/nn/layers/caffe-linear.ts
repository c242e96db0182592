/**
 * How the fully connected layers of CaffeNet begin and are trained: Jia et al., "Caffe", 2014, bvlc_reference_caffenet, and
 * the networks released with "Solving jigsaw puzzles" and "Shuffle and learn" after it.
 * @module
 */
import { constantInitialiser, normalInitialiser } from '../initialisers.ts';
import type { LinearLayerOptions } from './linear.ts';

type Start = Omit<LinearLayerOptions, 'features'>;

/** Biases learn at twice the rate and do not decay. */
const biasTraining = { learningRateScale: 2, weightDecayScale: 0 };

/** fc6 and fc7: N(0, 0.005²), biases 1, so that rectifiers are open at first. */
export const caffeHidden: Start = {
  initialise: normalInitialiser(0.005),
  initialiseBias: constantInitialiser(1),
  biasTraining,
};

/** The layer that answers: N(0, 0.01²), biases 0. */
export const caffeAnswer: Start = {
  initialise: normalInitialiser(0.01),
  initialiseBias: constantInitialiser(0),
  biasTraining,
};
