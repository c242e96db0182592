import assert from 'node:assert/strict';
import test from 'node:test';
import { madeUp } from '../../test/made-up-features.ts';
import { SondeError } from '../base/errors.ts';
import { againstBaseline } from './measure.ts';
import { linear } from './protocols/linear.ts';
import { lowShot } from './protocols/low-shot.ts';
import { combineSeeds, compareSeeds } from './seeds.ts';

const quick = { resamples: 300, l2: [0.1] };

function seeded(signal: number, seed: number) {
  return linear.run(
    {
      ...madeUp({ signal, seed: `s${seed}`, patients: 60 }).input,
      encoder: { name: `run ${seed}`, role: 'pretrained' },
    },
    quick,
  );
}

test('the mean over seeds has wider intervals than patients alone, and names its runs', async () => {
  const results = await Promise.all([0, 1, 3].map((signal, seed) => seeded(signal, seed)));
  const combined = combineSeeds(results, 'rotation, 3 seeds');
  const values = results.map(({ taps }) => taps[0].score.value);
  const [tap] = combined.taps;
  assert.ok(Math.abs(tap.score.value - values.reduce((a, b) => a + b) / 3) < 1e-12);
  assert.deepEqual(tap.seeds, values);
  assert.deepEqual(combined.encoder.seeds, ['run 0', 'run 1', 'run 2']);
  assert.equal(combined.interval.method, 'bootstrap over seeds and patients');
  const width = tap.score.high - tap.score.low;
  const alike = combineSeeds([results[1], results[1], results[1]], 'one seed').taps[0].score;
  assert.ok(width > alike.high - alike.low, 'seeds that differ widen the interval');
  for (const name of ['balancedAccuracy', 'auroc', 'ece']) {
    const mean = results.reduce((sum, { taps }) => sum + taps[0].measures[name].value, 0) / 3;
    assert.ok(Math.abs(tap.measures[name].value - mean) < 1e-12, name);
  }
  const answered = tap.confusion!.flat().reduce((a, b) => a + b);
  assert.equal(answered, 3 * results[0].counts.test.items);
});

test('curves are averaged point by point', async () => {
  const results = await Promise.all(
    [1, 2].map((seed) =>
      lowShot.run(madeUp({ signal: 1, seed: `s${seed}` }).input, { ...quick, costs: [1], k: [1, 4] }),
    ),
  );
  const { curve, items } = combineSeeds(results, 'two').taps[0];
  curve!.points.forEach((point, i) => {
    const mean = results.reduce((sum, { taps }) => sum + taps[0].curve!.points[i].score.value, 0) / 2;
    assert.ok(Math.abs(point.score.value - mean) < 1e-12);
    assert.equal(point.repeats.length, 10);
    assert.ok(point.score.low <= mean && mean <= point.score.high);
  });
  assert.equal(items![0].along!.length, 2);
});

test('a comparison over seeds is of pairs; one result stays as it is', async () => {
  const strong = await Promise.all([0, 1, 2].map((seed) => seeded(3, seed)));
  const weak = await Promise.all([0, 1, 2].map((seed) => seeded(0, seed)));
  const { taps, test: words } = againstBaseline(strong, weak, { encoder: 'strong', against: 'weak' });
  assert.ok(taps[0].difference.low > 0 && taps[0].p < 0.05);
  assert.match(words, /seeds and patients/);
  assert.deepEqual(compareSeeds(strong, strong)[0].difference, { value: 0, low: 0, high: 0 });
  assert.equal(combineSeeds([strong[0]], 'x'), strong[0]);
  assert.throws(() => compareSeeds(strong, weak.slice(1)), SondeError);
  const other = { ...strong[1], taps: strong[1].taps.map((tap) => ({ ...tap, items: tap.items!.slice(1) })) };
  assert.throws(() => combineSeeds([strong[0], other], 'x'), /not measured on the same test items/);
});
