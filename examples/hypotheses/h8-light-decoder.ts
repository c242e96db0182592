/**
 * H8: with few labels, carry the encoder over and put little on top.
 * @module
 */
import { decoderEvidence } from '../../src/studies/decoder-weight.ts';
import { ask } from './ask.ts';

await ask({
  id: 'h8-light-decoder',
  title: 'H8. With few labels, is a light decoder better?',
  statement:
    'An encoder trained without labels segments better, where few patients are labelled, under a light decoder (dense upsampling convolution) than under a heavy one that begins from random weights.',
  source:
    'Zhuang et al., MICCAI 2019, carry an encoder over and put dense upsampling convolution (Wang et al., WACV 2018) on it.',
  test: 'The same encoders are fine-tuned under dense upsampling convolution of the last layer, under a U-Net with transposed convolutions and under one with interpolation, with the same steps, rates and labelled patients. Judged by Dice on test patients.',
  decides:
    'Other anatomy and volumes (the paper’s own case), longer fine-tuning, and a heavy decoder that, like the light one, sees the last layer only.',
  meaning: {
    holds:
      'With few labels what was learned without them should be changed little: a light decoder on the encoder does better.',
    'does not hold':
      'With few labels the light decoder is not the better choice: what a U-Net reads from the early layers is worth more than its random weights cost.',
    'not decided': 'Whether a light decoder suits few labels better cannot be said from these fits.',
  },
  look: (options) =>
    decoderEvidence(
      {
        methods: ['shuffle-and-learn'],
        view: 'apical-four-chamber',
        percent: [5, 100],
        repeats: 1,
        steps: 100,
        learningRate: [3e-3],
      },
      options,
    ),
});
