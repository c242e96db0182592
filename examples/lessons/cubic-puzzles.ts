/**
 * Space-time cubic puzzles: cells shuffled in space, in time, or both (Kim, Cho and Kweon, AAAI 2019, ablation).
 * @module
 */
import { teach } from './teach.ts';

await teach({
  id: 'cubic-puzzles',
  title: 'Cubic puzzles: spatial, temporal, both',
  method: 'cubic-puzzles',
  variants: { both: {}, spatial: { tuples: 'spatial' }, temporal: { tuples: 'temporal' } },
  claims: [
    { of: 'probe', better: 'both', worse: 'spatial', paper: 'both kinds of tuple together do best' },
    { of: 'probe', better: 'both', worse: 'temporal', paper: 'both kinds of tuple together do best' },
  ],
});
