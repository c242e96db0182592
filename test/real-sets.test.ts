/** Every method on real recordings, pictures or volumes that fit it: what it cannot use it names, and of the rest it learns. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { FrameStore } from '../src/data/media.ts';
import { type OpenedDataset, openDataset } from '../src/data/storage/open-dataset.ts';
import { methods } from '../src/pretext/index.ts';
import { configureRun } from '../src/training/configuration.ts';
import { usableItems } from '../src/training/usable-items.ts';
import { batchOf, train, trial } from './catalogue/run-method.ts';

const shared = join(import.meta.dirname, '../../shared/data');

/** Where files of each kind lie, and how many of the smallest are taken. */
const sets = {
  image: { folder: 'bccd/JPEGImages', count: 6 },
  clip: { folder: 'pocus-lus-ccby/videos', count: 6 },
  volume: { folder: 'hippocampus-msd/images', count: 4 },
} as const;
type Kind = keyof typeof sets;

const home = mkdtempSync(join(tmpdir(), 'sonde-real-'));
const cache = process.env.SONDE_CACHE;
process.env.SONDE_CACHE = join(home, 'cache');
after(() => {
  if (cache === undefined) delete process.env.SONDE_CACHE;
  else process.env.SONDE_CACHE = cache;
  rmSync(home, { recursive: true, force: true });
});

const opened = new Map<Kind, Promise<OpenedDataset>>();

function open(kind: Kind): Promise<OpenedDataset> {
  let dataset = opened.get(kind);
  if (dataset === undefined) {
    const { folder, count } = sets[kind];
    const from = join(shared, folder);
    const bySize = readdirSync(from).sort((a, b) => statSync(join(from, a)).size - statSync(join(from, b)).size);
    const path = join(home, kind);
    mkdirSync(path);
    for (const file of bySize.slice(0, count)) copyFileSync(join(from, file), join(path, file));
    dataset = openDataset({ path, storedSize: 96, fractions: [0.8, 0.1, 0.1] });
    opened.set(kind, dataset);
  }
  return dataset;
}

/** Some items of a store as a store of their own. */
function only(store: FrameStore, items: readonly number[]): FrameStore {
  return {
    index: { ...store.index, items: items.map((item) => store.index.items[item]) },
    sizeOf: (item) => store.sizeOf(items[item]),
    read: (item, window) => store.read(items[item], window),
  };
}

for (const method of methods) {
  const { card } = method;
  const kind = (['image', 'clip', 'volume'] as const).find((candidate) => card.inputs.includes(candidate))!;
  const absent = existsSync(join(shared, sets[kind].folder))
    ? false
    : `the shared set ${sets[kind].folder} is not here`;

  test(`${card.id}: two steps on real ${kind}s, and a reason for each that it leaves out`, {
    skip: absent,
  }, async () => {
    const { store } = await open(kind);
    const usable = usableItems(configureRun({ method: card.id }), store);
    for (const { item, reason } of usable.leftOut) assert.match(reason, /\w+ \w+/, item);
    assert.ok(usable.train.length >= 2, `${usable.train.length} of ${store.index.items.length} items are left`);
    const given = trial(method, only(store, usable.train));
    const outcomes = await train(given, batchOf(given, 2, 0), { seed: 0, steps: 2 });
    assert.equal(outcomes.length, 2);
    for (const { loss } of outcomes) assert.ok(Number.isFinite(loss), `loss ${loss}`);
    assert.notEqual(outcomes[0].loss, outcomes[1].loss, 'a step changes what is lost');
  });
}
