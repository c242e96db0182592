/**
 * Patients by a label: to spread its values over the parts of a split, or to keep them whole.
 * @module
 */
import { SondeError, usageError } from '../base/errors.ts';
import type { Label, MediaItem } from './media.ts';

/** Patients in order of appearance, grouped by stratum (one group when no label is asked for). */
export function strataOf(items: readonly MediaItem[], stratifyBy: string | undefined): [string, string[]][] {
  if (items.length === 0) throw new SondeError('data/empty', 'there are no items to split');
  const values = new Map<string, Map<string, number>>();
  let labelled = false;
  for (const item of items) {
    const counts = values.get(item.patient) ?? new Map<string, number>();
    values.set(item.patient, counts);
    const label: Label | undefined = stratifyBy === undefined ? '' : item.labels[stratifyBy];
    if (label !== undefined) labelled = true;
    const text = label === undefined ? 'unknown' : String(label);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  if (!labelled) {
    const known = [...new Set(items.flatMap((item) => Object.keys(item.labels)))].sort();
    throw usageError(`no item has the label '${stratifyBy}' to stratify by`, {
      expected: known.length === 0 ? 'a data set with labels' : `one of ${known.join(', ')}`,
    });
  }
  const strata = new Map<string, string[]>();
  for (const [patient, counts] of values) {
    let most = '';
    let count = 0;
    for (const [value, times] of counts) if (times > count) [most, count] = [value, times];
    const members = strata.get(most) ?? [];
    members.push(patient);
    strata.set(most, members);
  }
  return [...strata].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * The group each patient belongs to: its most frequent value of a label such as `site`.
 * Throws `usage` where there are fewer than two groups, or no item has the label.
 */
export function groupOfPatients(items: readonly MediaItem[], label: string): Map<string, string> {
  const groups = new Map(strataOf(items, label).flatMap(([group, patients]) => patients.map((one) => [one, group])));
  if (new Set(groups.values()).size < 2) {
    throw usageError(`all patients have the same ${label}, so it cannot be kept whole`, {
      hint: 'leave --split-by out, or name another label',
    });
  }
  return groups;
}
