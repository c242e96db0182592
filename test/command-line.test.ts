import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import sharp from 'sharp';
import { angiogramPath } from '../src/data/storage/angiogram.ts';

const main = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'sonde-command-line-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function sonde(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
    encoding: 'utf8',
    env: { ...process.env, SONDE_CACHE: join(folder, 'cache'), SONDE_SALT: 'test', NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

/** A mistake of the user: code 2, and the sentence on standard error. */
function refused(expected: RegExp, ...args: string[]): void {
  const { status, stderr } = sonde(...args);
  assert.equal(status, 2, stderr);
  assert.match(stderr, expected);
  assert.doesNotMatch(stderr, /\n\s+at /, 'a stack trace is not for users');
}

async function mixedFolder(): Promise<string> {
  const root = join(folder, 'mixed');
  for (let patient = 0; patient < 5; patient++) {
    mkdirSync(join(root, `p${patient}`), { recursive: true });
    const pixels = Buffer.alloc(48 * 48).map((_, i) => (Math.floor(i / 48) * 5 + patient * 3) % 256);
    for (const name of ['a', 'b']) {
      await sharp(pixels, { raw: { width: 48, height: 48, channels: 1 } })
        .png()
        .toFile(join(root, `p${patient}`, `${name}.png`));
    }
  }
  writeFileSync(join(root, 'notes.png'), 'this is not a picture');
  writeFileSync(join(root, 'empty.mp4'), '');
  const dicom = angiogramPath();
  assert.ok(dicom !== undefined);
  writeFileSync(join(root, 'cut.dcm'), readFileSync(dicom).subarray(0, 4000));
  return root;
}

test('output that nobody reads to its end is no error', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'methods'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const status = await new Promise((resolve) => child.once('exit', resolve));
  assert.deepEqual({ status, errors }, { status: 0, errors: '' });
});

test('broken files are named with a reason, skipped, and the run goes on', async () => {
  const root = await mixedFolder();
  const { status, stdout } = sonde('data', 'inspect', root);
  assert.equal(status, 0);
  for (const name of ['notes.png', 'empty.mp4', 'cut.dcm']) {
    assert.match(
      stdout,
      new RegExp(`skipped +${name.replace('.', '\\.')} +\\S+ .{10,}`),
      `${name} is named with its reason`,
    );
  }
  const run = join(folder, 'run');
  const trained = sonde(
    'pretrain',
    '--method',
    'rotation',
    '--data',
    root,
    '--steps',
    '3',
    '--batch',
    '2',
    '--set',
    'size=16',
    '--out',
    run,
  );
  assert.equal(trained.status, 0, trained.stderr);
  assert.equal(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).data.items, 10);
});

test('mistakes end with code 2 and a sentence that says what to change', () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  refused(/no pictures, clips or volumes/, 'pretrain', '--method', 'rotation', '--data', empty);
  refused(/no file or folder/, 'data', 'inspect', join(folder, 'nowhere'));
  refused(/no method is called jigsore.*\n.*choose one of/, 'pretrain', '--method', 'jigsore', '--data', empty);
  refused(
    /option size cannot be "large".*number/,
    'pretrain',
    '--method',
    'rotation',
    '--data',
    empty,
    '--set',
    'size=large',
  );
  refused(
    /no option colour.*\n.*its options are size/,
    'pretrain',
    '--method',
    'rotation',
    '--data',
    empty,
    '--set',
    'colour=1',
  );
  refused(/pretrain needs --data/, 'pretrain', '--method', 'rotation');
  refused(/--steps wants a whole number/, 'pretrain', '--method', 'rotation', '--data', empty, '--steps', 'many');
  refused(/unknown option '--stepps'/, 'pretrain', '--stepps', '3');
  refused(/unknown command/, 'pretrian');
  refused(/no run or model/, 'probe', join(folder, 'nowhere'), '--label', 'view');
});

test('methods are listed for machines with what a program needs', () => {
  const { status, stdout } = sonde('methods', '--json');
  assert.equal(status, 0);
  const methods = JSON.parse(stdout) as Record<string, unknown>[];
  assert.ok(methods.some(({ id }) => id === 'rotation') && methods.some(({ id }) => id === 'rotation-3d'));
  for (const method of methods) {
    for (const key of ['id', 'title', 'inputs', 'paper', 'chance', 'options'])
      assert.ok(key in method, `${key} is there`);
  }
});

test('help is instant and has examples', () => {
  for (const command of ['demo', 'methods', 'pretrain', 'transfer', 'features', 'probe', 'lab', 'doctor']) {
    const { status, stdout } = sonde(command, '--help');
    assert.equal(status, 0);
    assert.match(stdout, /Examples?:\n {2}sonde/);
  }
});

test('a phantom from the first clip to a table of layers', () => {
  const run = join(folder, 'phantom-run');
  const data = 'phantom:patients=8,frames=6,size=48,views=apical-four-chamber+parasternal-short-axis';
  const trained = sonde(
    'pretrain',
    '--method',
    'rotation-3d',
    '--data',
    data,
    '--stored-size',
    '48',
    '--steps',
    '2',
    '--batch',
    '2',
    '--set',
    'frames=4',
    '--set',
    'size=16',
    '--out',
    run,
  );
  assert.equal(trained.status, 0, trained.stderr);
  const probed = sonde('probe', run, '--label', 'view', '--dimensions', '32', '--json');
  assert.equal(probed.status, 0, probed.stderr);
  const { probes, differences } = JSON.parse(probed.stdout);
  assert.deepEqual(
    probes.map((probe: { encoder: { role: string } }) => probe.encoder.role),
    ['pretrained', 'random', 'supervised'],
  );
  assert.deepEqual(
    probes[0].taps.map(({ tap }: { tap: string }) => tap),
    ['stem', 'stage1', 'stage2', 'stage3', 'stage4'],
  );
  assert.equal(differences[0].taps.length, 5);
  const missing = sonde('probe', run, '--label', 'diagnosis');
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /no item has the label 'diagnosis'[\s\S]*view/);
  // What can be measured is, and kept; what cannot is said.
  const partly = sonde(
    'probe',
    run,
    '--label',
    'diagnosis,view',
    '--taps',
    'stage4',
    '--protocol',
    'low-shot',
    '--no-supervised',
  );
  assert.equal(partly.status, 2);
  assert.match(partly.stderr, /no item has the label 'diagnosis'/);
  assert.match(partly.stdout, /^stage4 [\s\S]*labelled examples a class/m);
  const kept = JSON.parse(readFileSync(join(run, 'results', 'low-shot-view.json'), 'utf8'));
  assert.equal(kept.probes.length, 2);
  assert.match(readFileSync(join(run, 'figures', 'curve-low-shot-view.svg'), 'utf8'), /^<svg/);
  refused(/no tap 'stage9' \(expected stem, stage1/, 'probe', run, '--label', 'view', '--taps', 'stage9');
});
