import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { assertNoLeaks, leaksOf, withoutLeaks, withTwinsTogether } from '../leakage.ts';
import type { DatasetIndex, Frames, MediaItem } from '../media.ts';
import { createPhantom } from '../phantom/index.ts';
import { parsePhantom } from '../phantom/options.ts';
import { indexSource } from '../storage/index-source.ts';
import { requireColour } from './colour.ts';
import { inconsistencies } from './consistency.ts';
import { datasetQuality, duplicateGroups } from './dataset-quality.ts';
import { describeQuality } from './describe.ts';
import { type ScannedItem, scanItem } from './scan.ts';

const faulty = createPhantom(
  parsePhantom('phantom:patients=10,frames=24,faults=all,size=64,views=apical-four-chamber'),
);

function scan(source: typeof faulty, item: MediaItem) {
  return scanItem(item, (window) => source.read(item, window));
}

test('planted freezes and duplicates are found; sound clips have none, nor text', async () => {
  const scanned: ScannedItem[] = [];
  for (const item of faulty.items) scanned.push(await scan(faulty, item));
  const index = indexSource(faulty, { identity: 'faulty' });
  const quality = datasetQuality(index, scanned);
  let planted = 0;
  faulty.items.forEach((item, i) => {
    const checks = new Set(scanned[i].findings.map(({ check }) => check));
    const fault = String(item.labels.fault);
    assert.equal(checks.has('freeze'), fault === 'freeze', `${item.id} (${fault}): ${[...checks].join()}`);
    // The phantom's cuts stay in one view of one heart: leaps in time, which look like motion.
    assert.deepEqual(scanned[i].text, [], item.id);
    assert.ok(!checks.has('cut'), `${item.id} (${fault}) shows one scene`);
    if (fault === 'freeze') planted++;
  });
  assert.ok(planted > 0);
  for (const { first, second } of quality.nearDuplicates) {
    const labels = [first, second].map((id) => faulty.items.find((item) => item.id === id)!);
    const originals = labels.map((item) => item.labels.duplicateOf ?? item.id);
    assert.equal(originals[0], originals[1], `${first} and ${second}`);
  }
});

test('two views in one clip are a cut', async () => {
  const source = createPhantom(parsePhantom('phantom:patients=1,frames=12,size=64'));
  const [first, second] = [await source.read(source.items[0]), await source.read(source.items[3])];
  const data = new Uint8Array(2 * first.data.length);
  data.set(first.data);
  data.set(second.data, first.data.length);
  const size = 64 * 64;
  const { findings } = await scanItem({ ...source.items[0], frames: 24 }, async ({ start = 0, count = 1 }) => ({
    data: data.subarray(start * size, (start + count) * size),
    shape: [count, 64, 64, 1],
  }));
  assert.match(findings.map(({ text }) => text).join(), /the scene changes at frame 13 \(0\.5 s\)/);
});

const side = 40;

function still(values: (frame: number, i: number) => number, frames: number): Frames {
  const data = Uint8Array.from({ length: frames * side * side }, (_, k) =>
    values(Math.floor(k / side ** 2), k % side ** 2),
  );
  return { data, shape: [frames, side, side, 1] };
}

function clip(id: string, frames: number, more: Partial<MediaItem> = {}): MediaItem {
  const picture = { kind: 'clip', frames, height: side, width: side, channels: 1, intensityRange: [0, 255] } as const;
  return { id, patient: id, ...picture, labels: {}, format: 'video', frameRateHz: 25, ...more };
}

async function look(frames: Frames, id = 'x', more: Partial<MediaItem> = {}) {
  const item = clip(id, frames.shape[0], more);
  const size = side * side;
  return scanItem(item, async ({ start = 0, count = 1 }) => ({
    data: frames.data.subarray(start * size, (start + count) * size),
    shape: [count, side, side, 1],
  }));
}

const noise = (seed: number) => new Random(seed).fillUniform(new Float32Array(side * side), 20, 200);

test('empty, frozen, saturated and repeated frames are said in words', async () => {
  const words = async (frames: Frames) => (await look(frames)).findings.map(({ text }) => text).join('; ');
  assert.equal(await words(still(() => 0, 12)), 'is empty: every frame is one even grey');
  const picture = noise(1);
  assert.equal(await words(still((_, i) => picture[i], 12)), 'stands still: all 12 frames are the same');
  const many = Array.from({ length: 12 }, (_, seed) => noise(seed));
  assert.equal(await words(still((frame, i) => many[frame][i], 12)), '');
  assert.match(
    await words(still((frame, i) => many[frame - (frame % 2)][i], 12)),
    /^6 of 12 frames \(50 %\) repeat .* 13 new pictures/,
  );
  assert.match(
    await words(still((frame, i) => (i < 400 ? 255 : many[frame][i]), 12)),
    /25 % of its pixels are fully white/,
  );
  assert.match(
    await words(still((frame, i) => (frame > 3 && frame < 7 ? 0 : many[frame][i]), 12)),
    /frames 5 to 7 are empty/,
  );
});

test('the same picture brighter, noisier and with fewer levels is a near duplicate; another one is not', async () => {
  const smooth = (seed: number) => {
    const coarse = noise(seed);
    return (i: number) => coarse[Math.floor(i / side / 4) * 10 + Math.floor((i % side) / 4)];
  };
  const [one, other] = [smooth(1), smooth(2)];
  const wobble = noise(9);
  const scanned = [
    await look(
      still((_, i) => one(i), 1),
      'a',
      { kind: 'image', height: 480, width: 480 },
    ),
    await look(
      still((_, i) => 0.8 * one(i) + 20 + wobble[i] / 40, 1),
      'b',
      { kind: 'image', height: 480, width: 480 },
    ),
    await look(
      still((_, i) => other(i), 1),
      'c',
      { kind: 'image', height: 480, width: 480 },
    ),
  ].map((item) => ({ ...item, fingerprint: { ...item.fingerprint, side: 480 } }));
  const items = ['a', 'b', 'c'].map((id) => clip(id, 1));
  const index = {
    items,
    split: { name: 's', seed: 0, parts: { a: 'train', b: 'test', c: 'train' } },
  } as unknown as DatasetIndex;
  const quality = datasetQuality(index, scanned);
  assert.deepEqual(
    quality.nearDuplicates.map(({ first, second, acrossParts }) => [first, second, acrossParts]),
    [['a', 'b', true]],
  );
  assert.deepEqual(duplicateGroups(quality.nearDuplicates), [{ items: ['a', 'b'], meaning: 'leak' }]);
  assert.match(
    JSON.stringify(describeQuality(quality)),
    /The same pictures \(1 group\).*A leak is in two parts.*a ≈ b/,
  );
  const leaks = leaksOf(index, quality.nearDuplicates);
  assert.throws(() => assertNoLeaks(leaks), { code: 'data/leakage', message: /'a' \(train\) and 'b' \(test\)/ });
  const { kept, problems } = withoutLeaks(items, leaks);
  assert.deepEqual(kept, [1, 2]);
  assert.match(problems[0].reason, /left out of train: it shows the same pictures as b in test/);
  const together = withTwinsTogether(index, leaks);
  assert.deepEqual(together.split.parts, { a: 'test', b: 'test', c: 'train' });
  assert.match(together.problems[0].reason, /same pictures as b of another patient: both patients are kept in test/);
  assert.deepEqual(leaksOf({ ...index, split: together.split }, quality.nearDuplicates), []);
  // Where one of the two has more items, the other follows it.
  const more = { ...index, items: [...items, clip('a', 1), clip('a', 1)] };
  assert.deepEqual(withTwinsTogether(more, leaks).split.parts, { a: 'train', b: 'train', c: 'train' });
});

test('another spacing, rate or colour is named; colour tasks refuse grey data', () => {
  const usual = Array.from({ length: 5 }, (_, i) => clip(`u${i}`, 9, { spacingMm: [0, 0.5, 0.5] }));
  const odd = clip('odd', 9, { spacingMm: [0, 1.5, 1.5], frameRateHz: 60, channels: 3 });
  const found = inconsistencies([...usual, odd]);
  assert.deepEqual(
    found.map(({ what, items }) => [what, items]),
    [
      ['spacing', ['odd']],
      ['frame rate', ['odd']],
      ['channels', ['odd']],
    ],
  );
  assert.deepEqual(inconsistencies(usual), []);
  assert.throws(() => requireColour([...usual, odd], 'colourisation'), {
    code: 'data/unsuitable',
    message: /5 of 6 items are grey/,
  });
  requireColour([odd], 'colourisation');
});
