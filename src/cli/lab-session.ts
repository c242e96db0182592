/**
 * The lab while a command runs.
 * @module
 */
import { methods } from '../pretext/index.ts';
import { type Lab, startLab } from '../server/lab.ts';

export interface LabSessionOptions {
  readonly port?: number;
  readonly openBrowser?: boolean;
}

/** Starts the lab over a folder of runs, with what the methods say of themselves. */
export function serveLab(workspace: string, { port, openBrowser = false }: LabSessionOptions = {}): Promise<Lab> {
  return startLab({
    workspace,
    openBrowser,
    ...(port === undefined ? {} : { port }),
    methods: methods.map(({ card }) => card),
  });
}

/** Resolves at Ctrl-C or a polite request to end. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
