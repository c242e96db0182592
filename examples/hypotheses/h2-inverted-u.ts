/**
 * H2: a task teaches most where it is hard and can still be solved.
 * @module
 */
import { type DifficultyFamily, difficultyEvidence } from '../../src/studies/difficulty.ts';
import { ask } from './ask.ts';

// The variants of the lessons of the same names, whose trials they share.
const families: readonly DifficultyFamily[] = [
  {
    name: 'jigsaw, number of orders',
    method: 'jigsaw',
    variants: {
      '6 orders': { permutations: 6 },
      '24 orders': { permutations: 24 },
      '100 orders': { permutations: 100 },
      '400 orders': { permutations: 400 },
    },
  },
  {
    name: 'jigsaw, guards',
    method: 'jigsaw',
    variants: {
      'all guards': {},
      'no gap': { gap: 0, jitter: 0 },
      'no normalisation': { normalise: 'picture' },
      'no jitter': { jitter: 0 },
    },
  },
  {
    name: 'rotation, number of turns',
    method: 'rotation',
    variants: {
      four: {},
      eight: { rotations: 'eight' },
      '0 and 180': { rotations: 'upright-pair' },
      '90 and 270': { rotations: 'sideways-pair' },
    },
  },
];

await ask({
  id: 'h2-inverted-u',
  title: 'H2. Is a harder task a better teacher, as long as it can be solved?',
  statement:
    'Across numbers of orders, gaps and numbers of turns, what features are worth first rises with the difficulty of the task and then falls: a variant in between beats the easiest and the hardest.',
  source:
    'Noroozi and Favaro, ECCV 2016 (number of permutations, guards against shortcuts); Gidaris et al., ICLR 2018 (number of turns).',
  test: 'Variants of a task are ordered by how well they are solved on held-out patients, guessing at 0 and perfection at 100. Of those in between, the one that does best on validation patients is compared on test patients with the easiest and with the hardest.',
  decides:
    'Tasks of the same kind that reach down to where they can hardly be solved, more seeds, and questions that leave more room above the untrained network.',
  meaning: {
    holds: 'Make the task as hard as it can be while the network still solves it.',
    'does not hold':
      'Difficulty by itself does not order tasks: in between is not where features are best for every task tried.',
    'not decided':
      'Whether a task of middling difficulty teaches most cannot be said: the variants differ by less than their seeds do.',
  },
  look: (options) => difficultyEvidence(families, options),
});
