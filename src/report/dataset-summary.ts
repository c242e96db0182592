/**
 * From a data set's index to what the report says about it.
 * @module
 */
import type { DatasetIndex, Label, SplitPart } from '../data/media.ts';
import type { ClassLabel, DatasetCounts, NumberLabel, PartCounts } from './figures/dataset-overview.ts';
import { parts } from './figures/dataset-overview.ts';

/** Labels with more values than this are names rather than classes and are left out. */
const MOST_CLASSES = 12;

/** Patients, items and labels by part of the split; items of patients outside the split count nowhere. */
export function datasetCounts(index: Pick<DatasetIndex, 'items' | 'split'>): DatasetCounts {
  const placed = index.items.flatMap((item) => {
    const part = index.split.parts[item.patient];
    return part === undefined ? [] : [{ item, part }];
  });
  const count = (belongs: (part: SplitPart) => number): PartCounts => ({
    train: belongs('train'),
    validation: belongs('validation'),
    test: belongs('test'),
  });
  const kinds = new Set(placed.map(({ item }) => item.kind));
  const names = [...new Set(placed.flatMap(({ item }) => Object.keys(item.labels)))];
  return {
    itemName: kinds.size === 1 ? [...kinds][0] : 'item',
    patients: count((part) => new Set(placed.filter((p) => p.part === part).map(({ item }) => item.patient)).size),
    items: count((part) => placed.filter((p) => p.part === part).length),
    labels: names.flatMap((name) => {
      const values = placed.flatMap(({ item, part }) => {
        const value = item.labels[name];
        return value === undefined ? [] : [{ value, part }];
      });
      return summary(name, values) ?? [];
    }),
  };
}

function summary(
  name: string,
  entries: readonly { readonly value: Label; readonly part: SplitPart }[],
): ClassLabel | NumberLabel | undefined {
  const distinct = [...new Set(entries.map(({ value }) => value))];
  // What is the same for all says nothing of the parts.
  if (distinct.length < 2) return undefined;
  if (distinct.every((value) => typeof value === 'number') && distinct.length > MOST_CLASSES) {
    const spread = (part: SplitPart) => {
      const sorted = entries.filter((e) => e.part === part).map(({ value }) => Number(value));
      sorted.sort((a, b) => a - b);
      const middle = sorted.length / 2;
      const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
      return { items: sorted.length, least: sorted[0], median, most: sorted[sorted.length - 1] };
    };
    const present = parts.filter((part) => entries.some((entry) => entry.part === part));
    return { kind: 'numbers', name, parts: Object.fromEntries(present.map((part) => [part, spread(part)])) };
  }
  if (distinct.length > MOST_CLASSES) return undefined;
  distinct.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1));
  const values = distinct.map((value) => {
    const of = (part: SplitPart) => entries.filter((entry) => entry.value === value && entry.part === part).length;
    return { value: String(value), items: { train: of('train'), validation: of('validation'), test: of('test') } };
  });
  return { kind: 'classes', name, values };
}
