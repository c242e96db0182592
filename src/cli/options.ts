/**
 * Options that several commands share, and how their text becomes values.
 * @module
 */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { usageError } from '../base/errors.ts';
import { type DuplicatePolicy, duplicatePolicies } from '../data/leakage.ts';
import type { Box } from '../data/transform/crop.ts';
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

export function positiveNumber(option: string) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isFinite(value) && value > 0) return value;
    throw usageError(`${option} wants a number above zero`, { found: text });
  };
}

export interface DataOptions {
  readonly labels?: string;
  readonly patientColumn?: string;
  readonly fileColumn?: string;
  readonly splitSeed?: number;
  readonly stratify?: string;
  readonly splitBy?: string;
  readonly storedSize?: number;
  readonly private?: boolean;
  readonly duplicates?: DuplicatePolicy;
  readonly layout?: string;
  readonly separate?: boolean;
}

/** Options that say how a folder of pictures is read. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      '--labels <file>',
      'table of labels (CSV, TSV, JSON, Parquet), or folders for their names; default: labels.csv or index.csv in or beside the folder',
    )
    .option('--layout <set>', 'the public set that this is (sonde data sets), or none; default: as it looks')
    .option('--separate', 'leave numbered pictures and the slices of a series apart')
    .option('--patient-column <name>', 'column that says whose item it is (stored as a salted hash)')
    .option('--file-column <name>', 'column that names the file')
    .option('--split-seed <number>', 'seed of the split by patient', wholeNumber('--split-seed', 0))
    .option('--stratify <label>', 'spread the values of a label evenly over the parts')
    .option('--split-by <label>', 'keep the values of a label whole, e.g. site: no site in two parts')
    .option('--stored-size <pixels>', 'longer side of the decoded frames that are kept', wholeNumber('--stored-size'))
    .option('--private', 'replace every name of a file or folder by a salted hash (or set SONDE_PRIVATE=1)')
    .addOption(
      new Option(
        '--duplicates <how>',
        'items of different parts that show the same pictures: refuse (default), exclude or allow',
      ).choices(duplicatePolicies),
    );
}

/** Where to compute; what is missing there is said when it is asked for. */
export function deviceOption(): Option {
  return new Option('--device <name>', 'what computes: the processor, a graphics processor, or NVIDIA’s')
    .choices(deviceIds)
    .default('cpu' satisfies DeviceId);
}

export const defaultThreads = (): number => availableParallelism();
