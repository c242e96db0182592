/**
 * Training steps and inference beside PyTorch, in turn, on the same threads: the ratio of medians (PyTorch's time over
 * ours, above 1 is faster) and of peak memory (ours over PyTorch's).
 *
 *   npm run bench:peer [-- --rounds 3 --repeats 7 --threads 2 --peer PATH WORKLOAD …]
 *
 * The peer is a script that takes `--threads`, `--repeats` and workload names and prints a JSON object a line; by default
 * `../shared/peer/pytorch_steps.py`, run by Debian's Python.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../src/statistics/descriptive.ts';
import { workloads } from './workloads/index.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    repeats: { type: 'string', default: '7' },
    threads: { type: 'string', default: '2' },
    peer: { type: 'string', default: join(root, '..', 'shared', 'peer', 'pytorch_steps.py') },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});

interface Line {
  readonly ms_median: number;
  readonly peak_mb: number;
}

const settings = ['--threads', values.threads, '--repeats', values.repeats];

function ours(name: string): Line {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'bench', 'step.ts'), ...settings, name],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Line;
}

/** Runs the script inside a process that can say how much memory it took. */
function theirs(name: string): Line {
  const measure = [
    'import resource, runpy, sys',
    `sys.argv = [${[values.peer, ...settings, name].map((text) => JSON.stringify(text)).join(', ')}]`,
    `runpy.run_path(${JSON.stringify(values.peer)}, run_name="__main__")`,
    'print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)',
  ];
  const { stdout, stderr, status } = spawnSync(values.python, ['-c', measure.join('\n')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const [line, peak] = stdout.trim().split('\n');
  return { ms_median: (JSON.parse(line) as Line).ms_median, peak_mb: Number(peak) };
}

if (!existsSync(values.peer) || spawnSync(values.python, ['-c', 'import torch']).status !== 0) {
  console.log(`no peer to compare with: ${values.peer} and PyTorch for ${values.python} are needed`);
  process.exit(0);
}
const names = positionals.length > 0 ? positionals : Object.keys(workloads);
console.log(
  `${cpus()[0]?.model}, ${values.threads} threads, ${values.rounds} rounds of ${values.repeats} steps, medians\n`,
);
console.log('| workload | PyTorch ms | Sonde ms | PyTorch / Sonde | PyTorch MB | Sonde MB | Sonde / PyTorch |');
console.log('|---|---:|---:|---:|---:|---:|---:|');
const speeds: number[] = [];
for (const name of names) {
  const rounds = Array.from({ length: Number(values.rounds) }, () => ({ peer: theirs(name), own: ours(name) }));
  const speed = median(rounds.map(({ peer, own }) => peer.ms_median / own.ms_median));
  const [peerMs, ownMs] = [
    median(rounds.map(({ peer }) => peer.ms_median)),
    median(rounds.map(({ own }) => own.ms_median)),
  ];
  const [peerMb, ownMb] = [
    median(rounds.map(({ peer }) => peer.peak_mb)),
    median(rounds.map(({ own }) => own.peak_mb)),
  ];
  speeds.push(speed);
  const cells = [peerMs.toFixed(0), ownMs.toFixed(0), speed.toFixed(2), peerMb, ownMb, (ownMb / peerMb).toFixed(2)];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
const mean = Math.exp(speeds.reduce((sum, speed) => sum + Math.log(speed), 0) / speeds.length);
console.log(`\ngeometric mean of the speed ratios ${mean.toFixed(2)}, least ${Math.min(...speeds).toFixed(2)}`);
