/**
 * Rotation: how many turns should be told apart? (Gidaris, Singh and Komodakis, ICLR 2018, table of the number of rotations.)
 * @module
 */
import { numbersOfTurns } from '../variants.ts';
import { teach } from './teach.ts';

await teach({
  id: 'rotations',
  title: 'Rotation: number of turns',
  method: 'rotation',
  variants: numbersOfTurns,
  claims: [
    { of: 'probe', better: 'four', worse: 'eight', paper: 'four turns 89.1 % on CIFAR-10, eight 88.5 %' },
    { of: 'probe', better: 'four', worse: '0 and 180', paper: 'two upright ones 87.5 %' },
    { of: 'probe', better: 'four', worse: '90 and 270', paper: 'two sideways 85.5 %' },
  ],
});
