/**
 * H4: networks trained on tasks of video need the order of frames; those of single pictures cannot.
 * @module
 */
import { orderEvidence } from '../../src/studies/frame-order.ts';
import { ask } from './ask.ts';

await ask({
  id: 'h4-temporal-necessity',
  title: 'H4. Do networks of video use time?',
  statement:
    'What networks trained on tasks of video know needs the order of frames: shuffled or standing still, their clips are read worse, and training has put that there.',
  source: 'The difference between accuracy in order and shuffled; asked of video networks by Huang et al., CVPR 2018.',
  test: 'A linear probe learns from clips in order whether the ventricle empties or fills, and which quarter of the beat it is in, which no single frame tells, and answers test clips in order, shuffled within their window, backwards, and with one frame repeated. The view of the heart, which needs no time, is the control. The networks’ own pretext questions are put to them in the same four orders.',
  decides: 'Networks that see longer clips (a whole beat), and tasks that can be solved by motion alone.',
  meaning: {
    holds: 'Tasks of video teach motion: what such networks know is more than what single frames show.',
    'does not hold':
      'A task of video need not teach motion: what these networks tell of motion is no better after training than before, or needs no order at all.',
    'not decided': 'Whether tasks of video teach the use of time cannot be said in full from these networks.',
  },
  look: (options) =>
    orderEvidence(
      {
        clips: ['rotation-3d', 'cubic-puzzles', 'clip-order'],
        pictures: ['shuffle-and-learn'],
        asksOrder: ['clip-order', 'shuffle-and-learn'],
      },
      options,
    ),
});
