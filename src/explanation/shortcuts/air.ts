/**
 * Padding and air: parts, or corners of parts, that hold nothing. How empty each part is and where.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';
import { endsOf, greyPlane, planeArea, planeCount } from './planes.ts';
import { regionAlone, regionTransplant } from './regional.ts';
import type { Question, Shortcut } from './shortcut.ts';

export const air: Shortcut = {
  id: 'air',
  title: 'Padding, air and empty parts',
  why: 'A part without content has none to be recognised by, and its emptiness tells that it lies outside.',
  declared: ['air'],
  remedy: 'ask only about parts with enough content (foreground above 0)',
  unfit: ({ layout, temporal }) => {
    if (layout.views < 2) return 'a question has one picture: see the margin';
    return temporal ? 'the parts are moments of one clip' : undefined;
  },
  region: emptiness,
  alone: regionAlone,
  transplant: regionTransplant('content'),
};

/** Pixels at the very bottom of the values of their part, where many are: what is black there. */
function emptiness({ data }: Question, layout: InputLayout): Uint8Array {
  const area = planeArea(layout);
  const region = new Uint8Array(planeCount(layout) * area);
  for (let plane = 0; plane < planeCount(layout); plane++) {
    const grey = greyPlane(data, layout, plane);
    const [low, high] = endsOf(grey);
    const floor = low + Math.max(1e-6, 0.005 * (high - low));
    const empty = grey.reduce((count, value) => count + (value <= floor ? 1 : 0), 0);
    if (empty < 0.05 * area) continue;
    for (let i = 0; i < area; i++) region[plane * area + i] = grey[i] <= floor ? 1 : 0;
  }
  return region;
}
