/**
 * Scene dynamics: a moving foreground over a still background, or one stream for all (Vondrick, Pirsiavash and Torralba,
 * NIPS 2016). The paper asked people which clips they prefer; here the discriminator's features are asked.
 * @module
 */
import { teach } from './teach.ts';

await teach({
  id: 'streams',
  title: 'Scene dynamics: two streams against one',
  method: 'scene-dynamics',
  variants: { 'two streams': {}, 'one stream': { streams: 'one' } },
  claims: [
    {
      of: 'probe',
      better: 'two streams',
      worse: 'one stream',
      paper: 'people preferred clips made by two streams',
    },
  ],
});
