/**
 * The same pictures on both sides of a split: refused by name, or left out of the part that matters less.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { DatasetIndex, MediaItem, Problem, Split, SplitPart } from './media.ts';
import type { NearDuplicate } from './quality/near-duplicates.ts';
import { partOf } from './split.ts';

/**
 * What is done with items of different parts that show the same pictures: their patients are kept in one part, the split is
 * refused, the items are left out, or let be.
 */
export type DuplicatePolicy = 'together' | 'refuse' | 'exclude' | 'allow';

export const duplicatePolicies: readonly DuplicatePolicy[] = ['together', 'refuse', 'exclude', 'allow'];

export interface Leak {
  /** The item that would be left out: of train rather than of validation, of validation rather than of test. */
  readonly item: MediaItem;
  readonly part: SplitPart;
  readonly twin: MediaItem;
  readonly twinPart: SplitPart;
  readonly likeness: number;
}

const weight: Readonly<Record<SplitPart, number>> = { train: 0, validation: 1, test: 2 };

/** The pairs that lie in two parts of the split. */
export function leaksOf(index: Pick<DatasetIndex, 'items' | 'split'>, pairs: readonly NearDuplicate[]): Leak[] {
  const byId = new Map(index.items.map((item) => [item.id, item]));
  return pairs.flatMap(({ first, second, likeness }) => {
    const [one, other] = [byId.get(first), byId.get(second)];
    if (one === undefined || other === undefined) return [];
    const [onePart, otherPart] = [partOf(index.split, one), partOf(index.split, other)];
    if (onePart === otherPart) return [];
    const keepOther = weight[onePart] < weight[otherPart];
    return [
      keepOther
        ? { item: one, part: onePart, twin: other, twinPart: otherPart, likeness }
        : { item: other, part: otherPart, twin: one, twinPart: onePart, likeness },
    ];
  });
}

const named = 3;

/** Throws `data/leakage`, naming items of the first pairs, where there are any. */
export function assertNoLeaks(leaks: readonly Leak[]): void {
  if (leaks.length === 0) return;
  const pairs = leaks
    .slice(0, named)
    .map(({ item, part, twin, twinPart }) => `'${item.id}' (${part}) and '${twin.id}' (${twinPart})`);
  const more = leaks.length > named ? `, and ${leaks.length - named} more pairs` : '';
  throw new SondeError('data/leakage', `${pairs.join(', ')}${more} show the same pictures`, {
    hint: 'give them one patient, leave them out with --duplicates exclude, or look at them with sonde data inspect',
  });
}

/** Positions of the items that stay when leaks are left out, and a problem for each that does not. */
export function withoutLeaks(
  items: readonly MediaItem[],
  leaks: readonly Leak[],
): { kept: number[]; problems: Problem[] } {
  const out = new Map(leaks.map((leak) => [leak.item.id, leak]));
  return {
    kept: items.flatMap(({ id }, position) => (out.has(id) ? [] : [position])),
    problems: [...out.values()].map(({ item, part, twin, twinPart }) => ({
      path: item.id,
      reason: `left out of ${part}: it shows the same pictures as ${twin.id} in ${twinPart}`,
      severity: 'skipped' as const,
    })),
  };
}

/**
 * The split with patients whose items show the same pictures in one part, and a warning for each pair. Of patients that
 * hang together the part with most of their items counts; where that is even, the one that is held out.
 */
export function withTwinsTogether(
  { items, split }: Pick<DatasetIndex, 'items' | 'split'>,
  leaks: readonly Leak[],
): { split: Split; problems: Problem[] } {
  const leader = new Map<string, string>();
  const leaderOf = (patient: string): string => {
    const next = leader.get(patient) ?? patient;
    return next === patient ? patient : leaderOf(next);
  };
  for (const { item, twin } of leaks) leader.set(leaderOf(item.patient), leaderOf(twin.patient));
  const linked = new Set(leaks.flatMap(({ item, twin }) => [item.patient, twin.patient]));
  const counts = new Map<string, Record<SplitPart, number>>();
  for (const item of items) {
    if (!linked.has(item.patient)) continue;
    const group = leaderOf(item.patient);
    const own = counts.get(group) ?? { train: 0, validation: 0, test: 0 };
    own[partOf(split, item)]++;
    counts.set(group, own);
  }
  const partOfGroup = (group: string) => {
    const own = counts.get(group)!;
    return (['test', 'validation', 'train'] as const).reduce((a, b) => (own[b] > own[a] ? b : a));
  };
  const moved = [...linked].map((patient) => [patient, partOfGroup(leaderOf(patient))] as const);
  return {
    split: { ...split, parts: { ...split.parts, ...Object.fromEntries(moved) } },
    problems: leaks.map(({ item, twin }) => ({
      path: item.id,
      reason: `it shows the same pictures as ${twin.id} of another patient: both patients are kept in ${partOfGroup(leaderOf(item.patient))}`,
      severity: 'warning' as const,
    })),
  };
}

/**
 * Makes sure that nothing is measured on patients a network was trained on. Throws `data/leakage`, naming items.
 *
 * @param trained the split of the run; patients of other data are the same where their pseudonyms are
 */
export function assertUnseen({ items, split }: Pick<DatasetIndex, 'items' | 'split'>, trained: Split): void {
  const seen = items.filter((item) => partOf(split, item) !== 'train' && trained.parts[item.patient] === 'train');
  if (seen.length === 0) return;
  const some = seen.slice(0, named).map((item) => `'${item.id}' (${partOf(split, item)})`);
  const more = seen.length > named ? `, and ${seen.length - named} more` : '';
  const patients = new Set(seen.map(({ patient }) => patient)).size;
  throw new SondeError(
    'data/leakage',
    `the network was trained on ${patients} of the patients it would be judged on: ${some.join(', ')}${more}`,
    { hint: 'leave the options of the split out to use that of the run, or train again with this one' },
  );
}
