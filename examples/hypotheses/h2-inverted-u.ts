/**
 * H2: a task teaches most where it is hard and can still be solved.
 * @module
 */
import { type DifficultyFamily, difficultyEvidence } from '../../src/studies/difficulty.ts';
import { jigsawGuards, jigsawOrders, numbersOfTurns } from '../variants.ts';
import { ask } from './ask.ts';

const families: readonly DifficultyFamily[] = [
  { name: 'jigsaw, number of orders', method: 'jigsaw', variants: jigsawOrders },
  { name: 'jigsaw, guards', method: 'jigsaw', variants: jigsawGuards },
  { name: 'rotation, number of turns', method: 'rotation', variants: numbersOfTurns },
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
