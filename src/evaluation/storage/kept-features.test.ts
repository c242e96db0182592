import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { halvesStore, smallModel } from '../../../test/evaluation/small-network.ts';
import { SondeError } from '../../base/errors.ts';
import { openEncoder } from '../encoder.ts';
import { extractFeatures } from '../extraction.ts';
import type { FeatureTable } from '../feature-table.ts';
import { measureTasks, settleTask } from '../measure.ts';
import { exportFeatures } from './export-features.ts';
import { listFeatureFiles, readFeatureTable } from './feature-files.ts';
import { featureKeeper, keepFeatures } from './kept-features.ts';
import { resultFiles } from './probe-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonde-kept-'));
after(() => rmSync(folder, { recursive: true }));

const store = halvesStore(8);
const model = smallModel();
// So many numbers a tap that each batch is a shard of its own.
const options = { threads: 1, batchSize: 4, dimensions: 2 ** 22 };
const data = { data: 'drawn' };

const request = (changes: object = {}) => ({ model, store, options: { ...options, ...changes } });

async function all(tables: Iterable<FeatureTable> | AsyncIterable<FeatureTable>): Promise<FeatureTable[]> {
  const found: FeatureTable[] = [];
  for await (const table of tables) found.push(table);
  return found;
}

const encoder = await openEncoder(model, options);
const expected = await extractFeatures(encoder, store, options);
await encoder.release();

const shardsIn = (root: string) => {
  const [name] = readdirSync(root);
  return readdirSync(join(root, name))
    .filter((file) => file.startsWith('shard-'))
    .map((file) => join(root, name, file));
};

test('kept features are those extracted, and are not extracted again', async () => {
  const root = join(folder, 'again');
  const first = await keepFeatures(root, request(), data);
  assert.deepEqual(await all(first.tables()), expected);
  assert.equal(shardsIn(root).length, 4);
  const onProgress = () => assert.fail('the network was run again');
  const second = await keepFeatures(root, request({ onProgress }), data);
  assert.deepEqual(await all(second.tables()), expected);
});

test('an extraction that is stopped goes on where it was; a damaged shard is made again', async () => {
  const root = join(folder, 'stopped');
  const onProgress = (done: number) => {
    if (done === 12) throw new Error('stopped');
  };
  await assert.rejects(keepFeatures(root, request({ onProgress }), data), /stopped/);
  assert.equal(shardsIn(root).length, 2);
  truncateSync(shardsIn(root)[0], 1000);
  const seen: number[][] = [];
  const kept = await keepFeatures(root, request({ onProgress: (...at: number[]) => seen.push(at) }), data);
  assert.deepEqual(seen, [
    [4, 12],
    [8, 12],
    [12, 12],
  ]);
  assert.deepEqual(await all(kept.tables()), expected);
});

test('several processes make a share each; who reads before all are there is told', async () => {
  const root = join(folder, 'shares');
  // Four shards among three: the first process makes one more than the others, and none is left over.
  const first = await keepFeatures(root, request(), { ...data, share: { index: 0, of: 3 } });
  assert.equal(first.missing, 2);
  assert.throws(
    () => first.tables(),
    (error: unknown) => error instanceof SondeError && /2 of 4 shards/.test(error.message),
  );
  assert.equal((await keepFeatures(root, request(), { ...data, share: { index: 2, of: 3 } })).missing, 1);
  const last = await keepFeatures(root, request(), { ...data, share: { index: 1, of: 3 } });
  assert.equal(last.missing, 0);
  assert.deepEqual(await all(last.tables()), expected);
  // A process more than there are shards has nothing to do.
  assert.equal((await keepFeatures(root, request(), { ...data, share: { index: 4, of: 5 } })).missing, 0);
});

test('other weights, data, windows or sizes are other features', async () => {
  const root = join(folder, 'others');
  const folders = new Set<string>();
  for (const [changed, keeping] of [
    [request(), data],
    [{ ...request(), model: smallModel(2, 1) }, data],
    [request(), { data: 'drawn anew' }],
    [request({ only: [0, 1, 2] }), data],
    [request({ dimensions: 64 }), data],
    [request({ pooling: 'max' }), data],
  ] as const) {
    folders.add((await keepFeatures(root, changed, keeping)).folder);
  }
  assert.equal(folders.size, 6);
});

test('files for other tools hold what was kept', async () => {
  const kept = await keepFeatures(join(folder, 'again'), request(), data);
  const out = join(folder, 'files');
  const files = exportFeatures(kept, out, { encoder: 'small' });
  assert.deepEqual(
    (await listFeatureFiles(out)).map(({ tap, about }) => [tap, about]),
    expected.map(({ tap }) => [tap, { encoder: 'small' }]),
  );
  for (const [i, { file, rows, columns }] of files.entries()) {
    assert.deepEqual([rows, columns], [expected[i].rows, expected[i].columns]);
    assert.deepEqual((await readFeatureTable(file)).features, expected[i].features);
  }
});

test('tasks share kept features, and finished ones are not measured again', async () => {
  const root = join(folder, 'tasks');
  const contender = { model, encoder: { name: 'small', role: 'pretrained' as const } };
  const tasks = ['linear', 'knn'].map((protocol) =>
    settleTask({ label: 'half', protocol, options: { resamples: 20 } }, store),
  );
  const finished = resultFiles(join(root, 'fits'), contender, 'settings');
  let extracted = 0;
  const measureOptions = {
    threads: 1,
    features: featureKeeper(root, data),
    finished,
    onStage: (stage: string) => {
      if (stage === 'extract') extracted++;
    },
  };
  const whole = await measureTasks(contender, store, tasks, measureOptions);
  assert.equal(extracted, 1);
  const again = await measureTasks(contender, store, tasks, {
    ...measureOptions,
    features: () => assert.fail('measured again'),
  });
  assert.deepEqual(again, whole);
  const others = resultFiles(join(root, 'fits'), contender, 'other settings');
  assert.equal(others('small', tasks[0]).read(), undefined);
  assert.equal(finished('another', tasks[0]).read(), undefined);
});
