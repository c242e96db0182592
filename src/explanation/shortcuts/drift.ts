/**
 * Brightness over time: a gain that is turned, an exposure that adapts. The mean of each frame, and nothing else.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';
import { changePlane, greyPlanes, placePairs, planeCount, spreadOf } from './planes.ts';
import type { Question, Shortcut } from './shortcut.ts';

export const drift: Shortcut = {
  id: 'drift',
  title: 'Brightness that drifts with time',
  why: 'A gain that is turned up orders the frames by their mean alone.',
  declared: ['drift'],
  remedy: 'bring every frame to mean 0 and deviation 1 by itself',
  unfit: ({ temporal }) => (temporal ? undefined : 'a question holds no moments of a clip to put in order'),
  alone: (question, { layout }) => {
    const means = frameMeans(question, layout);
    const spread = spreadOf(means).deviation;
    const steps = means.slice(1).map((mean, i) => mean - means[i]);
    const pairs = placePairs(means.length).map(([a, b]) => Math.abs(means[a] - means[b]));
    // Whether two steps go the same way: a drift in either direction orders the frames.
    const turns = steps.slice(1).map((step, i) => (spread < 1e-6 ? 0 : (step * steps[i]) / spread ** 2));
    return [...steps, ...pairs, ...turns];
  },
  transplant: (own, other, { layout }) => {
    const [mine, theirs] = [frameMeans(own, layout), frameMeans(other, layout)];
    const [middle, goal] = [spreadOf(mine).mean, spreadOf(theirs).mean];
    const out = own.data.slice();
    for (let plane = 0; plane < planeCount(layout); plane++) {
      const lift = theirs[plane] - goal - (mine[plane] - middle);
      changePlane(out, layout, plane, (value) => value + lift);
    }
    return out;
  },
};

function frameMeans({ data }: Question, layout: InputLayout): number[] {
  const means = greyPlanes(data, layout).map((plane) => spreadOf(plane).mean);
  // Rounding of frames that were brought to mean 0 is no drift.
  return means.map((mean) => Math.round(mean * 1e4) / 1e4);
}
