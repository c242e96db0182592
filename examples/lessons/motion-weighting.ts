/**
 * Shuffle and learn: are windows drawn by their motion worth it? (Misra, Zitnick and Hebert, ECCV 2016.)
 * @module
 */
import { teach } from './teach.ts';

await teach({
  id: 'motion-weighting',
  title: 'Shuffle and learn: windows drawn by motion, or anywhere',
  method: 'shuffle-and-learn',
  variants: { 'by motion': {}, anywhere: { weighting: 'uniform' } },
  claims: [
    { of: 'pretext', better: 'by motion', worse: 'anywhere', paper: 'without motion the right order cannot be told' },
    { of: 'probe', better: 'by motion', worse: 'anywhere', paper: 'windows with motion give better features' },
  ],
});
