/**
 * `sonde explain`: what an encoder has learned, and how that is known.
 * @module
 */
import type { Command } from 'commander';
import {
  addDataOptions,
  addInputOptions,
  addPreparationOptions,
  collectSetting,
  type DataOptions,
  wholeNumber,
} from '../options.ts';

interface ExplainCommandOptions extends DataOptions {
  readonly data?: string;
  readonly with?: string;
  readonly beside?: readonly string[];
  readonly set?: Record<string, unknown>;
  readonly out?: string;
  readonly seed: number;
  readonly threads?: number;
  readonly list?: boolean;
  readonly json?: boolean;
}

export function addExplainCommand(program: Command): void {
  const command = program
    .command('explain')
    .argument('[encoder]', 'a run, or any ONNX model')
    .description('look into an encoder with instruments; writes figures and a page')
    .option('--data <path>', 'pictures to look with; default: the data of the run, those it was not trained on')
    .option('--with <ids>', 'instruments, with commas, or all; default: the usual ones')
    .option('--list', 'the instruments there are, and what each asks')
    .option('--beside <encoders...>', 'other runs or models to compare with: further seeds, further methods')
    .option('--set <instrument.option=value>', 'an option of an instrument; may be repeated', collectSetting)
    .option('--out <dir>', 'default: explanation/ in the run, or beside the model')
    .option('--seed <number>', 'seed of everything drawn', wholeNumber('--seed', 0), 0)
    .option('--threads <number>', 'threads of the encoder', wholeNumber('--threads'))
    .option('--json', 'for machines');
  addInputOptions(addPreparationOptions(addDataOptions(command)))
    .addHelpText(
      'after',
      `
Examples:
  sonde explain runs/rotation-phantom-seed0
  sonde explain runs/rotation-phantom-seed0 --with geometry --set geometry.inputs=500
  sonde explain resnet50.onnx --data scans/ --beside runs/jigsaw-scans-seed0`,
    )
    .action(async (encoder: string | undefined, options: ExplainCommandOptions) => {
      if (options.list === true) {
        const { listInstruments } = await import('../instrument-text.ts');
        listInstruments(options.json === true);
        return;
      }
      const { usageError } = await import('../../base/errors.ts');
      if (encoder === undefined) throw usageError('explain needs a run or a model', { hint: 'sonde explain runs/…' });
      const { explainEncoder } = await import('../explaining.ts');
      await explainEncoder(encoder, options);
    });
}
