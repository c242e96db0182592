/**
 * Jigsaw: what may be solved without looking into the tiles. A guard that is left out raises the accuracy of the puzzle
 * and spoils the features: the signature of a shortcut (Noroozi and Favaro, ECCV 2016, table of shortcuts).
 * @module
 */
import { jigsawGuards } from '../variants.ts';
import { teach } from './teach.ts';

await teach({
  id: 'jigsaw-shortcuts',
  title: 'Jigsaw: gap, normalisation, jitter',
  method: 'jigsaw',
  variants: jigsawGuards,
  claims: [
    {
      of: 'pretext',
      better: 'no gap',
      worse: 'all guards',
      paper: 'without a gap puzzles are easier',
    },
    {
      of: 'probe',
      better: 'all guards',
      worse: 'no gap',
      paper: 'and the features worse',
    },
    {
      of: 'pretext',
      better: 'no normalisation',
      worse: 'all guards',
      paper: 'without normalisation puzzles are easier',
    },
    { of: 'probe', better: 'all guards', worse: 'no normalisation', paper: 'and the features worse' },
    {
      of: 'pretext',
      better: 'no jitter',
      worse: 'all guards',
      paper: 'without jitter (there: of colours) puzzles are easier',
    },
    { of: 'probe', better: 'all guards', worse: 'no jitter', paper: 'and the features worse' },
  ],
});
