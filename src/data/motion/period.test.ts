import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { motionPeriod } from './period.ts';

/** Movement of a beat: a strong peak, then a weaker one, as contraction and filling make them. */
function beats(period: number, frames: number, noise = 0): number[] {
  const random = new Random(3);
  const bump = (phase: number, at: number) => Math.exp(-(((phase - at) / 0.08) ** 2));
  return Array.from({ length: frames }, (_, frame) => {
    const phase = (frame % period) / period;
    return frame === 0 ? 0 : 0.2 + bump(phase, 0.2) + 0.6 * bump(phase, 0.6) + noise * random.normal();
  });
}

test('a beat is found whatever its length, also in noise, where three of them are seen', () => {
  for (const period of [9, 12, 17, 25, 33]) {
    assert.equal(motionPeriod(beats(period, 4 * period)), period);
    const noisy = motionPeriod(beats(period, 5 * period, 0.05));
    assert.ok(noisy !== undefined && Math.abs(noisy - period) <= 1, `${noisy} for ${period}`);
  }
});

test('no period where nothing moves, movement is even, it is noise, or too little is seen', () => {
  assert.equal(motionPeriod(new Array(60).fill(0)), undefined);
  assert.equal(motionPeriod([0, ...new Array(60).fill(1)]), undefined);
  const random = new Random(1);
  assert.equal(motionPeriod(Array.from({ length: 100 }, () => random.normal())), undefined);
  assert.equal(motionPeriod(beats(20, 45)), undefined);
  assert.equal(motionPeriod([]), undefined);
});
