/**
 * Variants of tasks that a lesson and a hypothesis both look at, so that they share their trials. First the one that the
 * paper recommends.
 * @module
 */

export const jigsawOrders = {
  '100 orders': { permutations: 100 },
  '24 orders': { permutations: 24 },
  '6 orders': { permutations: 6 },
  '400 orders': { permutations: 400 },
};

export const jigsawGuards = {
  'all guards': {},
  'no gap': { gap: 0, jitter: 0 },
  'no normalisation': { normalise: 'picture' },
  'no jitter': { jitter: 0 },
};

export const numbersOfTurns = {
  four: {},
  eight: { rotations: 'eight' },
  '0 and 180': { rotations: 'upright-pair' },
  '90 and 270': { rotations: 'sideways-pair' },
};
