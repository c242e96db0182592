import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cacheLimit, markUsed, shrinkCache } from './cache-size.ts';
import { framesFile, storeFile } from './frame-store.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-cache-'));
after(() => rmSync(root, { recursive: true, force: true }));

const hour = 3_600_000;

function store(directory: string, name: string, bytes: number, hoursAgo: number): string {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, storeFile), '');
  writeFileSync(join(path, framesFile), new Uint8Array(bytes));
  markUsed(path, { now: Date.now() - hoursAgo * hour });
  return path;
}

test('the stores used longest ago go, until the rest fit; the one in use stays', () => {
  const directory = join(root, 'lru');
  const [oldest, old, recent, current] = [4, 3, 2, 5].map((hours, i) => store(directory, `s${i}`, 100, hours));
  assert.equal(shrinkCache(directory, 250, current), 200);
  assert.deepEqual([oldest, old, recent, current].map(existsSync), [false, false, true, true]);
  assert.equal(shrinkCache(directory, 250, current), 0);
});

test('stores of another kind are known by the file that describes them, and all that is in them counts', () => {
  const directory = join(root, 'features');
  const described = 'manifest.json';
  const [old, recent] = [3, 2].map((hours) => {
    const path = join(directory, `${hours} hours`);
    mkdirSync(path, { recursive: true });
    for (const file of [described, 'shard-00000', 'shard-00001']) writeFileSync(join(path, file), new Uint8Array(100));
    markUsed(path, { described, now: Date.now() - hours * hour });
    return path;
  });
  assert.equal(shrinkCache(directory, 0, 'none'), 0);
  assert.equal(shrinkCache(directory, 300, 'none', { described }), 300);
  assert.deepEqual([old, recent].map(existsSync), [false, true]);
});

test('a store that was used a moment ago is left alone, and so is one being built', () => {
  const directory = join(root, 'young');
  const young = store(directory, 'young', 100, 0);
  const building = store(directory, 'building-x', 100, 9);
  assert.equal(shrinkCache(directory, 0, 'none'), 0);
  assert.ok(existsSync(young) && existsSync(building));
});

test('the limit is what the environment says', (t) => {
  const before = process.env.SONDE_CACHE_GB;
  t.after(() => {
    if (before === undefined) delete process.env.SONDE_CACHE_GB;
    else process.env.SONDE_CACHE_GB = before;
  });
  process.env.SONDE_CACHE_GB = '0.5';
  assert.equal(cacheLimit(), 5e8);
  process.env.SONDE_CACHE_GB = 'much';
  assert.throws(cacheLimit, { code: 'usage', message: /number of gigabytes.*much/ });
  delete process.env.SONDE_CACHE_GB;
  assert.equal(cacheLimit(), 2e10);
});
