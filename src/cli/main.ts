#!/usr/bin/env node
/**
 * The command line. Commands load their parts when they run, so that help is instant.
 * @module
 */
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { addAuditCommand } from './commands/audit.ts';
import { addDataCommands } from './commands/data.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addFeaturesCommand } from './commands/features.ts';
import { addLabCommand } from './commands/lab.ts';
import { addMethodsCommand } from './commands/methods.ts';
import { addPretrainCommand } from './commands/pretrain.ts';
import { addProbeCommand } from './commands/probe.ts';
import { addTransferCommand } from './commands/transfer.ts';
import { reportFailure } from './failure.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('sonde')
  .description('A laboratory for self-supervised learning on medical video, images and volumes.')
  .version(version)
  .showHelpAfterError(false)
  .exitOverride()
  .configureOutput({ writeErr: () => undefined })
  .addHelpText(
    'after',
    `
Examples:
  sonde demo                                       the embedded study, live, ending in a report
  sonde data inspect scans/                        what is in a folder and what is wrong with it
  sonde pretrain --method rotation --data scans/   train without labels
  sonde probe runs/rotation-scans-seed0 --label view   what each layer has learned
  sonde explain runs/rotation-scans-seed0          how that is known`,
  );

for (const add of [
  addDemoCommand,
  addMethodsCommand,
  addDataCommands,
  addPretrainCommand,
  addTransferCommand,
  addFeaturesCommand,
  addProbeCommand,
  addExplainCommand,
  addAuditCommand,
  addLabCommand,
  addDoctorCommand,
]) {
  add(program);
}

// Whoever reads the output may stop reading (`sonde methods | head`): what runs is done nevertheless.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
  else process.exitCode = reportFailure(error, process.argv.includes('--json'));
}
