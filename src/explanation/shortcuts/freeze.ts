/**
 * Frozen stretches: frames that are shown twice in a row tell that no time has passed.
 * @module
 */
import { greyPlanes, placePairs, planeArea, planeCount, planeStart } from './planes.ts';
import type { Question, Scene, Shortcut } from './shortcut.ts';

export const freeze: Shortcut = {
  id: 'freeze',
  title: 'Frozen stretches and repeated frames',
  why: 'Frames that are the same tell that they lie side by side, whatever they show.',
  declared: ['still', 'freeze'],
  remedy: 'draw windows by how much moves in them, or leave frozen recordings out',
  unfit: ({ temporal }) => (temporal ? undefined : 'a question holds no moments of a clip'),
  alone: (question, scene) => {
    const same = repeats(question, scene);
    return placePairs(planeCount(scene.layout)).map(([a, b]) => (same(a, b) ? 1 : 0));
  },
  transplant: (own, other, scene) => {
    const { layout } = scene;
    const same = repeats(other, scene);
    const out = own.data.slice();
    const area = planeArea(layout);
    let changed = false;
    for (const [a, b] of placePairs(planeCount(layout))) {
      if (!same(a, b)) continue;
      changed = true;
      for (let channel = 0; channel < layout.channels; channel++) {
        const from = planeStart(layout, a, channel);
        out.copyWithin(planeStart(layout, b, channel), from, from + area);
      }
    }
    return changed ? out : undefined;
  },
};

function repeats({ data }: Question, { layout }: Scene): (a: number, b: number) => boolean {
  const planes = greyPlanes(data, layout);
  return (a, b) => planes[a].every((value, i) => Math.abs(value - planes[b][i]) < 1e-4);
}
