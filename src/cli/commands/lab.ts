/**
 * `sonde lab`: the runs of a folder in the browser.
 * @module
 */
import type { Command } from 'commander';
import { wholeNumber } from '../options.ts';

export function addLabCommand(program: Command): void {
  program
    .command('lab')
    .argument('[workspace]', 'folder that holds runs', '.')
    .option('--port <number>', 'port on 127.0.0.1; default: any free one', wholeNumber('--port'))
    .option('--open', 'open the system’s browser')
    .description('serve the runs of a folder on this machine only')
    .addHelpText('after', '\nExamples:\n  sonde lab\n  sonde lab runs/ --open')
    .action(async (workspace: string, { port, open }: { port?: number; open?: boolean }) => {
      const { serveLab, untilInterrupted } = await import('../lab-session.ts');
      const lab = await serveLab(workspace, { port, openBrowser: open === true });
      console.log(`lab  ${lab.url}\nCtrl-C ends it.`);
      await untilInterrupted();
      await lab.close();
    });
}
