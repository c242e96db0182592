/**
 * Classes with too few patients to learn or to judge, and labels that stand for something else.
 * @module
 */

import type { DatasetIndex, MediaItem } from '../media.ts';
import { itemsByPart } from '../split.ts';

/** Fewer patients of a class in a part than this say nothing about it. */
const fewestPatients = 3;
/** A number with more values than this is a measurement, no class. */
const mostClasses = 10;

/** A class and how many patients of it the parts have that have too few: `label covid`, `1 patient in test`. */
export interface ThinClass {
  readonly label: string;
  readonly text: string;
}

/** One for each class that a part of the split has too few patients of. */
export function thinClasses(index: Pick<DatasetIndex, 'items' | 'split'>): ThinClass[] {
  const parts = itemsByPart(index.split, index.items);
  const names = [...new Set(index.items.flatMap((item) => Object.keys(item.labels)))];
  return names.flatMap((name) => {
    const values = [...new Set(index.items.flatMap((item) => item.labels[name] ?? []))];
    if (values.length < 2 || values.length > mostClasses) return [];
    return values.flatMap((value) => {
      const held = (['train', 'validation', 'test'] as const).map((part) => ({
        part,
        patients: patientsWith(
          parts[part].map((position) => index.items[position]),
          name,
          value,
        ),
        empty: parts[part].length === 0,
      }));
      const thin = held.filter(({ patients, empty }) => !empty && patients < fewestPatients);
      if (thin.length === 0) return [];
      const counts = thin.map(({ part, patients }) => {
        const many = patients === 0 ? 'no patient' : `${patients} patient${patients === 1 ? '' : 's'}`;
        return `${many} in ${part}`;
      });
      return [{ label: `${name} ${value}`, text: counts.join(', ') }];
    });
  });
}

function patientsWith(items: readonly MediaItem[], name: string, value: string | number): number {
  return new Set(items.filter((item) => item.labels[name] === value).map(({ patient }) => patient)).size;
}
