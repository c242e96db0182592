/**
 * The split that comes with a data set.
 * @module
 */
import type { MediaItem, Split, SplitPart } from './media.ts';
import { type SplitOptions, splitByPatient } from './split.ts';

/** Share of the training patients that validate where the set's own split has no validation part. */
const validationShare = 0.15;

/**
 * The set's own split, by patient; `undefined` where the set has none. A patient in several parts makes it unusable:
 * then there is a problem instead. Items that it does not place are for training; where it has no validation part, one
 * is drawn from the training patients.
 */
export function officialSplit(
  items: readonly MediaItem[],
  places: readonly (SplitPart | undefined)[],
  options: SplitOptions = {},
): { split?: Split; problem?: string } | undefined {
  if (new Set(places.filter((part) => part !== undefined)).size < 2) return undefined;
  const parts = new Map<string, SplitPart>();
  const torn = new Set<string>();
  items.forEach(({ patient }, i) => {
    const part = places[i];
    if (part === undefined) return;
    const known = parts.get(patient);
    if (known === undefined) parts.set(patient, part);
    else if (known !== part) torn.add(patient);
  });
  if (torn.size > 0) {
    const problem = `the set's own split has ${torn.size} patients in several parts, so another is drawn by patient`;
    return { problem };
  }
  const training = items.filter(({ patient }) => (parts.get(patient) ?? 'train') === 'train');
  for (const { patient } of training) parts.set(patient, 'train');
  if (![...parts.values()].includes('validation') && training.length > 0) {
    const fractions = [1 - validationShare, validationShare, 0] as const;
    const drawn = splitByPatient(training, { ...options, fractions });
    for (const [patient, part] of Object.entries(drawn.parts)) parts.set(patient, part);
  }
  return { split: { name: 'official', seed: options.seed ?? 0, parts: Object.fromEntries(parts) } };
}
