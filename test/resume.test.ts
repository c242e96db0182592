import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { Random } from '../src/base/random.ts';

const main = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');

/** Smooth pictures, brighter at the top, so that there is an up; six patients of four pictures. */
async function writePictures(folder: string): Promise<void> {
  const random = new Random('resume');
  const size = 40;
  for (let patient = 0; patient < 6; patient++) {
    mkdirSync(join(folder, `patient${patient}`), { recursive: true });
    for (let picture = 0; picture < 4; picture++) {
      const pixels = new Uint8Array(size * size);
      const tilt = random.uniform(-1, 1);
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) pixels[y * size + x] = 200 - 4 * y + tilt * x + random.uniform(0, 20);
      }
      const image = sharp(pixels, { raw: { width: size, height: size, channels: 1 } });
      await image.png().toFile(join(folder, `patient${patient}`, `${picture}.png`));
    }
  }
}

interface Place {
  readonly pictures: string;
  readonly cache: string;
}

function sonde(place: Place, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', main, ...args, '--threads', '1', '--json'], {
    env: { ...process.env, SONDE_CACHE: place.cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Ends with the exit code, or kills the process without warning once it has reported `step`. */
function finished(child: ChildProcess, killAfter = Number.POSITIVE_INFINITY): Promise<number | null> {
  let errors = '';
  let buffered = '';
  child.stderr!.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout!.on('data', (chunk) => {
    buffered += chunk;
    const lines = buffered.split('\n');
    buffered = lines.pop()!;
    for (const line of lines) {
      const { step } = JSON.parse(line) as { step?: number };
      if (step !== undefined && step >= killAfter) child.kill('SIGKILL');
    }
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(errors));
      else resolve(code);
    });
  });
}

function finalState(run: string): Buffer {
  const checkpoints = join(run, 'checkpoints');
  const last = readdirSync(checkpoints).sort().at(-1)!;
  return readFileSync(join(checkpoints, last, 'state.safetensors'));
}

const metricLines = (run: string) =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { step, loss, validationAccuracy } = JSON.parse(line) as Record<string, number>;
      return { step, loss, validationAccuracy };
    });

test('a run killed without warning, twice, resumes to the same weights and the same metrics', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-resume-'));
  const place = { pictures: join(folder, 'pictures'), cache: join(folder, 'cache') };
  try {
    await writePictures(place.pictures);
    const args = [
      'pretrain',
      '--method',
      'rotation',
      '--data',
      place.pictures,
      '--stored-size',
      '40',
      '--augment',
      'mr',
    ];
    const settings = ['--set', 'size=16', '--batch', '4', '--steps', '60', '--checkpoint-every', '7'];
    const whole = join(folder, 'whole');
    await finished(sonde(place, [...args, ...settings, '--out', whole]));

    const broken = join(folder, 'broken');
    assert.equal(
      await finished(sonde(place, [...args, ...settings, '--out', broken]), 17),
      null,
      'it was to be killed',
    );
    assert.ok(!existsSync(join(broken, 'encoder.onnx')));
    assert.equal(await finished(sonde(place, ['pretrain', '--resume', broken, '--workers', '2']), 40), null);
    assert.equal(await finished(sonde(place, ['pretrain', '--resume', broken, '--workers', '2'])), 0);

    assert.ok(finalState(whole).equals(finalState(broken)), 'the final weights differ');
    assert.deepEqual(metricLines(broken), metricLines(whole));
    assert.ok(readFileSync(join(whole, 'encoder.onnx')).equals(readFileSync(join(broken, 'encoder.onnx'))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
