/**
 * `sonde audit`: does a network answer its questions by shortcuts?
 * @module
 */
import type { Command } from 'commander';
import { addDataOptions, addPreparationOptions, type DataOptions, wholeNumber } from '../options.ts';

interface AuditCommandOptions extends DataOptions {
  readonly data?: string;
  readonly shortcuts?: string;
  readonly questions?: number;
  readonly retrain?: number | true;
  readonly label?: string;
  readonly out?: string;
  readonly seed: number;
  readonly threads?: number;
  readonly list?: boolean;
  readonly json?: boolean;
}

export function addAuditCommand(program: Command): void {
  const command = program
    .command('audit')
    .argument('[run]', 'a run, or any ONNX model')
    .description(
      'hold a run against the catalogue of shortcuts: used, usable or cleared; writes a table, figures, a page',
    )
    .option('--data <path>', 'pictures to ask about; default: the data of the run, those it was not trained on')
    .option('--shortcuts <ids>', 'which, with commas; default: all')
    .option('--list', 'the shortcuts there are')
    .option('--questions <number>', 'questions put to the network, default 256', wholeNumber('--questions', 32))
    .option(
      '--retrain [steps]',
      'train anew with each counter-measure of the method on and off; default 150 steps each',
      wholeNumber('--retrain'),
    )
    .option('--label <name>', 'label of the probes of those trainings; default: the first of two to ten classes')
    .option('--out <dir>', 'default: audit/ in the run, or beside the model')
    .option('--seed <number>', 'seed of everything drawn', wholeNumber('--seed', 0), 0)
    .option('--threads <number>', 'threads of the encoder', wholeNumber('--threads'))
    .option('--json', 'for machines');
  addPreparationOptions(addDataOptions(command))
    .addHelpText(
      'after',
      `
Without --retrain it takes well under a minute on a small run; each option that --retrain trains takes two short trainings.

Examples:
  sonde audit runs/rotation-phantom-seed0
  sonde audit runs/jigsaw-phantom-seed0 --shortcuts intensity,edges --retrain 200 --label view
  sonde audit runs/rotation-phantom-seed0 --data phantom:overlays=text,patients=16,seed=9`,
    )
    .action(async (run: string | undefined, options: AuditCommandOptions) => {
      const { auditRun, listShortcuts } = await import('../auditing.ts');
      if (options.list === true) {
        listShortcuts(options.json === true);
        return;
      }
      const { usageError } = await import('../../base/errors.ts');
      if (run === undefined) throw usageError('audit needs a run or a model', { hint: 'sonde audit runs/…' });
      await auditRun(run, options);
    });
}
