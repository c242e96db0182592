import assert from 'node:assert/strict';
import test from 'node:test';
import { anomalyNames, createPhantom, parsePhantom, segmentNames, viewNames } from './index.ts';

const small = { patients: 2, frames: 10, size: 48, seed: 7 };

test('the same options give the same bytes; another seed gives others', () => {
  const [a, b, c] = [createPhantom(small), createPhantom(small), createPhantom({ ...small, seed: 8 })];
  assert.deepEqual(a.items, b.items);
  assert.deepEqual(a.render(3).data, b.render(3).data);
  assert.notDeepEqual(a.render(3).data, c.render(3).data);
});

test('frames read alone equal frames read together, in any order', async () => {
  const phantom = createPhantom({ ...small, overlays: ['text', 'ticks', 'bar', 'ecg', 'focus'] });
  const whole = phantom.render(0).data;
  const other = createPhantom({ ...small, overlays: ['text', 'ticks', 'bar', 'ecg', 'focus'] });
  for (const item of [7, 6, 5, 4, 3, 2, 1]) other.render(item, { start: 9 - item, count: 1 });
  const part = await other.read(other.items[0]!, { start: 5, count: 5 });
  assert.deepEqual(part.shape, [5, 48, 48, 1]);
  assert.deepEqual(part.data, whole.slice(5 * 48 * 48));
  const strided = other.render(0, { start: 1, count: 3, stride: 4 }).data;
  for (const k of [0, 1, 2]) {
    const from = (1 + 4 * k) * 48 * 48;
    assert.deepEqual(strided.slice(k * 48 * 48, (k + 1) * 48 * 48), whole.slice(from, from + 48 * 48));
  }
});

test('a phantom with more frames begins with the same frames', () => {
  const [short, long] = [createPhantom(small), createPhantom({ ...small, frames: 14 })];
  assert.deepEqual(short.render(2).data, long.render(2, { count: 10 }).data);
});

test('labels are complete, in range and equal to the truth', () => {
  const phantom = createPhantom({ patients: 40, anomalies: 1, frames: 12, size: 32 });
  assert.equal(phantom.items.length, 160);
  assert.equal(new Set(phantom.items.map(({ id }) => id)).size, 160);
  for (const { labels, frameLabels, patient } of phantom.items) {
    assert.match(patient, /^patient-\d{3}$/);
    assert.ok((viewNames as readonly string[]).includes(String(labels.view)));
    assert.ok((anomalyNames as readonly string[]).includes(String(labels.anomaly)) && labels.anomaly !== 'none');
    assert.ok(Number(labels.ejectionFraction) >= 20 && Number(labels.ejectionFraction) <= 75);
    assert.ok(Number(labels.heartRate) >= 45 && Number(labels.heartRate) <= 120);
    assert.ok(Number(labels.frequencyMhz) >= 1.7 && Number(labels.frequencyMhz) <= 3.5);
    assert.equal(labels.anomaly === 'akinetic-segment', segmentNames.includes(String(labels.segment)));
    assert.ok(frameLabels!.phase!.every((phase) => phase >= 0 && phase <= 1));
    const [low, high] = [Number(labels.endSystolicVolumeMl), Number(labels.endDiastolicVolumeMl)];
    assert.ok(frameLabels!.volume!.every((volume) => volume >= low - 0.02 && volume <= high + 0.02));
  }
  assert.equal(new Set(phantom.items.map(({ labels }) => labels.anomaly)).size, 5);
});

test('faults are what their names say, whatever is read first', () => {
  const options = {
    patients: 8,
    frames: 8,
    size: 32,
    faults: ['freeze', 'gain-drift', 'recompression', 'duplicate', 'cut'],
  };
  const [phantom, backwards] = [0, 1].map(() => createPhantom(options as Parameters<typeof createPhantom>[0])) as [
    ReturnType<typeof createPhantom>,
    ReturnType<typeof createPhantom>,
  ];
  // Every clip with a fault and some without: drawing is what costs.
  const [faulty, clean] = [true, false].map((fault) =>
    phantom.items.flatMap(({ labels }, item) => ((labels.fault !== 'none') === fault ? [item] : [])),
  ) as [number[], number[]];
  const chosen = [...faulty, ...clean.slice(0, 8)].sort((a, b) => a - b);
  const other = new Map(chosen.toReversed().map((item) => [item, backwards.render(item).data]));
  const met = new Set<string>();
  chosen.forEach((item) => {
    const { labels, frameLabels } = phantom.items[item]!;
    const { data } = phantom.render(item);
    assert.deepEqual(data, other.get(item));
    met.add(String(labels.fault));
    const frame = (index: number) => data.slice(index * 1024, (index + 1) * 1024);
    const phase = frameLabels!.phase!;
    if (labels.fault === 'duplicate') {
      const original = phantom.items.findIndex(({ id }) => id === labels.duplicateOf);
      assert.deepEqual(data, phantom.render(original).data);
    }
    const still = phase.findIndex((value, index) => index > 0 && value === phase[index - 1]);
    assert.equal(still > 0, labels.fault === 'freeze' || (labels.fault === 'duplicate' && still > 0));
    if (still > 0) assert.deepEqual(frame(still), frame(still - 1));
  });
  assert.deepEqual([...met].sort(), ['cut', 'duplicate', 'freeze', 'gain-drift', 'none', 'recompression']);
});

/** Cramér's V of two labels. */
function association(pairs: readonly (readonly [string, string])[]): number {
  const [rows, columns] = [0, 1].map((side) => [...new Set(pairs.map((pair) => pair[side]!))]) as [string[], string[]];
  let chiSquare = 0;
  for (const row of rows) {
    for (const column of columns) {
      const seen = pairs.filter(([a, b]) => a === row && b === column).length;
      const expected =
        (pairs.filter(([a]) => a === row).length * pairs.filter(([, b]) => b === column).length) / pairs.length;
      chiSquare += (seen - expected) ** 2 / expected;
    }
  }
  return Math.sqrt(chiSquare / pairs.length / Math.max(1, Math.min(rows.length, columns.length) - 1));
}

test('factors are independent unless a shortcut is planted, and then are found at its strength', () => {
  const high = (value: unknown, threshold: number) => (Number(value) > threshold ? 'high' : 'low');
  const pairsOf = (phantom: ReturnType<typeof createPhantom>, names: readonly [string, string]) =>
    phantom.items.map(({ labels }) => {
      const said: Record<string, string> = {
        site: String(labels.site),
        sick: labels.anomaly === 'none' ? 'no' : 'yes',
        gain: high(labels.gain, 0),
        ejectionFraction: high(labels.ejectionFraction, 47.5),
        heartRate: high(labels.heartRate, 82.5),
        ecg: String(labels.overlays).includes('ecg') ? 'yes' : 'no',
        evenView: String(viewNames.indexOf(labels.view as 'apical-four-chamber') % 2),
      };
      return [said[names[0]]!, said[names[1]]!] as const;
    });
  const size = { patients: 200, frames: 1, size: 32 };
  const free = createPhantom(size);
  for (const names of [
    ['site', 'sick'],
    ['gain', 'ejectionFraction'],
    ['heartRate', 'ejectionFraction'],
    ['site', 'evenView'],
    ['gain', 'sick'],
  ] as const) {
    assert.ok(association(pairsOf(free, names)) < 0.12, `${names.join(' and ')} are not independent`);
  }
  const planted = { ...size, shortcutStrength: 0.8 };
  for (const [shortcut, names] of [
    ['site:anomaly', ['site', 'sick']],
    ['gain:ejectionFraction', ['gain', 'ejectionFraction']],
    ['ecg:view', ['ecg', 'evenView']],
  ] as const) {
    const found = association(pairsOf(createPhantom({ ...planted, shortcut }), names));
    assert.ok(Math.abs(found - 0.8) < 0.08, `${shortcut}: association ${found}, planted 0.8`);
  }
});

test('the name of a phantom is read, and mistakes are told with the legal values', () => {
  assert.deepEqual(parsePhantom('phantom'), createPhantom().options);
  const parsed = parsePhantom(
    'phantom:patients=3,views=apical-four-chamber,parasternal-short-axis,frames=16,overlays=text+ecg',
  );
  assert.deepEqual(parsed.views, ['apical-four-chamber', 'parasternal-short-axis']);
  assert.deepEqual(parsed.overlays, ['text', 'ecg']);
  assert.equal(parsed.frames, 16);
  assert.equal(parsePhantom('phantom:anomalies=true').anomalies, 0.5);
  for (const [text, pattern] of [
    ['phantom:patient=3', /no option 'patient'.*patients/],
    ['phantom:patients=none', /'patients'/],
    ['phantom:views=subcostal', /'views'.*apical-four-chamber/],
    ['phantom:shortcut=nose:view', /'shortcut'.*CUE:LABEL/],
    ['phantom:48', /no value/],
    ['phantoms', /does not name a phantom/],
  ] as const) {
    assert.throws(
      () => parsePhantom(text),
      (error: Error & { code?: string }) => error.code === 'usage' && pattern.test(error.message),
      text,
    );
  }
});

test('compressed clips lose detail, key frames least, and every frame says its place in the group', () => {
  const options = { patients: 2, frames: 8, size: 48, views: ['apical-four-chamber' as const] };
  const [plain, packed] = [createPhantom(options), createPhantom({ ...options, compression: 4, keyFrames: 4 })];
  const error = (item: number, frame: number) => {
    const window = { start: frame, count: 1 };
    const [a, b] = [plain.render(item, window).data, packed.render(item, window).data];
    return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
  };
  packed.items.forEach(({ frameLabels }, item) => {
    const places = frameLabels!.groupPlace!;
    assert.ok(places.every((place, t) => place === (places[0]! + t) % 4));
    const errors = [0, 1, 2, 3].map((place) => error(item, places.indexOf(place)));
    assert.ok(errors[0]! < errors[1]! && errors[1]! < errors[3]!, `${errors}`);
  });
  assert.equal(plain.items[0]!.frameLabels!.groupPlace, undefined);
  // Cropped after compression: a block of one grey begins at row and column 3.
  const cropped = createPhantom({ ...options, compression: 20, blockCorner: 3 }).render(0, { start: 0, count: 1 }).data;
  const [row, column] = [3, 3].map((corner) => corner + 8 * 2);
  const block = new Set(Array.from({ length: 64 }, (_, i) => cropped[(row! + (i >> 3)) * 48 + column! + (i & 7)]));
  assert.ok(block.size < 20, `${block.size} greys in a block`);
});
