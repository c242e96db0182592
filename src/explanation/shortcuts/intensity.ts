/**
 * Low-order statistics: the brightness and contrast of each part of a puzzle, and nothing of what it shows.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';
import { type Spread, spreadOf } from './planes.ts';
import type { Question, Shortcut } from './shortcut.ts';

export const intensity: Shortcut = {
  id: 'intensity',
  title: 'Brightness and contrast of parts',
  why: 'Parts that lie side by side are alike in mean and deviation, so sorting by brightness solves much.',
  declared: ['intensity'],
  remedy: 'bring every part to mean 0 and deviation 1 by itself',
  unfit: ({ layout, temporal }) => {
    if (layout.views < 2) return 'a question has one picture, not parts to compare';
    return temporal ? 'the parts are moments of one clip: see brightness over time' : undefined;
  },
  alone: (question, { layout }) => {
    const all = viewSpreads(question, layout);
    return all.flatMap(({ mean, deviation }) => [mean, deviation]);
  },
  transplant: (own, other, { layout }) => {
    const [mine, theirs] = [viewSpreads(own, layout), viewSpreads(other, layout)];
    const length = own.data.length / layout.views;
    return own.data.map((value, i) => {
      const [from, to] = [mine[Math.floor(i / length)], theirs[Math.floor(i / length)]];
      const scale = from.deviation < 1e-6 ? 0 : to.deviation / from.deviation;
      return (value - from.mean) * scale + to.mean;
    });
  },
  holds: [
    {
      name: 'brightness',
      by: 'probe',
      read: (store) =>
        store.index.items.map((_, item) => {
          const { data } = store.read(item, { start: store.sizeOf(item)[0] >> 1, count: 1 });
          return spreadOf(data).mean;
        }),
    },
  ],
};

function viewSpreads({ data }: Question, { views }: InputLayout): Spread[] {
  const length = data.length / views;
  return Array.from({ length: views }, (_, view) => spreadOf(data.subarray(view * length, (view + 1) * length)));
}
