/**
 * What `sonde doctor` looks at: each check says what it found and, where something is missing, what to do.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import { cacheDirectory } from '../data/storage/open-dataset.ts';
import { matmul, placeholder } from '../graph/index.ts';
import { table } from '../report/terminal.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { openLibrary } from '../runtime/backends/onnxruntime/library.ts';
import { evaluate } from '../runtime/evaluate.ts';
import { float32 } from '../tensor/host-array.ts';
import { versions } from '../training/versions.ts';

export interface Finding {
  readonly check: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly found: string;
  readonly advice?: string;
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;

export async function examine(): Promise<Finding[]> {
  return [
    node(),
    processorFinding(),
    await engine(),
    await nativeCalls(),
    await videoLibrary(),
    systemDecoder(),
    storage(),
  ];
}

export function findingsText(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, state, found, advice }) => [
    check,
    state,
    advice === undefined ? found : `${found}: ${advice}`,
  ]);
  return table([{ title: 'check' }, { title: 'state' }, { title: 'found' }], rows);
}

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return {
    check: 'Node.js',
    state: fits ? 'good' : 'bad',
    found: process.versions.node,
    ...(fits ? {} : { advice: 'install Node.js 20.19 or later' }),
  };
}

function processorFinding(): Finding {
  const free = freemem();
  return {
    check: 'machine',
    state: free > 2 * 2 ** 30 ? 'good' : 'warning',
    found: `${availableParallelism()} threads, ${cpus()[0]?.model ?? 'unknown processor'}, ${gigabytes(free)} of ${gigabytes(totalmem())} free`,
    ...(free > 2 * 2 ** 30 ? {} : { advice: 'close other programs before a long run' }),
  };
}

/** A product of two matrices against the same product in plain loops, and its speed. */
async function engine(): Promise<Finding> {
  const size = 512;
  const random = new Random('doctor');
  const values = [0, 1].map(() => {
    const array = float32([size, size], 0);
    random.fillNormal(array.data);
    return array;
  });
  const inputs = values.map((_, i) => placeholder(`x${i}`, 'float32', [size, size]));
  try {
    const feeds = new Map(inputs.map((input, i) => [input, values[i]]));
    const [product] = await evaluate([matmul(inputs[0], inputs[1])], feeds, processor);
    let expected = 0;
    for (let k = 0; k < size; k++) expected += values[0].data[k] * values[1].data[k * size];
    const right = Math.abs(Number(product.data[0]) - expected) < 1e-2;
    const found = `onnxruntime ${versions()['onnxruntime-node']}`;
    return right
      ? { check: 'engine', state: 'good', found: `${found}, computes correctly` }
      : { check: 'engine', state: 'bad', found, advice: 'a matrix product came out wrong; reinstall (npm ci)' };
  } catch (error) {
    return { check: 'engine', state: 'bad', found: messageOf(error), advice: 'reinstall with npm ci' };
  }
}

async function nativeCalls(): Promise<Finding> {
  try {
    await openLibrary();
    return { check: 'in-place running', state: 'good', found: 'ONNX Runtime’s C interface answers' };
  } catch (error) {
    return {
      check: 'in-place running',
      state: 'warning',
      found: messageOf(error),
      advice: 'runs go on, with copies, slower',
    };
  }
}

async function videoLibrary(): Promise<Finding> {
  try {
    await import('node-av');
    return { check: 'video decoder', state: 'good', found: 'node-av' };
  } catch (error) {
    return {
      check: 'video decoder',
      state: 'warning',
      found: `node-av is not there (${messageOf(error).split('\n')[0]})`,
      advice: 'the system’s ffmpeg is used where found',
    };
  }
}

function systemDecoder(): Finding {
  const { status, stdout } = spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' });
  return status === 0
    ? { check: 'system ffmpeg', state: 'good', found: stdout.split(' ').slice(0, 3).join(' ') }
    : {
        check: 'system ffmpeg',
        state: 'warning',
        found: 'not found',
        advice: 'only needed where node-av cannot be used',
      };
}

function storage(): Finding {
  const directory = cacheDirectory();
  try {
    mkdirSync(directory, { recursive: true });
    const probe = join(directory, `.doctor-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
    const { bavail, bsize } = statfsSync(directory);
    const free = bavail * bsize;
    return {
      check: 'cache',
      state: free > 5 * 2 ** 30 ? 'good' : 'warning',
      found: `${directory}, ${gigabytes(free)} free`,
      ...(free > 5 * 2 ** 30 ? {} : { advice: 'make room, or move it with SONDE_CACHE' }),
    };
  } catch (error) {
    return {
      check: 'cache',
      state: 'bad',
      found: messageOf(error),
      advice: 'set SONDE_CACHE to a folder that can be written',
    };
  }
}
