/**
 * Cues that solve a puzzle of cubes without anatomy, and what guards against them.
 * @module
 */
import type { MethodCard } from './card.ts';

/** Cues that need no anatomy, common to all puzzles of cubes. */
export const cubeShortcuts: MethodCard['shortcuts'] = [
  {
    id: 'edges',
    title: 'Surfaces that continue across a face',
    why: 'Where cubes touch, an edge that goes on names the neighbour without any content.',
    counter: { option: 'gap', guarded: 3, open: 0 },
  },
  {
    id: 'distance',
    title: 'A fixed distance between cubes',
    why: 'With the same space everywhere, a surface can be continued over it.',
    counter: { option: 'jitter', guarded: 1, open: 0 },
  },
  {
    id: 'intensity',
    title: 'Brightness and contrast of neighbours',
    why: 'Cubes that lie side by side have similar means and ranges, so sorting by brightness solves much.',
    counter: { option: 'normalise', guarded: 'cube', open: 'volume' },
  },
  {
    id: 'air',
    title: 'Cubes of air',
    why: 'A cube without tissue has no content, and its emptiness tells that it lies outside.',
    counter: { option: 'foreground', guarded: 0.3, open: 0 },
  },
];
