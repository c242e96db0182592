/** What cannot be measured is said in a sentence, and nothing that can be is lost. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { picture } from './sample-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-probe-errors-'));
after(() => rmSync(root, { recursive: true, force: true }));
const main = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');

/** A network that nobody here trained. */
const model = join(root, 'elsewhere.onnx');
copyFileSync(join(import.meta.dirname, 'golden', 'architectures', 'ResNet-13.onnx'), model);
const scans = join(root, 'scans');
mkdirSync(scans);
const rows = ['file,patient,view,site,grade'];
for (let patient = 0; patient < 10; patient++) {
  for (let i = 0; i < 2; i++) {
    await picture(join(scans, `${patient}-${i}.png`), 40 + patient, 36, 3 + 29 * patient + 120 * i);
    // Grades of one patient only, and a site that is the same for all.
    rows.push(
      `${patient}-${i}.png,person ${patient},${i === 0 ? 'long' : 'short'},north,${patient === 0 ? ['I', 'II'][i] : ''}`,
    );
  }
}
writeFileSync(join(scans, 'labels.csv'), `${rows.join('\n')}\n`);

function probe(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', main, 'probe', model, '--data', scans, '--no-supervised', ...args],
    { encoding: 'utf8', env: { ...process.env, SONDE_CACHE: join(root, 'cache'), SONDE_SALT: 'test', NO_COLOR: '1' } },
  );
  return { status, stdout, stderr };
}

test('a column that fails and one of a single class are said; the others are measured and kept', () => {
  const { status, stdout, stderr } = probe('--label', 'view,site,grade,stage', '--protocol', 'knn', '--set', 'k=3');
  assert.equal(status, 2);
  assert.match(stderr, /label 'site' has one class only, so there is nothing to tell apart .*found north/);
  assert.match(stderr, /no item of the (train|validation|test) part has the label 'grade'/);
  assert.match(stderr, /no item has the label 'stage'/);
  assert.doesNotMatch(stderr, /\n\s+at /);
  assert.match(stdout, /Accuracy, %, for view on 2 test patients/i);
  const kept = JSON.parse(readFileSync(join(root, 'results', 'knn-view-elsewhere.json'), 'utf8'));
  assert.deepEqual(
    kept.probes.map(({ encoder }: { encoder: { role: string } }) => encoder.role),
    ['pretrained', 'random'],
  );
  assert.ok(!existsSync(join(root, 'results', 'knn-site-elsewhere.json')));
});

test('a tap that does not exist is said before anything is extracted, and earlier results stay', () => {
  const { status, stderr } = probe('--label', 'view', '--protocol', 'knn', '--taps', 'stage9');
  assert.equal(status, 2);
  assert.match(stderr, /no tap 'stage9' \(expected /);
  assert.ok(existsSync(join(root, 'results', 'knn-view-elsewhere.json')));
});
