/**
 * `sonde demo`: the embedded study, live in the lab, ending in a report.
 * @module
 */
import type { Command } from 'commander';
import type { DemoOptions } from '../demonstration/demonstrate.ts';
import { defaultThreads, deviceOption, wholeNumber } from '../options.ts';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('the embedded study: a phantom of beating hearts and a real angiogram, live, ending in a report')
    .option('--out <dir>', 'folder of the study', 'demo')
    .option('--seed <number>', 'seed of everything', wholeNumber('--seed', 0), 0)
    .addOption(deviceOption())
    .option('--threads <number>', 'threads of the training step', wholeNumber('--threads'), defaultThreads())
    .option('--port <number>', 'port of the lab on 127.0.0.1', wholeNumber('--port'))
    .option('--no-lab', 'without the live page')
    .option('--json', 'for machines: the result at the end, nothing before')
    .addHelpText('after', '\nExamples:\n  sonde demo\n  sonde demo --seed 1 --out demo-seed1 --no-lab')
    .action(async (options: DemoOptions) => {
      const { demonstrate } = await import('../demonstration/demonstrate.ts');
      await demonstrate(options);
    });
}
