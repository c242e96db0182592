/**
 * From what a user names (a folder, a file, `phantom`) to decoded frames ready to sample.
 * @module
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { usageError } from '../../base/errors.ts';
import type { SplitRequest } from '../choose-split.ts';
import { assertNoLeaks, type DuplicatePolicy, leaksOf, withoutLeaks, withTwinsTogether } from '../leakage.ts';
import type { DatasetIndex, MediaSource, Split } from '../media.ts';
import type { Preparation } from '../preparation.ts';
import { itemsByPart } from '../split.ts';
import { type OpenFrameStore, openFrameStore } from './frame-store.ts';
import { buildFrameStore } from './frame-store-builder.ts';
import { type IndexOptions, indexFolder } from './index-folder.ts';
import { indexSource } from './index-source.ts';
import { isPrivatePlace, markOf, placeOf } from './private-places.ts';
import { readSplit } from './split-file.ts';
import { duplicatesInStore } from './store-duplicates.ts';
import { withinPatients } from './within-patients.ts';

/** How a folder is read; kept with a run, so that its data are read in the same way again. */
export interface ReadingOptions {
  readonly labels?: string;
  readonly patientColumn?: string;
  readonly fileColumn?: string;
  /** The public set that the folder is, or `none`; by default the layout tells. */
  readonly layout?: string;
  /** Leaves numbered pictures and the slices of a series apart. */
  readonly separate?: boolean;
  /** A label whose values stand in for patients; see `withinPatients`. */
  readonly withinPatients?: string;
  /**
   * Items of different parts that show the same pictures: their patients are kept together (default where the split is
   * drawn here), or they are an error (default where it is given), left out, or let be.
   */
  readonly duplicates?: DuplicatePolicy;
}

export interface DatasetRequest extends Preparation, ReadingOptions {
  /** A folder, a file, or `phantom` with options: `phantom:patients=24,frames=16`. */
  readonly path: string;
  readonly splitSeed?: number;
  /** A label whose values are spread evenly over the parts. */
  readonly stratify?: string;
  /** A label whose values stay whole: no site in two parts. */
  readonly splitBy?: string;
  /** Shares of patients for training, validation and test. */
  readonly fractions?: readonly [number, number, number];
  /** Longer side of the kept frames in pixels. */
  readonly storedSize?: number;
  /** `official` (`official:2` where the set has several) or `patients`, or a file that holds a split; default: the set's own where it has one. */
  readonly split?: string;
  /** Cross-validation: one of `folds` folds, counted from 1. */
  readonly folds?: number;
  readonly fold?: number;
  /** The very split of an earlier run, in place of one that is drawn. */
  readonly givenSplit?: Split;
  /** Replaces every name of a folder or file by a salted hash, the data set's own too. Default: `SONDE_PRIVATE`. */
  readonly private?: boolean;
  readonly onProgress?: (stage: 'index' | 'decode', done: number, total: number) => void;
}

export interface OpenedDataset {
  /** How it was read, for the record of a run. */
  readonly reading: ReadingOptions;
  readonly name: string;
  /** As the user gave it, made absolute; `phantom…` stays as it is; private data have a mark in its place. */
  readonly path: string;
  readonly index: DatasetIndex;
  readonly source: MediaSource;
  readonly store: OpenFrameStore;
}

export const defaultStoredSize = 128;

/** Where decoded frames are kept between runs: `$SONDE_CACHE`, else the user's cache folder. */
export function cacheDirectory(): string {
  return process.env.SONDE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sonde');
}

/** The name of a phantom, in place of a folder: `phantom`, `head-phantom:patients=60`. */
export function isPhantom(path: string): boolean {
  return /^([a-z]+-)?phantom(:|$)/.test(path);
}

/** Index and source, without decoding. */
export async function describeDataset(
  request: DatasetRequest,
): Promise<Pick<OpenedDataset, 'index' | 'source' | 'name' | 'path'>> {
  const { path, onProgress } = request;
  const split = splitRequest(request);
  if (isPhantom(path)) {
    const { openPhantom } = await import('../phantom/sources.ts');
    const source = openPhantom(path);
    const index = divided(indexSource(source, { identity: path, split }), request);
    return { index, source, name: index.name, path };
  }
  const concealed = isPrivate(request);
  const place = isPrivatePlace(path) ? placeOf(path) : path;
  const options: IndexOptions = {
    split,
    private: concealed,
    memory: join(cacheDirectory(), 'files'),
    ...(request.layout === undefined ? {} : { set: request.layout }),
    ...(request.separate === true ? { framesAsClips: false, seriesAsVolumes: false } : {}),
    ...(request.labels === undefined ? {} : { labels: request.labels }),
    ...(request.patientColumn === undefined ? {} : { patientColumn: request.patientColumn }),
    ...(request.fileColumn === undefined ? {} : { fileColumn: request.fileColumn }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: (done: number, total: number) => onProgress('index', done, total) }),
  };
  const { index: found, source } = await indexFolder(place, options);
  const index = divided(found, request);
  return { index, source, name: index.name, path: concealed ? markOf(resolve(place)) : resolve(place) };
}

function splitRequest({
  split,
  splitSeed = 0,
  fractions,
  stratify,
  splitBy,
  folds,
  fold,
}: DatasetRequest): SplitRequest {
  if (fold !== undefined && folds === undefined) {
    throw usageError('--fold needs to know of how many folds', { hint: 'name their number with --folds' });
  }
  return {
    seed: splitSeed,
    ...namedSplit(split),
    ...(fractions === undefined ? {} : { fractions }),
    ...(stratify === undefined ? {} : { stratifyBy: stratify }),
    ...(splitBy === undefined ? {} : { wholeBy: splitBy }),
    ...(folds === undefined ? {} : { folds }),
    ...(fold === undefined ? {} : { fold }),
  };
}

/** What `--split` asks for by name; `undefined` for a file. */
function namedSplit(split: string | undefined): Pick<SplitRequest, 'from' | 'official'> | undefined {
  if (split === 'official' || split === 'patients') return { from: split };
  const numbered = /^official:([1-9]\d*)$/.exec(split ?? '');
  return numbered === null ? undefined : { from: 'official', official: Number(numbered[1]) };
}

/** The index as its patients, or what stands in for them, are divided. */
function divided(index: DatasetIndex, request: DatasetRequest): DatasetIndex {
  const { withinPatients: label } = request;
  if (label !== undefined && request.split?.startsWith('official')) {
    throw usageError("the set's own split is by patient", { hint: 'leave --split or --within-patients out' });
  }
  const own = label === undefined ? index : withinPatients(index, label, splitRequest(request));
  return withGivenSplit(own, request);
}

/** The index with a split from elsewhere, which must place every patient. */
function withGivenSplit(index: DatasetIndex, { split, givenSplit }: DatasetRequest): DatasetIndex {
  const fromFile = split === undefined || namedSplit(split) !== undefined ? undefined : readSplit(split);
  const given = fromFile ?? givenSplit;
  if (given === undefined) return index;
  itemsByPart(given, index.items);
  return { ...index, split: given };
}

/** The options of a request that a run keeps; where a private table of labels lies is nobody's business. */
function readingOf(request: DatasetRequest): ReadingOptions {
  const { labels, patientColumn, fileColumn, layout, separate, withinPatients: within, duplicates } = request;
  return {
    ...(labels === undefined || isPrivate(request) ? {} : { labels: labels === 'folders' ? labels : resolve(labels) }),
    ...(patientColumn === undefined ? {} : { patientColumn }),
    ...(fileColumn === undefined ? {} : { fileColumn }),
    ...(layout === undefined ? {} : { layout }),
    ...(separate === undefined ? {} : { separate }),
    ...(within === undefined ? {} : { withinPatients: within }),
    ...(duplicates === undefined ? {} : { duplicates }),
  };
}

function isPrivate(request: DatasetRequest): boolean {
  return request.private ?? (isPrivatePlace(request.path) || /^(1|true|yes)$/i.test(process.env.SONDE_PRIVATE ?? ''));
}

/**
 * Indexes, decodes (or finds what was decoded before) and opens.
 * Throws `data/leakage` where two parts of a given split show the same pictures, unless `duplicates` says otherwise; a split
 * that is drawn here keeps them together.
 */
export async function openDataset(request: DatasetRequest): Promise<OpenedDataset> {
  const described = await describeDataset(request);
  const { onProgress } = request;
  const store = await buildFrameStore(described.source, described.index, {
    directory: join(cacheDirectory(), 'frames'),
    size: request.storedSize ?? defaultStoredSize,
    preparation: request,
    ...(onProgress === undefined
      ? {}
      : { onProgress: (done: number, total: number) => onProgress('decode', done, total) }),
  });
  const opened = withoutLeakage(store, request.duplicates ?? (isDrawn(request, store.index) ? 'together' : 'refuse'));
  return { ...described, index: opened.index, store: opened, reading: readingOf(request) };
}

/** Whether patients may still change sides: the split is nobody's but ours, and no other rule holds them where they are. */
function isDrawn(
  { split, givenSplit, splitBy, folds, withinPatients }: DatasetRequest,
  { split: own }: DatasetIndex,
): boolean {
  const free = [givenSplit, splitBy, folds, withinPatients].every((rule) => rule === undefined);
  return free && (split === undefined || split === 'patients') && own.name === 'patients';
}

function withoutLeakage(store: OpenFrameStore, policy: DuplicatePolicy): OpenFrameStore {
  if (policy === 'allow') return store;
  const { index, directory, shared } = store;
  const leaks = leaksOf(index, duplicatesInStore(store));
  if (policy === 'refuse') assertNoLeaks(leaks);
  if (leaks.length === 0) return store;
  store.close();
  if (policy === 'together') {
    const together = withTwinsTogether(index, leaks);
    return openFrameStore(directory, { ...together, ...(shared === undefined ? {} : { shared }) });
  }
  const { kept, problems } = withoutLeaks(index.items, leaks);
  const { split } = index;
  return openFrameStore(directory, { split, kept, problems, ...(shared === undefined ? {} : { shared }) });
}
