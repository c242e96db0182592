/**
 * H3: features keep what the task asks for and lose what it must not notice.
 * @module
 */
import { type Attitudes, changeEvidence } from '../../src/studies/noticed-changes.ts';
import { ask } from './ask.ts';

// As the tiny presets have it: what their samplers vary, and what their answers depend on.
const attitudes: Attitudes = {
  rotation: { turn: 'asks for it', mirror: 'varies it', size: 'varies it' },
  'cubic-puzzles': { turn: 'asks for it', mirror: 'varies it', size: 'varies it' },
  'exemplar-triplet': { turn: 'brings it together', size: 'brings it together', gamma: 'brings it together' },
  exemplar: { turn: 'brings it together', size: 'brings it together', gamma: 'brings it together' },
  jigsaw: { size: 'varies it' },
  'relative-position': { size: 'varies it', gamma: 'varies it' },
};

await ask({
  id: 'h3-noticed-or-ignored',
  title: 'H3. Do features keep what the task asks for and lose what it ignores?',
  statement:
    'Tasks that predict how a picture was changed keep that factor in their features; tasks that bring changed views together lose it.',
  source:
    'Put as a trade-off between equivariance and invariance: Dangovski et al., ICLR 2022; Xiao et al., ICLR 2021.',
  test: 'Pictures are turned, mirrored, enlarged or changed in gamma by a drawn amount, and whether it was more or less is read from the last layer. Tasks ask for a turn (rotation of pictures, the turned cells of cubic puzzles), bring turned, enlarged and brightened views together (exemplar triplets and surrogate classes), or merely vary things from sample to sample (those, jigsaw puzzles, relative position). What training adds to the accuracy of that reading is compared.',
  decides:
    'Invariance-learning methods beyond exemplars (contrastive ones are not built), on the same trunk as the predictive ones; at present attitude and trunk cannot be told apart fully.',
  meaning: {
    holds:
      'A pretext task is a choice of what to see and what to overlook: look at its augmentations before its accuracy.',
    'does not hold':
      'What a task asks for or overlooks does not decide alone what its last layer holds: a factor can be lost though the task needs it, or stay though the task pulls it together.',
    'not decided':
      'That tasks keep what they ask for and lose what they overlook cannot be said in full from these networks.',
  },
  look: (options) => changeEvidence(attitudes, options),
});
