/** The split of a run goes with it: to resuming and measuring; a leaking one is an error that names the items. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openTarget } from '../src/cli/target.ts';
import { openTargetData } from '../src/cli/target-data.ts';
import { picture } from './sample-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-splits-'));
after(() => rmSync(root, { recursive: true, force: true }));
process.env.SONDE_CACHE = join(root, 'cache');
process.env.SONDE_SALT = 'pepper';
const main = new URL('../src/cli/main.ts', import.meta.url).pathname;

function sonde(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', main, ...args], { encoding: 'utf8' });
}

const scans = join(root, 'scans');
const rows = ['file,patient,site,view'];
for (let patient = 0; patient < 9; patient++) {
  mkdirSync(join(scans, `case${patient}`), { recursive: true });
  for (let i = 0; i < 2; i++) {
    const file = `case${patient}/${i}.png`;
    await picture(join(scans, file), 24 + patient, 20, 3 + 29 * patient + 11 * i);
    rows.push(`${file},person ${patient},site ${patient % 3},${patient % 2 === 0 ? 'long' : 'short'}`);
  }
}
writeFileSync(join(scans, 'labels.csv'), `${rows.join('\n')}\n`);

test('folds, sites and strata on the command line; a written split is used again', () => {
  const split = (...options: string[]) => {
    const { stdout, stderr, status } = sonde('data', 'split', scans, '--quick', '--json', ...options);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as { name: string; parts: Record<string, string>; recipe?: object };
  };
  const file = join(root, 'fold.json');
  const fold = split('--folds', '3', '--fold', '2', '--stratify', 'view', '--out', file);
  assert.equal(fold.name, 'fold 2 of 3');
  assert.deepEqual(fold.recipe, { folds: 3, fold: 2, stratifyBy: 'view' });
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), fold);
  assert.deepEqual(split('--split', file), fold);
  const bySite = split('--split-by', 'site');
  assert.deepEqual(bySite.recipe, { wholeBy: 'site' });
  const held = Object.values(bySite.parts);
  for (const part of ['train', 'validation', 'test']) assert.equal(held.filter((one) => one === part).length, 3);
});

test('mistakes about splits say what to change', () => {
  const mistake = (message: RegExp, ...options: string[]) => {
    const { stderr, status } = sonde('data', 'split', scans, '--quick', ...options);
    assert.equal(status, 2);
    assert.match(stderr, message);
  };
  mistake(/of how many folds/, '--fold', '2');
  mistake(/does not come with a split of its own/, '--split', 'official');
});

test('a run keeps its split, and nothing is measured on patients it was trained on', async () => {
  const run = join(root, 'run');
  const data = ['--data', scans, '--folds', '3', '--fold', '2', '--intensity', 'percentile:1,99'];
  const size = ['--steps', '2', '--batch', '4', '--threads', '1', '--set', 'size=16', '--augment', 'unknown'];
  const { status, stderr } = sonde('pretrain', '--method', 'rotation', ...data, ...size, '--out', run);
  assert.equal(status, 0, stderr);
  const kept = JSON.parse(readFileSync(join(run, 'split.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
  assert.deepEqual(manifest.data.split, {
    name: 'fold 2 of 3',
    seed: 0,
    recipe: { folds: 3, fold: 2 },
    patients: { train: 3, validation: 3, test: 3 },
  });
  assert.deepEqual(manifest.data.preparation, { intensity: { by: 'percentile', low: 1, high: 99 } });
  assert.equal(manifest.training.augmentation.imaging, 'unknown');
  const target = await openTarget(run, {});
  const { index, store } = await openTargetData(target, {}, true);
  assert.deepEqual(index.split, kept);
  assert.deepEqual(store.settings.preparation, manifest.data.preparation);
  await assert.rejects(openTargetData(target, { folds: 3, fold: 1 }, true), {
    code: 'data/leakage',
    message: /trained on 3 of the patients it would be judged on: '.*\/0\.png' \((test|validation)\)/,
  });
  // The same people in another folder are the same people.
  const elsewhere = await openTarget(run, { data: `${scans}/` });
  await assert.rejects(openTargetData(elsewhere, { splitSeed: 3 }, true), { code: 'data/leakage' });
});
