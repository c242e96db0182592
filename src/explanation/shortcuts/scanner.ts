/**
 * Which scanner or hospital a picture comes from: it answers no question of a puzzle, but features may hold it, and a
 * label that goes with the scanner is then learned from it.
 * @module
 */
import type { FrameStore, Label } from '../../data/media.ts';
import type { Shortcut } from './shortcut.ts';

/** Labels that name where a picture comes from. */
const names = ['site', 'scanner', 'manufacturer', 'centre', 'center', 'hospital', 'device', 'vendor'];

export const scanner: Shortcut = {
  id: 'scanner',
  title: 'Identity of the scanner',
  why: 'Each machine has a look of its own, and a label that goes with the machine is learned from that look.',
  declared: ['scanner', 'site'],
  remedy: 'test on sites held out (--split-by), and change pictures as machines differ (--augment)',
  unfit: ({ store }) =>
    named(store) === undefined ? `no label of the data names the scanner (${names.join(', ')})` : undefined,
  holds: [{ name: 'scanner', by: 'probe', read: (store) => valuesOf(store, named(store)) }],
};

function named(store: FrameStore): string | undefined {
  return names.find((name) => new Set(valuesOf(store, name)).size > 1);
}

const valuesOf = (store: FrameStore, name: string | undefined): (Label | undefined)[] =>
  store.index.items.map(({ labels }) => (name === undefined ? undefined : labels[name]));
