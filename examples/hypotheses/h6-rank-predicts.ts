/**
 * H6: how many directions the features fill tells, without a label, how well a probe of them will do.
 * @module
 */
import { methods } from '../../src/pretext/index.ts';
import { rankEvidence } from '../../src/studies/rank-prediction.ts';
import { ask } from './ask.ts';

await ask({
  id: 'h6-rank-predicts',
  title: 'H6. Does the spectrum foretell the probe?',
  statement:
    'RankMe and the exponent α of the spectrum, both computed without labels, order runs as the accuracy of their probes does.',
  source: 'RankMe: Garrido et al., ICML 2023; α-ReQ: Agrawal et al., NeurIPS 2022.',
  test: 'Every method under every seed is a run. Its last layer is shown the test pictures, and Spearman’s correlation is taken between what its spectrum says and what its probe reaches: among runs of the same trunk and question, and over all runs asked for the view of the heart. Seeds of one method are drawn together, since they are no independent runs.',
  decides:
    'More configurations on each trunk (the papers vary one method’s settings over hundreds of runs) and more pictures a spectrum.',
  meaning: {
    holds: 'Runs may be chosen by their spectrum where there are no labels to choose by.',
    'does not hold':
      'A broad spectrum is no sign of useful features here: do not choose runs by it across methods; look at a probe.',
    'not decided':
      'Whether a broad spectrum foretells useful features cannot be said from these runs: do not choose runs by it.',
  },
  look: (options) =>
    rankEvidence(
      methods.map(({ card }) => ({ method: card.id })),
      options,
    ),
});
