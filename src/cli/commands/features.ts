/**
 * `sonde features`: what every tap says of every item, on disk.
 * @module
 */
import { type Command, Option } from 'commander';
import type { DeviceId } from '../../runtime/backends/devices.ts';
import {
  addDataOptions,
  addPreparationOptions,
  type DataOptions,
  deviceOption,
  featureCount,
  names,
  wholeNumber,
} from '../options.ts';

interface FeatureOptions extends DataOptions {
  readonly data?: string;
  readonly out?: string;
  readonly windows?: number;
  readonly dimensions?: number;
  readonly pooling?: 'average' | 'max';
  readonly taps?: readonly string[];
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
    .addOption(deviceOption())
    .option('--json', 'for machines');
  addPreparationOptions(addDataOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  sonde features runs/rotation-scans-seed0
  sonde features resnet50.onnx --data scans/ --out features/`,
    )
    .action(async (encoder: string, options: FeatureOptions) => {
      const { writeFeatures } = await import('../measuring.ts');
      await writeFeatures(encoder, options);
    });
}
