/**
 * `sonde features`: what every tap says of every item, on disk.
 * @module
 */
import type { Command } from 'commander';
import type { DeviceId } from '../../runtime/backends/devices.ts';
import { addDataOptions, addPreparationOptions, type DataOptions, deviceOption, wholeNumber } from '../options.ts';

interface FeatureOptions extends DataOptions {
  readonly data?: string;
  readonly out?: string;
  readonly windows?: number;
  readonly dimensions?: number;
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
      'features a tap, about (default 1024; papers use 9216)',
      wholeNumber('--dimensions'),
    )
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
