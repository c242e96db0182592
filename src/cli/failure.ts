/**
 * How a failure is told: one sentence, what to change, and an exit code.
 * @module
 */
import { CommanderError } from 'commander';
import { type ErrorCode, SondeError } from '../base/errors.ts';

/** Failures that lie in what was asked for or given, not in the program. */
const mistakes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'usage',
  'data/empty',
  'data/unsuitable',
  'data/unreadable',
  'data/leakage',
  'evaluation/labels',
]);

/** Prints the failure to standard error and returns the exit code: 2 for a mistake of the user, 1 otherwise. */
export function reportFailure(error: unknown, json: boolean): number {
  const { code, message, exit } = explain(error);
  if (json) console.error(JSON.stringify({ error: error instanceof SondeError ? error : { code, message } }));
  else console.error(`sonde: ${message}`);
  if (exit === 1 && process.env.SONDE_DEBUG !== undefined && error instanceof Error) console.error(error.stack);
  return exit;
}

function explain(error: unknown): { code: string; message: string; exit: number } {
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '');
    return { code: 'usage', message: `${message}\n  hint: see sonde --help`, exit: 2 };
  }
  if (error instanceof SondeError) {
    return { code: error.code, message: error.message, exit: mistakes.has(error.code) ? 2 : 1 };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: `${message}\n  hint: set SONDE_DEBUG=1 to see where`, exit: 1 };
}
