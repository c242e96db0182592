/**
 * Which split a data set gets: folds where they are asked for, else its own where it has one, else one that is drawn.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { kFold } from './folds.ts';
import type { MediaItem, Split, SplitPart } from './media.ts';
import { officialSplit } from './official-split.ts';
import { type SplitOptions, splitByPatient } from './split.ts';

export interface SplitRequest extends SplitOptions {
  /** `official` insists on the set's own split, `patients` passes over it; by default it is used where there is one. */
  readonly from?: 'official' | 'patients';
  /** Which of the set's own splits, where it has several, counted from 1; for the split's name. */
  readonly official?: number;
  /** Cross-validation with so many folds … */
  readonly folds?: number;
  /** … of which this one is tested on, counted from 1 (default). */
  readonly fold?: number;
}

/**
 * @param places where the set's own split puts each item
 * @returns the split, and why the set's own was not used where it could have been
 */
export function chooseSplit(
  items: readonly MediaItem[],
  places: readonly (SplitPart | undefined)[],
  { from, official: number, folds, fold = 1, ...options }: SplitRequest = {},
): { split: Split; problem?: string } {
  if (folds !== undefined) {
    if (from === 'official') throw usageError("the set's own split has no folds", { hint: 'leave one of the two out' });
    const splits = kFold(items, folds, options);
    if (!Number.isInteger(fold) || fold < 1 || fold > folds) {
      throw usageError(`there is no fold ${fold} of ${folds}`, { expected: `a number from 1 to ${folds}` });
    }
    return { split: splits[fold - 1] };
  }
  const asked = from === 'official';
  const official =
    from === 'patients' || (!asked && options.fractions !== undefined)
      ? undefined
      : officialSplit(items, places, options);
  if (official?.split !== undefined) {
    return { split: number === undefined ? official.split : { ...official.split, name: `official:${number}` } };
  }
  if (asked) {
    throw usageError(official?.problem ?? 'this data set does not come with a split of its own', {
      hint: 'leave --split official out: one is drawn by patient',
    });
  }
  const split = splitByPatient(items, options);
  return official?.problem === undefined ? { split } : { split, problem: official.problem };
}
