/**
 * `sonde features`: what every tap says of every item, on disk.
 * @module
 */
import { type Command, Option } from 'commander';
import type { DeviceId } from '../../runtime/backends/devices.ts';
import {
  addDataOptions,
  addInputOptions,
  addPreparationOptions,
  type DataOptions,
  deviceOption,
  featureCount,
  names,
  shareOfWork,
  wholeNumber,
} from '../options.ts';

interface FeatureOptions extends DataOptions {
  readonly size?: number;
  readonly frames?: number;
  readonly channels?: number;
  readonly data?: string;
  readonly out?: string;
  readonly windows?: number;
  readonly dimensions?: number;
  readonly pooling?: 'average' | 'max';
  readonly taps?: readonly string[];
  readonly shard?: { readonly index: number; readonly of: number };
  readonly device: DeviceId;
  readonly json?: boolean;
}

export function addFeaturesCommand(program: Command): void {
  const command = program
    .command('features')
    .argument('<encoder>', 'a run, or any ONNX model')
    .description('extract the features of every tap to Parquet files')
    .option('--data <path>', 'pictures to encode; default: the data of the run')
    .option('--out <dir>', 'default: features/ in the run, or beside the model')
    .option('--windows <number>', 'windows of a clip, evenly spaced (default 4)', wholeNumber('--windows'))
    .option(
      '--dimensions <number>',
      'features a tap, about: a number, lab (1024, the default) or paper (9216)',
      featureCount,
    )
    .addOption(
      new Option('--pooling <kind>', 'how cells of an activation become a feature').choices(['average', 'max']),
    )
    .option('--taps <names>', 'taps to extract, or values between nodes of a model; default: all taps', names)
    .option(
      '--shard <i/n>',
      'make the i-th of n shares only, beside other processes; whoever comes last writes the files',
      shareOfWork('--shard'),
    )
    .addOption(deviceOption())
    .option('--json', 'for machines');
  addInputOptions(addPreparationOptions(addDataOptions(command)))
    .addHelpText(
      'after',
      `
Examples:
  sonde features runs/rotation-scans-seed0
  sonde features resnet50.onnx --data scans/ --out features/
  sonde features runs/rotation-scans-seed0 --shard 1/2   in one terminal, --shard 2/2 in another

What was extracted is kept in features/kept/ of the run (or beside the model), and taken from there by sonde probe;
an extraction that was stopped goes on where it was. Of more than 4 GB the features used least recently are removed;
to remove all of them, delete features/kept/.`,
    )
    .action(async (encoder: string, options: FeatureOptions) => {
      const { writeFeatures } = await import('../measuring.ts');
      await writeFeatures(encoder, options);
    });
}
