import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Command } from 'commander';
import { addProbeCommand } from '../src/cli/commands/probe.ts';
import { collectSetting } from '../src/cli/options.ts';
import { protocols } from '../src/evaluation/protocols/index.ts';
import { optionNames } from '../src/evaluation/protocols/protocol.ts';

/** Commands of several lines are one. */
const page = readFileSync(new URL('../docs/protocols.md', import.meta.url), 'utf8').replaceAll(/ \\\n +/g, ' ');

function probeHelp(): string {
  const program = new Command();
  addProbeCommand(program);
  let text = '';
  const [command] = program.commands;
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

test('every protocol has its paragraph and its line in the help, and nothing else has', () => {
  const ids = protocols.map(({ id }) => id).sort();
  const described = [...page.matchAll(/^### ([a-z-]+):/gm)].map(([, id]) => id).sort();
  assert.deepEqual(described, ids);
  const listed = probeHelp().split('Protocols')[1].split('Examples:')[0];
  assert.deepEqual([...listed.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, id]) => id).sort(), ids);
});

test('every option that the page sets exists', () => {
  const commands = [...page.matchAll(/^ {4}sonde probe .*$/gm)].map(([line]) => line);
  assert.ok(commands.length >= protocols.length);
  for (const line of commands) {
    const asked = line.match(/--protocol ([a-z,-]+)/)?.[1] ?? (line.includes('ejectionFraction') ? 'ridge' : 'linear');
    const settings = [...line.matchAll(/--set (\S+)/g)].reduce((all, [, text]) => collectSetting(text, all), {});
    const known = new Set<string>();
    for (const id of asked.split(',')) {
      const protocol = protocols.find((candidate) => candidate.id === id);
      assert.ok(protocol !== undefined, line);
      // Of several protocols each takes the options that it has, as on the command line.
      const own = optionNames(protocol);
      const parsed = protocol.options.safeParse(
        Object.fromEntries(Object.entries(settings).filter(([name]) => own.includes(name))),
      );
      assert.ok(parsed.success, line);
      for (const name of own) known.add(name);
    }
    for (const name of Object.keys(settings)) assert.ok(known.has(name), `${name} in: ${line}`);
  }
});
