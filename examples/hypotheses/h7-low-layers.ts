/**
 * H7: different tasks teach the same first layers and different last ones.
 * @module
 */
import { type FamilyRequest, similarityEvidence } from '../../src/studies/layer-similarity.ts';
import { ask } from './ask.ts';

const families: readonly FamilyRequest[] = [
  {
    name: 'CaffeNet',
    methods: ['relative-position', 'jigsaw', 'shuffle-and-learn'],
    early: ['conv1', 'conv2'],
    late: ['conv4', 'conv5'],
    decides: true,
  },
  {
    name: '3D ResNet',
    methods: ['rotation-3d', 'cubic-puzzles'],
    early: ['stem', 'stage1'],
    late: ['stage3', 'stage4'],
    decides: false,
  },
  {
    name: '3D VGG',
    methods: ['volume-rotation', 'volume-jigsaw', 'volume-relative-position', 'rubiks-cube-plus'],
    early: ['stage1'],
    late: ['stage3'],
    decides: false,
  },
];

await ask({
  id: 'h7-low-layers',
  title: 'H7. Do all tasks teach the same first layers?',
  statement:
    'Networks of the same trunk trained on different tasks are alike in conv1 and conv2 and differ in conv4 and conv5, by more than two seeds of one task differ.',
  source:
    'Kornblith et al., ICML 2019 (similarity over depth); Nguyen et al., ICLR 2021 (the unbiased form); put to pretext tasks here.',
  test: 'Unbiased linear CKA of layers of the same name on the same test pictures, averaged over space. Two methods are compared under different seeds only, as two seeds of one method are: with the same seed they begin with the same weights. Seeds and groups of patients are left out in turn for the interval.',
  decides:
    'Longer training, trunks of full width, and natural variety of pictures; with more methods on one trunk than three.',
  meaning: {
    holds:
      'What tasks have in common lies in the first layers (edges, speckle, brightness); what makes one task better than another lies in the last ones.',
    'does not hold':
      'Different tasks do not simply share their first layers and part in the last ones: where they part is another place, or no other than where two seeds part.',
    'not decided': 'Where along the depth different tasks part ways cannot be said from these networks.',
  },
  look: (options) => similarityEvidence(families, options),
});
