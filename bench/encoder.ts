/**
 * Processor time of `r3d18_features` as users meet it: the network exported, opened as `sonde probe` and `sonde features`
 * open it, and applied to four clips of 3×16×112×112. In turn with PyTorch and with an ordinary session of the same file,
 * each in a process of its own on one thread, the least of the repeats.
 *
 *   node --import tsx bench/encoder.ts [--rounds 3] [--repeats 5] [--threads 1] [--peer PATH]
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import { inspectEncoder, openEncoder } from '../src/evaluation/encoder.ts';
import { encodeModel } from '../src/graph/onnx/encode.ts';
import { resnet3d } from '../src/nn/trunks/resnet3d.ts';
import { createSession } from '../src/runtime/backends/onnxruntime/session.ts';
import { exportEncoder } from '../src/training/encoder-file.ts';
import { encoderProgram } from '../src/training/model.ts';
import { normals } from './workloads/workload.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    repeats: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
    peer: { type: 'string', default: join(import.meta.dirname, '..', '..', 'shared', 'peer', 'pytorch_steps.py') },
    python: { type: 'string', default: '/usr/bin/python3' },
    side: { type: 'string' },
  },
});
const [threads, repeats] = [Number(values.threads), Number(values.repeats)];

interface Measured {
  readonly cpu_ms: number;
  readonly peak_mb: number;
}

function exported() {
  const trunkOptions = resnet3d.options.parse({ width: 64, blocks: 2, shortcut: 'B', stemKernel: 7 });
  const presentation = {
    channels: 3,
    frames: 16,
    stride: 1,
    size: 112,
    mask: 'none',
    intensity: 'standardise',
  } as const;
  const { parameters } = encoderProgram(resnet3d, trunkOptions, [1, 3, 16, 112, 112]);
  const random = new Random('bench');
  const state = new Map(
    parameters.map(({ name, tensor, initialise }) => [name, initialise(tensor.shape, random.split(name))]),
  );
  const model = exportEncoder({ trunk: resnet3d, trunkOptions, presentation, state, origin: 'bench' });
  // The last tap alone: the peer hands out one result.
  const taps = inspectEncoder(model).taps.slice(-1).join(',');
  return { ...model, metadata: { ...model.metadata, taps } };
}

/** This process measures one side. */
async function measured(side: string): Promise<Measured> {
  const x = normals([4, 3, 16, 112, 112], 'x');
  let step: () => Promise<unknown>;
  if (side === 'encoder') {
    const encoder = await openEncoder(exported(), { threads });
    step = () => encoder.encode(x.data, 4);
  } else {
    const model = exported();
    const { input, taps } = inspectEncoder(model);
    const session = await createSession(encodeModel(model), { threads });
    step = () => session.fetch({ [input]: x }, taps);
  }
  const times: number[] = [];
  for (let i = 0; i < repeats + 2; i++) {
    const before = process.cpuUsage();
    await step();
    const { user, system } = process.cpuUsage(before);
    if (i >= 2) times.push((user + system) / 1000);
  }
  return { cpu_ms: Math.min(...times), peak_mb: process.resourceUsage().maxRSS / 1024 };
}

function own(side: string): Measured {
  const settings = ['--side', side, '--threads', values.threads, '--repeats', values.repeats];
  return parsed(process.execPath, ['--import', 'tsx', import.meta.filename, ...settings]);
}

function peer(): Measured {
  const script = [
    'import json, resource, runpy, time, torch',
    `torch.set_num_threads(${threads})`,
    `step = runpy.run_path(${JSON.stringify(values.peer)})["r3d18_features"]()[1]`,
    'times = []',
    `for i in range(${repeats + 2}):`,
    '    before = time.process_time(); step(); times.append(1000 * (time.process_time() - before))',
    'peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024',
    'print(json.dumps(dict(cpu_ms=min(times[2:]), peak_mb=peak)))',
  ];
  return parsed(values.python, ['-c', script.join('\n')]);
}

function parsed(program: string, args: readonly string[]): Measured {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
}

if (values.side !== undefined) console.log(JSON.stringify(await measured(values.side)));
else {
  const hasPeer = existsSync(values.peer) && spawnSync(values.python, ['-c', 'import torch']).status === 0;
  const sides: Record<string, () => Measured> = {
    ...(hasPeer ? { PyTorch: peer } : {}),
    'an ordinary session': () => own('session'),
    openEncoder: () => own('encoder'),
  };
  const rounds = Array.from({ length: Number(values.rounds) }, () =>
    Object.fromEntries(Object.entries(sides).map(([name, measure]) => [name, measure()])),
  );
  console.log('| r3d18_features by | CPU ms, least | each round | peak MB |\n|---|---:|---|---:|');
  for (const name of Object.keys(sides)) {
    const times = rounds.map((round) => round[name].cpu_ms);
    const peak = Math.max(...rounds.map((round) => round[name].peak_mb));
    const each = times.map((time) => time.toFixed(0)).join(', ');
    console.log(`| ${name} | ${Math.min(...times).toFixed(0)} | ${each} | ${peak.toFixed(0)} |`);
  }
}
