/**
 * Options that several commands share, and how their text becomes values.
 * @module
 */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { usageError } from '../base/errors.ts';
import { type DuplicatePolicy, duplicatePolicies } from '../data/leakage.ts';
import type { Preparation } from '../data/preparation.ts';
import type { Box } from '../data/transform/crop.ts';
import type { IntensityScale } from '../data/transform/intensity.ts';
import { poolingTargets } from '../evaluation/pooling.ts';
import { type DeviceId, deviceIds } from '../runtime/backends/devices.ts';

/** `--set option=value …` to a table; numbers and booleans are recognised. */
export function collectSetting(text: string, earlier: Record<string, unknown> = {}): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) throw usageError(`a setting is written option=value`, { found: text });
  return { ...earlier, [text.slice(0, at)]: settingValue(text.slice(at + 1)) };
}

function settingValue(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** `x,y,width,height`, repeatable. */
export function collectBox(given: string, earlier: readonly Box[] = []): Box[] {
  const numbers = given.split(',').map(Number);
  const [x, y, width, height] = numbers;
  const whole = numbers.length === 4 && numbers.every((number) => Number.isInteger(number) && number >= 0);
  if (!whole || width < 1 || height < 1) {
    throw usageError('a mask is written x,y,width,height in pixels', { found: given });
  }
  return [...earlier, { x, y, width, height }];
}

/** A whole number, or a sentence saying which option wants one. */
export function wholeNumber(option: string, least = 1) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw usageError(`${option} wants a whole number of at least ${least}`, { found: text });
  };
}

/** Names with commas between them. */
export function names(text: string): string[] {
  const found = text.split(',').map((name) => name.trim());
  if (found.every((name) => name !== '')) return found;
  throw usageError('names are separated by single commas', { found: text });
}

/** Features a tap, as a number or by what they are known as. */
export function featureCount(text: string): number {
  if (Object.hasOwn(poolingTargets, text)) return poolingTargets[text as keyof typeof poolingTargets];
  return wholeNumber('--dimensions')(text);
}

/** `i/n`: the i-th of n shares of the work, from 1. */
export function shareOfWork(option: string) {
  return (text: string): { readonly index: number; readonly of: number } => {
    const [share, of] = text.split('/').map(Number);
    if (/^\d+\/\d+$/.test(text) && share >= 1 && share <= of) return { index: share - 1, of };
    throw usageError(`${option} wants which share of how many, such as 1/4`, { found: text });
  };
}

export function positiveNumber(option: string) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isFinite(value) && value > 0) return value;
    throw usageError(`${option} wants a number above zero`, { found: text });
  };
}

/** Three numbers `a,b,c`, or one for all three. */
export function three(option: string, least: 'above 0' | 'at least 0', alone: boolean) {
  return (text: string): [number, number, number] => {
    const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    const good = numbers.every((value) => Number.isFinite(value) && (least === 'above 0' ? value > 0 : value >= 0));
    if (good && numbers.length === 3) return [numbers[0], numbers[1], numbers[2]];
    if (good && numbers.length === 1 && alone) return [numbers[0], numbers[0], numbers[0]];
    throw usageError(`${option} wants three numbers ${least}, a,b,c${alone ? ', or one for all' : ''}`, {
      found: text,
    });
  };
}

/** `window:CENTRE,WIDTH`, `percentile:LOW,HIGH` or `z-score:DEVIATIONS`. */
export function intensityScale(text: string): IntensityScale {
  const [by, list = ''] = text.split(':');
  const [a, b] = list.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (by === 'window' && Number.isFinite(a) && b > 0) return { by, centre: a, width: b };
  if (by === 'percentile' && a >= 0 && a < b && b <= 100) return { by, low: a, high: b };
  if (by === 'z-score' && a > 0 && Number.isFinite(a)) return { by, deviations: a };
  throw usageError('--intensity wants window:CENTRE,WIDTH, percentile:LOW,HIGH or z-score:DEVIATIONS', { found: text });
}

export interface DataOptions extends Preparation {
  readonly labels?: string;
  readonly patientColumn?: string;
  readonly fileColumn?: string;
  readonly splitSeed?: number;
  readonly stratify?: string;
  readonly splitBy?: string;
  readonly split?: string;
  readonly folds?: number;
  readonly fold?: number;
  readonly fractions?: readonly [number, number, number];
  readonly storedSize?: number;
  readonly private?: boolean;
  readonly duplicates?: DuplicatePolicy;
  readonly layout?: string;
  readonly separate?: boolean;
  readonly withinPatients?: string;
}

/** Options that say how a folder of pictures is read and split. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      '--labels <file>',
      'table of labels (CSV, TSV, JSON, Parquet), or folders for their names; default: labels.csv or index.csv in or beside the folder',
    )
    .option('--layout <set>', 'the public set that this is (sonde data sets), or none; default: as it looks')
    .option(
      '--separate',
      'leave numbered pictures and the slices of a series apart, where the layout of a known set does not join them (--layout none)',
    )
    .option('--patient-column <name>', 'column that says whose item it is (stored as a salted hash)')
    .option('--file-column <name>', 'column that names the file')
    .option(
      '--split <which>',
      'official (of the set itself; official:2 where it has several), patients (drawn), or a file of sonde data split --out; default: official where there is one',
    )
    .option('--fractions <train,validation,test>', 'shares of patients', three('--fractions', 'at least 0', false))
    .option(
      '--folds <number>',
      'cross-validation: so many folds, each patient tested in one',
      wholeNumber('--folds', 3),
    )
    .option('--fold <number>', 'which of them is tested, from 1 (default)', wholeNumber('--fold'))
    .option('--split-seed <number>', 'seed of the split by patient', wholeNumber('--split-seed', 0))
    .option('--stratify <label>', 'spread the values of a label evenly over the parts')
    .option('--split-by <label>', 'keep the values of a label whole, e.g. site: no site in two parts')
    .option(
      '--within-patients <label>',
      'values of a label (sequence, visit) stand in for patients, where there are too few: results say nothing about other patients',
    )
    .option('--private', 'replace every name of a file or folder by a salted hash (or set SONDE_PRIVATE=1)')
    .addOption(
      new Option(
        '--duplicates <how>',
        'items of different parts that show the same pictures: together (their patients in one part; default for splits drawn here), refuse (default for given ones), exclude or allow',
      ).choices(duplicatePolicies),
    );
}

/** Options that say in which form pictures are kept and shown to a network; a run's own are used again with it. */
export function addPreparationOptions(command: Command): Command {
  return command
    .option(
      '--spacing-mm <mm>',
      'resample volumes to this distance between voxels: 1, or 3,1,1 for slices, rows, columns',
      three('--spacing-mm', 'above 0', true),
    )
    .option(
      '--frame-rate-hz <Hz>',
      'read clips at this rate, so that frames and strides of a method are times: 8 frames at 4 Hz are 2 s',
      positiveNumber('--frame-rate-hz'),
    )
    .option(
      '--intensity <scale>',
      'black and white of grey pictures: window:CENTRE,WIDTH (in HU for CT), percentile:0.5,99.5 or z-score:3',
      intensityScale,
    )
    .addOption(
      new Option(
        '--field-of-view <how>',
        'ultrasound: black outside the scanned part and under text, or cut to it too',
      ).choices(['mask', 'crop']),
    )
    .option('--stored-size <pixels>', 'longer side of the decoded frames that are kept', wholeNumber('--stored-size'));
}

/** Lengths that a model from elsewhere leaves open. */
export function addInputOptions(command: Command): Command {
  return command
    .option('--size <pixels>', 'of a model with an open input: the side of its pictures', wholeNumber('--size'))
    .option('--frames <number>', 'of a model with an open input: frames or slices of a clip', wholeNumber('--frames'))
    .option('--channels <number>', 'of a model with an open input: 1 grey, 3 colour', wholeNumber('--channels'));
}

/** Where to compute; what is missing there is said when it is asked for. */
export function deviceOption(): Option {
  return new Option('--device <name>', 'what computes: the processor, a graphics processor, or NVIDIA’s')
    .choices(deviceIds)
    .default('cpu' satisfies DeviceId);
}

export const defaultThreads = (): number => availableParallelism();
