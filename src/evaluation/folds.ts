/**
 * Folds of whole groups (patients), classes spread evenly.
 * @module
 */
import type { Random } from '../base/random.ts';

/** The fold of each unit: units of one group share it; groups are dealt out in turn, one leading class after another. */
export function dealGroups(
  groups: readonly string[],
  classes: readonly number[],
  folds: number,
  random: Random,
): Int32Array {
  const counts = new Map<string, Map<number, number>>();
  groups.forEach((group, unit) => {
    const own = counts.get(group) ?? new Map<number, number>();
    counts.set(group, own.set(classes[unit], (own.get(classes[unit]) ?? 0) + 1));
  });
  const leading = new Map(
    [...counts].map(([name, own]) => [name, [...own].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]]),
  );
  const shuffled = random.shuffle([...counts.keys()]);
  shuffled.sort((a, b) => leading.get(a)! - leading.get(b)!);
  const foldOf = new Map(shuffled.map((name, i) => [name, i % folds]));
  return Int32Array.from(groups, (group) => foldOf.get(group)!);
}
