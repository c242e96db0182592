/**
 * H1: on a hand-crafted task the last layers become specialists of the task, and know less of anything else than the layer
 * before them.
 * @module
 */
import { type DeepPair, deepLayerEvidence } from '../../src/studies/deep-layers.ts';
import { studiedTrials } from '../../src/studies/studied-trials.ts';
import { ask } from './ask.ts';

const pairs: Readonly<Record<string, DeepPair>> = {
  'relative-position': { before: 'conv4', last: 'conv5', decides: true },
  jigsaw: { before: 'conv4', last: 'conv5', decides: true },
  rotation: { before: 'block2', last: 'block3', decides: true },
  'shuffle-and-learn': { before: 'conv4', last: 'conv5', decides: false },
  'rotation-3d': { before: 'stage3', last: 'stage4', decides: false },
  'cubic-puzzles': { before: 'stage3', last: 'stage4', decides: false },
  'exemplar-triplet': { before: 'conv2', last: 'conv3', decides: false },
};

await ask({
  id: 'h1-deep-layers',
  title: 'H1. Do the last layers specialise?',
  statement:
    'The last layer of a network trained on relative position, jigsaw puzzles or rotation answers another question worse than the layer before it.',
  source:
    'Layers of frozen features on ImageNet: Zhang et al., CVPR 2017; Gidaris et al., ICLR 2018, table 4; Goyal et al., ICCV 2019.',
  test: 'The view of the heart is read from both layers of the same networks by linear probes, from few labelled patients. A last layer may know less for being last: the same difference in the networks untrained is taken off beside it. The claim’s other half, that contrastive methods do not do so, waits for contrastive methods.',
  decides:
    'Networks closer to the papers’ size, more labelled patients, and contrastive methods on the same trunk, whose last layer should not fall.',
  meaning: {
    holds:
      'A pretext task teaches what its own answer needs: the last layer, which has to give that answer, throws away what a clinician may want. Take features from the layer before.',
    'does not hold':
      'That the last layer is the worst place to look is no law: it is so for some tasks and not for others, so every layer has to be measured.',
    'not decided': 'Whether the last layers specialise cannot be said for all three tasks from these networks.',
  },
  async look(options) {
    const groups = await studiedTrials(
      Object.keys(pairs).map((method) => ({ method })),
      options,
    );
    return groups === undefined ? undefined : deepLayerEvidence(groups, pairs);
  },
});
