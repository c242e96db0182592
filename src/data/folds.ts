/**
 * Cross-validation: every patient is tested on exactly once.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { MediaItem, Split, SplitPart } from './media.ts';
import type { SplitOptions } from './split.ts';
import { groupOfPatients, strataOf } from './strata.ts';

/**
 * `folds` splits in which each patient is in test exactly once; the fold after it is the validation part. With `wholeBy`
 * the values of that label (sites) are dealt out instead of patients.
 * Throws `usage` when there are fewer patients (or sites) than folds, or fewer than 3 folds.
 */
export function kFold(items: readonly MediaItem[], folds: number, options: SplitOptions = {}): Split[] {
  const { seed = 0, stratifyBy, wholeBy, name = 'fold' } = options;
  if (options.fractions !== undefined) {
    throw usageError('folds have their own shares: one tests, one validates, the others train', {
      hint: 'leave --fractions out, or --folds',
    });
  }
  const groups = wholeBy === undefined ? undefined : groupOfPatients(items, wholeBy);
  const units = groups === undefined ? items : items.map((item) => ({ ...item, patient: groups.get(item.patient)! }));
  const strata = strataOf(units, stratifyBy);
  const count = strata.reduce((sum, [, names]) => sum + names.length, 0);
  if (!Number.isInteger(folds) || folds < 3 || folds > count) {
    const what = wholeBy === undefined ? 'patients' : `values of ${wholeBy}`;
    throw usageError(`the number of folds lies between 3 and the number of ${what}`, {
      found: `${folds} folds for ${count} ${what}`,
    });
  }
  const random = new Random(seed).split('folds');
  const dealt = new Map<string, number>();
  let next = 0;
  for (const [stratum, names] of strata) {
    for (const unit of random.split(stratum).shuffle([...names])) dealt.set(unit, next++ % folds);
  }
  const foldOf = new Map(items.map(({ patient }) => [patient, dealt.get(groups?.get(patient) ?? patient)!]));
  return Array.from({ length: folds }, (_, test) => {
    const parts: Record<string, SplitPart> = {};
    for (const [patient, fold] of foldOf) {
      parts[patient] = fold === test ? 'test' : fold === (test + 1) % folds ? 'validation' : 'train';
    }
    const recipe = {
      folds,
      fold: test + 1,
      ...(stratifyBy === undefined ? {} : { stratifyBy }),
      ...(wholeBy === undefined ? {} : { wholeBy }),
    };
    return { name: `${name} ${test + 1} of ${folds}`, seed, parts, recipe };
  });
}
