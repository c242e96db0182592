/**
 * `sonde methods`: what can be learned without labels, and how.
 * @module
 */
import type { Command } from 'commander';
import type { PretextMethod } from '../../pretext/method.ts';

export function addMethodsCommand(program: Command): void {
  program
    .command('methods')
    .argument('[name]', 'one method, in full')
    .option('--json', 'for machines')
    .description('list the pretext methods, or show one with its options, paper and shortcuts')
    .addHelpText('after', '\nExamples:\n  sonde methods\n  sonde methods rotation\n  sonde methods --json')
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const { methods, methodById } = await import('../../pretext/index.ts');
      const { describeMethod, methodTable, methodText } = await import('../method-text.ts');
      const chosen: readonly PretextMethod[] = name === undefined ? methods : [methodById(name)];
      if (json)
        console.log(
          JSON.stringify(name === undefined ? chosen.map(describeMethod) : describeMethod(chosen[0]), null, 2),
        );
      else console.log(name === undefined ? methodTable(chosen) : methodText(chosen[0]));
    });
}
