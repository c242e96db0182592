/**
 * Splits by patient: no person's pictures are ever on both sides of a comparison.
 * @module
 */
import { SondeError, usageError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { MediaItem, Split, SplitPart, SplitRecipe } from './media.ts';
import { groupOfPatients, strataOf } from './strata.ts';

export interface SplitOptions extends Pick<SplitRecipe, 'fractions' | 'stratifyBy' | 'wholeBy'> {
  /** Default 0. */
  readonly seed?: number;
  readonly name?: string;
}

const partNames = ['train', 'validation', 'test'] as const;
/** Which part comes first when there are too few patients for all. */
const byImportance = [0, 2, 1];

/**
 * Draws a split of the patients of `items`. Every part with a positive share gets at least one patient while there are
 * enough of them; with fewer patients than parts, train comes first, then test, then validation.
 * The draw depends on the order in which patients appear, not on their (salted) names.
 * Throws `usage` for impossible shares and `data/empty` for no items.
 */
export function splitByPatient(items: readonly MediaItem[], options: SplitOptions = {}): Split {
  if (options.wholeBy !== undefined) return splitByGroup(items, options.wholeBy, options);
  const { seed = 0, fractions = [0.6, 0.2, 0.2], stratifyBy, name = 'patients' } = options;
  const total = fractions[0] + fractions[1] + fractions[2];
  if (!fractions.every((share) => share >= 0) || !(total > 0)) {
    throw usageError('the shares of a split are three numbers, none negative and not all 0', {
      found: fractions.join(', '),
    });
  }
  const strata = strataOf(items, stratifyBy);
  const random = new Random(seed).split('split');
  const parts: Record<string, SplitPart> = {};
  const held = [0, 0, 0];
  const shares = fractions.map((share) => share / total);
  for (const [stratum, patients] of strata) {
    const quota = [0, 0, 0];
    for (const patient of random.split(stratum).shuffle([...patients])) {
      const part = neediest(shares, held, quota);
      held[part]++;
      quota[part]++;
      parts[patient] = partNames[part];
    }
  }
  fillEmptyParts(parts, held, shares);
  const recipe: SplitRecipe = {
    ...(options.fractions === undefined ? {} : { fractions }),
    ...(stratifyBy === undefined ? {} : { stratifyBy }),
  };
  return { name, seed, parts, ...(Object.keys(recipe).length === 0 ? {} : { recipe }) };
}

/** Draws whole groups as if each were a patient; patients follow their group. */
function splitByGroup(items: readonly MediaItem[], label: string, options: SplitOptions): Split {
  const groups = groupOfPatients(items, label);
  const { wholeBy: _, ...rest } = options;
  const drawn = splitByPatient(
    items.map((item) => ({ ...item, patient: groups.get(item.patient)! })),
    { name: `patients by ${label}`, ...rest },
  );
  const parts = [...groups].map(([patient, group]) => [patient, drawn.parts[group]]);
  return { ...drawn, parts: Object.fromEntries(parts), recipe: { ...drawn.recipe, wholeBy: label } };
}

/** The part that is furthest below its share, within this stratum first and overall where that is a tie. */
function neediest(shares: readonly number[], held: readonly number[], quota: readonly number[]): number {
  const inStratum = quota[0] + quota[1] + quota[2] + 1;
  const overall = held[0] + held[1] + held[2] + 1;
  let best = -1;
  let bestNeed: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const part of byImportance) {
    if (shares[part] === 0) continue;
    const need: [number, number] = [
      roundOff(shares[part] * inStratum - quota[part]),
      roundOff(shares[part] * overall - held[part]),
    ];
    if (need[0] > bestNeed[0] || (need[0] === bestNeed[0] && need[1] > bestNeed[1])) {
      best = part;
      bestNeed = need;
    }
  }
  return best;
}

/** Shares such as 0.2 are not exact in binary; ties must still be ties. */
function roundOff(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

/** Gives each empty part one patient of the largest part that can spare one. */
function fillEmptyParts(parts: Record<string, SplitPart>, held: number[], shares: readonly number[]): void {
  for (const part of byImportance) {
    if (shares[part] === 0 || held[part] > 0) continue;
    const largest = held.indexOf(Math.max(...held));
    const keep = part === 0 ? 0 : 1;
    if (held[largest] <= keep) continue;
    const moved = Object.keys(parts)
      .reverse()
      .find((patient) => parts[patient] === partNames[largest])!;
    parts[moved] = partNames[part];
    held[largest]--;
    held[part]++;
  }
}

/** The part an item belongs to. Throws `data/leakage` for a patient the split does not know. */
export function partOf(split: Split, item: Pick<MediaItem, 'id' | 'patient'>): SplitPart {
  const part = Object.hasOwn(split.parts, item.patient) ? split.parts[item.patient] : undefined;
  if (part === undefined) {
    throw new SondeError(
      'data/leakage',
      `item ${item.id} belongs to a patient the split '${split.name}' does not place`,
      {
        hint: 'make the split again from the items it is used on',
      },
    );
  }
  return part;
}

/** Positions in `items` of each part, in order. */
export function itemsByPart(split: Split, items: readonly MediaItem[]): Record<SplitPart, number[]> {
  const result: Record<SplitPart, number[]> = { train: [], validation: [], test: [] };
  items.forEach((item, position) => {
    result[partOf(split, item)].push(position);
  });
  return result;
}

/**
 * Makes sure that the parts share no patient, no item and, where `contentHashes` gives one for each item, no identical content.
 * Throws `data/leakage`, naming the items.
 */
export function assertNoLeakage(split: Split, items: readonly MediaItem[], contentHashes?: readonly string[]): void {
  const seen = new Map<string, { part: SplitPart; item: MediaItem }>();
  items.forEach((item, position) => {
    const part = partOf(split, item);
    const keys = [`item ${item.id}`];
    if (contentHashes !== undefined) keys.push(`content ${contentHashes[position]}`);
    for (const key of keys) {
      const other = seen.get(key);
      if (other === undefined) {
        seen.set(key, { part, item });
      } else if (other.part !== part) {
        throw new SondeError(
          'data/leakage',
          `'${other.item.id}' (${other.part}) and '${item.id}' (${part}) hold the same pictures`,
          { hint: 'remove one of the two, or give both the same patient' },
        );
      }
    }
  });
}
