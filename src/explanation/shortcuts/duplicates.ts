/**
 * The same picture twice within a question: what should be told apart is one.
 * @module
 */
import { correlationOf, greyPlane, placePairs } from './planes.ts';
import type { Shortcut } from './shortcut.ts';

/** Above this two parts show the same pixels, but for noise of a copy. */
const alike = 0.999;

export const duplicates: Shortcut = {
  id: 'duplicates',
  title: 'Duplicate pictures within a question',
  why: 'A part that occurs twice is told from the others without being understood, and a duplicate is no negative.',
  declared: ['ends', 'duplicates'],
  remedy: 'leave duplicates out of the data (duplicates are listed by sonde data inspect)',
  unfit: ({ layout, temporal }) => {
    if (layout.views < 2) return 'a question has one picture';
    return temporal ? 'the parts are moments of one clip: see frozen stretches' : undefined;
  },
  alone: ({ data }, { layout }) => {
    const middle = Array.from({ length: layout.views }, (_, view) =>
      greyPlane(data, layout, view * layout.frames + (layout.frames >> 1)),
    );
    return placePairs(layout.views).map(([a, b]) => (correlationOf(middle[a], middle[b]) > alike ? 1 : 0));
  },
};
