/**
 * Jigsaw: how many orders should be told apart? Few are easy and teach little, many are ambiguous (Noroozi and Favaro,
 * ECCV 2016, table of permutation sets).
 * @module
 */
import { jigsawOrders } from '../variants.ts';
import { teach } from './teach.ts';

await teach({
  id: 'jigsaw-permutations',
  title: 'Jigsaw: number of permutations',
  method: 'jigsaw',
  variants: jigsawOrders,
  claims: [
    {
      of: 'pretext',
      better: '6 orders',
      worse: '100 orders',
      paper: 'few orders are easier',
    },
    {
      of: 'probe',
      better: '100 orders',
      worse: '6 orders',
      paper: 'and transfer worse to detection',
    },
    { of: 'probe', better: '400 orders', worse: '24 orders', paper: 'a thousand transfer best' },
  ],
});
