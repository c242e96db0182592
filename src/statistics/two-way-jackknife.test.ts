import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { twoWayJackknife } from './two-way-jackknife.ts';

const clusters = Array.from({ length: 40 }, (_, row) => `patient ${row >> 1}`);

/** Mean over seeds and rows of effect + what the seed adds + what the patient adds. */
function drawn(random: Random, effect: number) {
  const ofSeed = Array.from({ length: 6 }, () => random.normal(0, 1));
  const ofPatient = Array.from({ length: 20 }, () => random.normal(0, 1));
  return (seeds: readonly number[], rows: readonly number[]) => {
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return [effect + mean(seeds.map((seed) => ofSeed[seed])) + mean(rows.map((row) => ofPatient[row >> 1]))];
  };
}

test('the interval of a mean over seeds and patients covers its truth as often as it says', () => {
  const random = new Random('jackknife');
  const [times, effect] = [400, 0.7];
  let [covered, wrong] = [0, 0];
  for (let i = 0; i < times; i++) {
    const [{ difference }] = twoWayJackknife(6, clusters, drawn(random.split(i), effect), { groups: 20 });
    if (difference.low <= effect && effect <= difference.high) covered++;
    if (twoWayJackknife(6, clusters, drawn(random.split(i), 0))[0].p < 0.05) wrong++;
  }
  assert.ok(covered / times > 0.91 && covered / times < 0.99, `${covered} of ${times}`);
  assert.ok(wrong / times < 0.09, `${wrong} of ${times} false alarms`);
});

test('of a mean over seeds alone it is the interval of Student', () => {
  const values = [0.2, 0.5, 0.1, 0.4];
  const [{ difference, p }] = twoWayJackknife(4, clusters, (seeds) => [
    seeds.reduce((sum, seed) => sum + values[seed], 0) / seeds.length,
  ]);
  // scipy.stats.ttest_1samp([0.2, 0.5, 0.1, 0.4], 0)
  assert.ok(Math.abs(difference.low - 0.009483728) < 1e-8 && Math.abs(difference.high - 0.590516272) < 1e-8);
  assert.ok(Math.abs(p - 0.046205091) < 1e-8, `${p}`);
});

test('two seeds or one patient are too few', () => {
  assert.throws(() => twoWayJackknife(2, clusters, () => [1]), /three seeds/);
  assert.throws(() => twoWayJackknife(3, ['a', 'a'], () => [1]), /two clusters/);
});
