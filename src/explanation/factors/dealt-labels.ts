/**
 * A factor that says nothing: its values dealt anew among the items.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { FeatureTable } from '../../evaluation/feature-table.ts';

/** Every item's values of a label given to another item of its part. */
export function dealtAnew({ items, parts = [], labels = {} }: FeatureTable, factor: string, random: Random) {
  const first = new Map(items.map((item, row): [string, number] => [item, row]).reverse());
  const giver = new Map<string, number>();
  for (const part of new Set(parts)) {
    const own = [...first].filter(([, row]) => parts[row] === part);
    const order = random.split(part).permutation(own.length);
    own.forEach(([item], i) => {
      giver.set(item, own[order[i]][1]);
    });
  }
  return items.map((item) => labels[factor][giver.get(item)!]);
}
