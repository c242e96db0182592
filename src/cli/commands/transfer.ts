/**
 * `sonde transfer`: learnt weights in another network.
 * @module
 */
import type { Command } from 'commander';
import { collectSetting, wholeNumber } from '../options.ts';
import type { TransferRequest } from '../transferring.ts';

export function addTransferCommand(program: Command): void {
  program
    .command('transfer')
    .argument('<run>', 'a finished run')
    .description('put what a run learned into another network with kernels of the same names and shapes')
    .requiredOption('--trunk <id>', 'the other network')
    .option('--set-trunk <option=value>', 'an option of it; may be repeated; others are as in the run', collectSetting)
    .option('--size <pixels>', 'side of its input; default: as in the run', wholeNumber('--size'))
    .option('--out <file>', 'default: encoder-<trunk>.onnx in the run')
    .option('--json', 'for machines')
    .addHelpText(
      'after',
      `
Examples:
  sonde transfer runs/jigsaw-scans-seed0 --trunk caffenet --set-trunk stemStride=4 --size 227
  sonde probe runs/jigsaw-scans-seed0/encoder-caffenet.onnx --data scans/ --label view`,
    )
    .action(async (run: string, options: TransferRequest) => {
      const { transfer } = await import('../transferring.ts');
      transfer(run, options);
    });
}
