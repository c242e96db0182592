/** From T1 to T2: two aligned series of one patient, put together as channels of one array. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { batchOf, scalarsOf, trial } from '../../../test/catalogue/run-method.ts';
import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { createHeadPhantom } from '../../data/phantom/head/index.ts';
import { openDataset } from '../../data/storage/open-dataset.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import { State } from '../../runtime/state.ts';
import { hostArray } from '../../tensor/host-array.ts';
import { writeNpy } from '../../tensor/npy.ts';
import { channelPrediction } from './channel-prediction.ts';

const [size, slices, patients] = [32, 16, 12];

/** A folder a patient, in it one array `[slices, rows, columns, 3]`: T1, T2, nothing. */
async function writeSeries(folder: string): Promise<void> {
  const phantom = createHeadPhantom({ patients, size, slices, seed: 2, contrasts: ['t1', 't2'] });
  const series = await Promise.all(phantom.items.map((item) => phantom.read(item)));
  for (let patient = 0; patient < patients; patient++) {
    const [t1, t2] = [2 * patient, 2 * patient + 1].map((item) => series[item].data);
    assert.match(phantom.items[2 * patient + 1].id, /t2$/);
    const data = Uint8Array.from({ length: 3 * t1.length }, (_, i) => {
      return i % 3 === 2 ? 0 : Number((i % 3 === 0 ? t1 : t2)[Math.floor(i / 3)]);
    });
    mkdirSync(join(folder, `patient-${patient}`), { recursive: true });
    const file = writeNpy(hostArray('uint8', [slices, size, size, 3], data));
    writeFileSync(join(folder, `patient-${patient}`, 'series.npy'), file);
  }
}

const [batchSize, steps] = [8, 40];

/** As many items of one part of the split as a batch holds, drawn at random. */
function drawn(store: FrameStore, part: string, seed: number): FrameStore {
  const { items, split } = store.index;
  const of = items.flatMap(({ patient }, item) => (split.parts[patient] === part ? [item] : []));
  const random = new Random(seed).split(part);
  const at = Array.from({ length: batchSize }, () => random.choice(of));
  return {
    index: { ...store.index, items: at.map((item) => items[item]) },
    sizeOf: (item) => store.sizeOf(at[item]),
    read: (item, window) => store.read(at[item], window),
  };
}

test('T2 is foretold from T1 on unseen patients ever better, slices of a patient staying together', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-series-'));
  const cache = process.env.SONDE_CACHE;
  process.env.SONDE_CACHE = join(folder, 'cache');
  t.after(() => {
    if (cache === undefined) delete process.env.SONDE_CACHE;
    else process.env.SONDE_CACHE = cache;
    rmSync(folder, { recursive: true, force: true });
  });
  await writeSeries(join(folder, 'series'));
  const { store } = await openDataset({ path: join(folder, 'series'), storedSize: size, fractions: [0.5, 0.1, 0.4] });
  // Slices in colour are an item each.
  assert.equal(store.index.items.filter(({ channels }) => channels === 3).length, patients * slices);
  assert.equal(new Set(store.index.items.map(({ patient }) => patient)).size, patients);

  const given = trial(channelPrediction, store, { heldOut: 'green', bins: 16, rebalance: false });
  const model = given.model(batchSize);
  const state = new State(model.initialState(new Random(0).split('initial')));
  const question = await compile(model.evaluation, state, processor, { threads: 1 });
  const unseen = batchOf({ ...given, store: drawn(store, 'test', 0) }, batchSize, 0);
  const errorNow = async () => Number((await question.run(unseen))['measure:valueError'].data[0]);
  const before = await errorNow();
  const step = await compile(model.steps[0], state, processor, { threads: 1 });
  for (let i = 0; i < steps; i++) {
    const batch = batchOf({ ...given, store: drawn(store, 'train', i) }, batchSize, i);
    await step.run({ ...batch, ...scalarsOf(given, i, steps) });
  }
  const after = await errorNow();
  await Promise.all([step.dispose(), question.dispose()]);
  assert.ok(after < 0.5 * before, `${before} before, ${after} after`);
});
