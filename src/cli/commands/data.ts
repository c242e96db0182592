/**
 * `sonde data …`: what is in a folder, its index, its split, and phantoms.
 * @module
 */
import type { Command } from 'commander';
import type { DeidentifyCommandOptions } from '../deidentification.ts';
import { addDataOptions, collectBox, collectSetting, type DataOptions } from '../options.ts';

interface PathOptions extends DataOptions {
  readonly out?: string;
  readonly json?: boolean;
}

export function addDataCommands(program: Command): void {
  const data = program.command('data').description('look at, index and split pictures; make phantoms');

  const inspect = data
    .command('inspect')
    .argument('<path>', 'folder, file or phantom')
    .description('what is there, and what is wrong with it')
    .option('--out <file>', 'also write a page with a picture of every item (HTML)')
    .option('--quick', 'only what the files say of themselves: no picture is decoded')
    .option('--json', 'for machines');
  addDataOptions(inspect)
    .addHelpText(
      'after',
      '\nExamples:\n  sonde data inspect scans/\n  sonde data inspect scans/ --labels findings.csv --out inspection.html',
    )
    .action(async (path: string, options: PathOptions & { quick?: boolean }) => {
      const { inspectData } = await import('../inspection.ts');
      await inspectData(path, options);
    });

  const index = data
    .command('index')
    .argument('<path>', 'folder, file or phantom')
    .description('write the index of a data set: items, problems, split')
    .option('--out <file>', 'default: dataset.json in the working folder')
    .option('--json', 'print the index instead of writing it');
  addDataOptions(index)
    .addHelpText('after', '\nExample:\n  sonde data index scans/ --out dataset.json')
    .action(async (path: string, options: PathOptions) => {
      const { indexData } = await import('../data-work.ts');
      await indexData(path, options);
    });

  const split = data
    .command('split')
    .argument('<path>', 'folder, file or phantom')
    .description('which patients are trained on, validated on and tested on, and that no picture is in two parts')
    .option('--out <file>', 'also write it, for --split of other commands')
    .option('--quick', 'do not look for pictures that are in two parts: nothing is decoded')
    .option('--json', 'for machines');
  addDataOptions(split)
    .addHelpText(
      'after',
      `
Examples:
  sonde data split scans/ --split-seed 1 --stratify diagnosis
  sonde data split scans/ --folds 5 --fold 2 --out fold-2.json
  sonde data split scans/ --split-by site`,
    )
    .action(async (path: string, options: PathOptions & { quick?: boolean }) => {
      const { showSplit } = await import('../data-split.ts');
      await showSplit(path, options);
    });

  data
    .command('deidentify')
    .argument('<path>', 'folder or file')
    .description('clean copies of DICOM files: identifying attributes removed, UIDs replaced, burnt-in text blackened')
    .requiredOption('--out <dir>', 'folder to write, outside the one that is read')
    .option('--shift-dates', 'move the dates of a patient by the same number of days instead of removing them')
    .option('--mask <x,y,width,height>', 'blacken this box of every picture too; may be repeated', collectBox)
    .option('--no-text', 'leave burnt-in text as it is')
    .option('--json', 'for machines')
    .addHelpText('after', '\nExample:\n  sonde data deidentify dicom/ --out clean/ --mask 0,0,640,32')
    .action(async (path: string, options: DeidentifyCommandOptions) => {
      const { deidentify } = await import('../deidentification.ts');
      await deidentify(path, options);
    });

  data
    .command('sets')
    .argument('[id]', 'one of them, with the layout expected')
    .description('public data sets whose layout is known: where to get them, and under which terms')
    .option('--json', 'for machines')
    .addHelpText('after', '\nExamples:\n  sonde data sets\n  sonde data sets echonet-dynamic')
    .action(async (id: string | undefined, options: { json?: boolean }) => {
      const { listSets } = await import('../data-sets.ts');
      listSets(id, options);
    });

  data
    .command('phantom')
    .description('write a phantom of beating hearts as a folder of clips with labels')
    .requiredOption('--out <dir>', 'folder to write')
    .option('--set <option=value>', 'an option of the phantom; may be repeated', collectSetting)
    .option('--json', 'for machines')
    .addHelpText(
      'after',
      '\nExamples:\n  sonde data phantom --out phantom/\n  sonde data phantom --out phantom/ --set patients=10 --set frames=32',
    )
    .action(async (options: { out: string; set?: Record<string, unknown>; json?: boolean }) => {
      const { writePhantom } = await import('../data-work.ts');
      await writePhantom(options);
    });
}
