/**
 * Whose picture it is: features that tell patients apart carry identity wherever they go, and reward a contrastive task
 * for knowing people instead of anatomy.
 * @module
 */
import type { Shortcut } from './shortcut.ts';

export const patient: Shortcut = {
  id: 'patient',
  title: 'Identity of the patient',
  why: 'What is peculiar to a person tells recordings apart without anything that matters about them.',
  declared: ['patient', 'identity'],
  remedy: 'split by patient always, and draw negatives within a patient as well as across',
  unfit: ({ store, items }) => {
    const counts = new Map<string, number>();
    for (const item of items) {
      const { patient: name } = store.index.items[item];
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const several = [...counts.values()].filter((count) => count > 1).length;
    return several >= 2 ? undefined : 'too few patients have more than one recording';
  },
  holds: [{ name: 'patient', by: 'neighbour', read: (store) => store.index.items.map(({ patient: name }) => name) }],
};
