/**
 * `sonde pretrain`: one run of one method.
 * @module
 */
import type { Command } from 'commander';
import { usageError } from '../../base/errors.ts';
import { imagingKinds } from '../../data/augment/imaging.ts';
import {
  addDataOptions,
  addPreparationOptions,
  collectSetting,
  defaultThreads,
  deviceOption,
  positiveNumber,
  wholeNumber,
} from '../options.ts';
import type { PretrainRequest } from '../pretraining.ts';

interface PretrainOptions extends Omit<PretrainRequest, 'method' | 'data'> {
  readonly method?: string;
  readonly data?: string;
  readonly resume?: string | boolean;
}

export function addPretrainCommand(program: Command): void {
  const command = program
    .command('pretrain')
    .description('train a trunk on a pretext task, without labels')
    .option('--method <id>', 'pretext method (see sonde methods)')
    .option('--data <path>', 'folder or file of pictures, or phantom')
    .option('--preset <name>', 'tiny (minutes on a processor), paper, or another that sonde methods names', 'tiny')
    .option('--trunk <id>', 'network to train; default: the method’s own')
    .option('--trunk-preset <name>', 'its size: tiny or paper')
    .option('--set <option=value>', 'an option of the method; may be repeated', collectSetting)
    .option('--set-trunk <option=value>', 'an option of the trunk; may be repeated', collectSetting)
    .option(
      '--augment <imaging>',
      `change items as pictures differ from scanner to scanner, before the method sees them: ${imagingKinds.join(', ')} or none (default: as the preset says)`,
    )
    .option(
      '--set-augment <option=value>',
      'an option of the augmentation (sonde methods NAME lists them); may be repeated',
      collectSetting,
    )
    .option('--steps <number>', 'training steps', wholeNumber('--steps'))
    .option('--batch <number>', 'items a step', wholeNumber('--batch'))
    .option('--learning-rate <number>', 'base learning rate', positiveNumber('--learning-rate'))
    .option(
      '--accumulate <steps>',
      'steps whose gradients are averaged before an update: a batch larger than memory (default 1)',
      wholeNumber('--accumulate'),
    )
    .option('--clip-norm <number>', 'largest length of all gradients together', positiveNumber('--clip-norm'))
    .option('--seed <number>', 'seed of weights, order and samples', wholeNumber('--seed', 0), 0)
    .option('--out <dir>', 'folder of the run; default: runs/<method>-<data>-seed<seed>')
    .option('--resume [dir]', 'go on where a run stopped; everything else is read from it')
    .addOption(deviceOption())
    .option('--threads <number>', 'threads of the training step', wholeNumber('--threads'), defaultThreads())
    .option('--workers <number>', 'threads that draw samples', wholeNumber('--workers'), 1)
    .option('--checkpoint-every <steps>', 'steps between checkpoints', wholeNumber('--checkpoint-every'))
    .option('--snapshots <number>', 'copies of the encoder kept on the way (default 6)', wholeNumber('--snapshots', 0))
    .option('--json', 'one JSON object a line: metrics, then the run');
  addPreparationOptions(addDataOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  sonde pretrain --method rotation --data scans/ --steps 2000
  sonde pretrain --method rotation-3d --data phantom --set frames=8 --seed 1
  sonde pretrain --method rotation --data scans/ --augment ultrasound --field-of-view crop --frame-rate-hz 10
  sonde pretrain --method rubiks-cube --data volumes/ --augment mr --spacing-mm 1 --intensity percentile:0.5,99.5
  sonde pretrain --resume runs/rotation-scans-seed0`,
    )
    .action(async (options: PretrainOptions) => {
      const { pretrain, resume } = await import('../pretraining.ts');
      const directory = typeof options.resume === 'string' ? options.resume : options.resume ? options.out : undefined;
      if (options.resume !== undefined) {
        if (directory === undefined)
          throw usageError('--resume needs the folder of a run', { hint: 'sonde pretrain --resume runs/…' });
        await resume(directory, options);
        return;
      }
      if (options.method === undefined || options.data === undefined) {
        throw usageError(`pretrain needs ${options.method === undefined ? '--method' : '--data'}`, {
          hint: 'sonde pretrain --method rotation --data scans/',
        });
      }
      await pretrain({ ...options, method: options.method, data: options.data });
    });
}
