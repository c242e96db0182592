/**
 * LSTM on video: rewrite the past, foretell the future, or both (Srivastava, Mansimov and Salakhutdinov, ICML 2015).
 * @module
 */
import { teach } from './teach.ts';

await teach({
  id: 'lstm-models',
  title: 'LSTM: autoencoder, predictor, composite',
  method: 'lstm-video',
  variants: { composite: {}, autoencoder: { model: 'autoencoder' }, predictor: { model: 'predictor' } },
  claims: [
    { of: 'probe', better: 'composite', worse: 'autoencoder', paper: 'an autoencoder alone tends to memorise' },
    {
      of: 'probe',
      better: 'composite',
      worse: 'predictor',
      paper: 'a predictor alone tends to keep the last frames only',
    },
  ],
});
