/**
 * The data a target is measured on: those of its run, in the same form and with the same split, unless others are named.
 * @module
 */
import { existsSync } from 'node:fs';
import { SondeError } from '../base/errors.ts';
import { assertUnseen } from '../data/leakage.ts';
import type { Split } from '../data/media.ts';
import type { OpenedDataset } from '../data/storage/open-dataset.ts';
import { readSplit } from '../data/storage/split-file.ts';
import { wholePatient } from '../data/storage/within-patients.ts';
import { runPaths } from '../training/storage/run-folder.ts';
import { openWithProgress } from './data-progress.ts';
import type { DataOptions } from './options.ts';
import type { Target } from './target.ts';

const splitOptions = [
  'split',
  'folds',
  'fold',
  'fractions',
  'splitSeed',
  'stratify',
  'splitBy',
  'withinPatients',
] as const;

/**
 * Opens them. Throws `data/leakage` where a patient that the run was trained on would be measured on.
 */
export async function openTargetData(target: Target, options: DataOptions, silent: boolean): Promise<OpenedDataset> {
  const trained = splitOf(target);
  const own = target.manifest !== undefined && target.data === target.manifest.data.path;
  const asked = splitOptions.some((name) => options[name] !== undefined);
  const request = {
    ...(own ? target.manifest?.data.reading : {}),
    ...target.manifest?.data.preparation,
    ...options,
    path: target.data,
    storedSize: target.storedSize,
    ...(trained !== undefined && own && !asked ? { givenSplit: trained } : {}),
  };
  const dataset = await openWithProgress(request, silent);
  requireUnseen(target, dataset);
  return dataset;
}

/** Throws `data/leakage` where a patient that the target was trained on would be measured on. */
export function requireUnseen(target: Target, { index }: Pick<OpenedDataset, 'index'>): void {
  const trained = splitOf(target);
  if (trained === undefined) return;
  const { split } = index;
  if (trained.recipe?.within !== split.recipe?.within) {
    const seen = new Set(Object.keys(trained.parts).map((name) => wholePatient(name, trained)));
    if (index.items.some(({ patient }) => seen.has(wholePatient(patient, split)))) {
      throw new SondeError('data/leakage', 'the run was trained on the same patients, divided in another way', {
        hint: 'give training and measurement the same --within-patients',
      });
    }
  }
  assertUnseen(index, index.hash === target.manifest?.data.hash ? trained : pseudonymsOf(trained));
}

/** The split of a run; `undefined` for a model, and for a run of an earlier version. */
export function splitOf({ manifest, home }: Pick<Target, 'manifest' | 'home'>): Split | undefined {
  const { split } = runPaths(home);
  return manifest !== undefined && existsSync(split) ? readSplit(split) : undefined;
}

/** What is known of the same people in other data: only salted hashes of identities say so. */
function pseudonymsOf({ parts, ...split }: Split): Split {
  return {
    ...split,
    parts: Object.fromEntries(Object.entries(parts).filter(([name]) => /^p-[0-9a-f]{12}$/.test(name))),
  };
}
