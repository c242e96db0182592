/**
 * `sonde doctor`: what this machine offers and what is missing.
 * @module
 */
import type { Command } from 'commander';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the engine, decoders and memory of this machine')
    .option('--json', 'for machines')
    .addHelpText('after', '\nExample:\n  sonde doctor')
    .action(async ({ json }: { json?: boolean }) => {
      const { examine, findingsText } = await import('../doctor.ts');
      const findings = await examine();
      console.log(json ? JSON.stringify(findings, null, 2) : findingsText(findings));
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
    });
}
