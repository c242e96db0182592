/**
 * Runs the child, and says which file made it fail, hang, fall or grow.
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** No file may take longer. */
const longestSeconds = 10;
/** Nor may the process that reads it grow beyond this, in megabytes. */
const mostMegabytes = 3072;

export interface Outcome {
  readonly files: number;
  readonly faults: readonly string[];
  readonly slowestSeconds: number;
  readonly mostMegabytes: number;
}

export async function fuzz(what: 'damage' | 'bombs', seed: number, rounds: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-fuzz-'));
  const path = new URL('./child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', path, folder, String(seed), String(rounds), what], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const faults: string[] = [];
  let [files, slowest, most, started] = [0, 0, 0, performance.now()];
  let current = 'the start';
  let said = '';
  let timer: NodeJS.Timeout | undefined;
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 4000) said += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    const message = JSON.parse(line) as { start?: string; done?: string; fault?: string; megabytes?: number };
    if (message.start !== undefined) {
      current = message.start;
      started = performance.now();
      timer = setTimeout(() => {
        faults.push(`${current}: took longer than ${longestSeconds} s`);
        child.kill('SIGKILL');
      }, longestSeconds * 1000);
      continue;
    }
    files++;
    slowest = Math.max(slowest, (performance.now() - started) / 1000);
    most = Math.max(most, message.megabytes ?? 0);
    if (message.fault !== undefined) faults.push(`${current}: ${message.fault}`);
    if ((message.megabytes ?? 0) > mostMegabytes) {
      faults.push(`${current}: ${message.megabytes} MB of memory`);
      child.kill('SIGKILL');
    }
  }
  clearTimeout(timer);
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null)
      resolve({ code: child.exitCode, signal: child.signalCode });
    else child.on('exit', (exit, by) => resolve({ code: exit, signal: by }));
  });
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0 && faults.length === 0)
    faults.push(`${current}: the process fell (${signal ?? code}) ${said.slice(0, 1500)}`);
  return { files, faults, slowestSeconds: slowest, mostMegabytes: most };
}
