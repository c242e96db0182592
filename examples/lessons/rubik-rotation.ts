/**
 * Rubik's cube: does turning the cubes besides reordering them help? (Zhuang and others, MICCAI 2019.)
 * @module
 */
import { teach } from './teach.ts';

await teach({
  id: 'rubik-rotation',
  title: "Rubik's cube: with and without rotation",
  method: 'rubiks-cube',
  variants: { 'order and turns': {}, 'order alone': { rotation: 'none' } },
  claims: [
    { of: 'pretext', better: 'order alone', worse: 'order and turns', paper: 'turning makes the order harder to find' },
    { of: 'probe', better: 'order and turns', worse: 'order alone', paper: 'and the features better' },
  ],
});
