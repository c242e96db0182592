/**
 * Divisions within patients, for data of too few of them to divide by patient: the values of a label (sequences, visits)
 * stand in for patients. What comes out says how well a network does on other pictures of people it has seen, which is less
 * than what a split by patient says: it is done only where it is asked for, and said wherever results are.
 * @module
 */
import { createHash } from 'node:crypto';
import { usageError } from '../../base/errors.ts';
import { chooseSplit, type SplitRequest } from '../choose-split.ts';
import type { DatasetIndex, MediaItem, Split } from '../media.ts';

const separator = '/';

/**
 * The index with `patient/value` in place of each patient, and a split of those. Its hash is another one: what was kept of
 * the same data by patient is not used for it.
 * Throws `usage` where an item has no value, or all of a kind have the same.
 */
export function withinPatients(index: DatasetIndex, label: string, request: SplitRequest): DatasetIndex {
  const bare = index.items.find(({ labels }) => labels[label] === undefined);
  if (bare !== undefined) {
    const known = [...new Set(index.items.flatMap(({ labels }) => Object.keys(labels)))].sort();
    throw usageError(`item ${bare.id} has no label '${label}' to divide patients by`, {
      expected: known.length === 0 ? 'data with labels' : known.join(', '),
    });
  }
  const sequenceOf = (item: MediaItem) => String(item.labels[label]).replaceAll(separator, '-');
  const items = index.items.map((item) => ({ ...item, patient: `${item.patient}${separator}${sequenceOf(item)}` }));
  const nowhere = items.map(() => undefined);
  const { split } = chooseSplit(items, nowhere, request);
  return {
    ...index,
    items,
    split: { ...split, name: `within patients, by ${label}`, recipe: { ...split.recipe, within: label } },
    hash: createHash('sha256').update(`${index.hash} within ${label}`).digest('hex'),
    problems: [...index.problems, { path: index.name, reason: withinNote(label), severity: 'warning' }],
  };
}

export function withinNote(label: string): string {
  return `Divided within patients, by ${label}: the same patient is in several parts, so results say nothing about other patients, and "patient" means one ${label} of one.`;
}

/** Whom an entry of a split stands for. */
export function wholePatient(name: string, { recipe }: Pick<Split, 'recipe'>): string {
  return recipe?.within === undefined ? name : name.slice(0, name.lastIndexOf(separator));
}
