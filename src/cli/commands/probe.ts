/**
 * `sonde probe`: how much of a label each tap holds, beside random initialisation.
 * @module
 */
import type { Command } from 'commander';
import type { DeviceId } from '../../runtime/backends/devices.ts';
import {
  addDataOptions,
  addPreparationOptions,
  collectSetting,
  type DataOptions,
  deviceOption,
  wholeNumber,
} from '../options.ts';

interface ProbeOptions extends DataOptions {
  readonly data?: string;
  readonly label: string;
  readonly protocol?: string;
  readonly windows?: number;
  readonly dimensions?: number;
  readonly supervised?: boolean;
  readonly set?: Record<string, unknown>;
  readonly device: DeviceId;
  readonly json?: boolean;
}

export function addProbeCommand(program: Command): void {
  const command = program
    .command('probe')
    .argument('<encoder>', 'a run, or any ONNX model')
    .description('measure every tap by a protocol, split by patient, beside random initialisation')
    .requiredOption('--label <name>', 'the label to predict')
    .option('--data <path>', 'labelled pictures; default: the data of the run')
    .option('--protocol <id>', 'linear (classes), ridge (measurements), finetune …; default: what fits the label')
    .option('--windows <number>', 'windows of a clip, averaged (default 4)', wholeNumber('--windows'))
    .option(
      '--dimensions <number>',
      'features a tap, about (default 1024; papers use 9216)',
      wholeNumber('--dimensions'),
    )
    .option('--supervised', 'train the same network on the label too, and measure it beside: full supervision')
    .option('--set <option=value>', 'an option of the protocol; may be repeated', collectSetting)
    .addOption(deviceOption())
    .option('--json', 'for machines');
  addPreparationOptions(addDataOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  sonde probe runs/rotation-phantom-seed0 --label view
  sonde probe runs/rotation-phantom-seed0 --label view --supervised
  sonde probe runs/rotation-phantom-seed0 --label view --protocol finetune --set frozen=none,conv2,all
  sonde probe runs/rotation-phantom-seed0 --label view --protocol semi-supervised --set percent=5,25,100
  sonde probe resnet50.onnx --data scans/ --label diagnosis --protocol linear`,
    )
    .action(async (encoder: string, options: ProbeOptions) => {
      const { probe } = await import('../measuring.ts');
      await probe(encoder, options);
    });
}
