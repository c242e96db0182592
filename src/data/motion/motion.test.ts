import assert from 'node:assert/strict';
import test from 'node:test';
import { motionSeries, motionSpikes, windowWeights } from './motion-series.ts';
import { meanMagnitude, opticalFlow } from './optical-flow.ts';

const side = 64;

/** A smooth pattern moved right by `dx` and down by `dy` pixels. */
function pattern(dx: number, dy: number): Float32Array {
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - dx, Math.floor(i / side) - dy];
    return 0.5 + 0.2 * Math.sin(x / 3.1 + y / 9) + 0.2 * Math.cos(y / 3.7 - x / 11);
  });
}

function inside(values: Float32Array): number[] {
  const border = 10;
  return [...values].filter((_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return Math.min(x, y) >= border && Math.max(x, y) < side - border;
  });
}

for (const [dx, dy] of [
  [0.4, 0],
  [0, -0.7],
  [1.5, 1],
  [-3, 2.25],
]) {
  test(`the flow of a picture moved by (${dx}, ${dy}) is that movement at every pixel`, () => {
    const { u, v } = opticalFlow(pattern(0, 0), pattern(dx, dy), side, side);
    const worst = (values: Float32Array, moved: number) =>
      Math.max(...inside(values).map((value) => Math.abs(value - moved)));
    assert.ok(worst(u, dx) < 0.25, `across: off by up to ${worst(u, dx)}`);
    assert.ok(worst(v, dy) < 0.25, `down: off by up to ${worst(v, dy)}`);
  });
}

test('nothing moves in a still picture, nor where there is no texture', () => {
  assert.equal(meanMagnitude(opticalFlow(pattern(0, 0), pattern(0, 0), side, side)), 0);
  const flat = (value: number) => new Float32Array(side * side).fill(value);
  assert.equal(meanMagnitude(opticalFlow(flat(0.2), flat(0.6), side, side)), 0);
});

test('a series tells the frame that moves from the frames that stand still', () => {
  const frames = [0, 0, 1.5, 1.5].map((moved) => pattern(moved, 0));
  const data = new Float32Array(frames.flatMap((frame) => [...frame]));
  const motion = motionSeries({ data, shape: [4, side, side, 1] });
  assert.equal(motion.length, 4);
  assert.deepEqual([motion[0], motion[1], motion[3]], [0, 0, 0]);
  assert.ok(Math.abs(motion[2] - 1.5) < 0.15, `${motion[2]}`);
});

test('a jump is found, an even movement holds none', () => {
  const even = Array.from({ length: 40 }, (_, i) => 1 + 0.2 * Math.sin(i));
  assert.deepEqual(motionSpikes(even), []);
  assert.deepEqual(motionSpikes(even.with(17, 9)), [17]);
  assert.deepEqual(motionSpikes([0, 1, 1, 1, 1]), []);
  assert.deepEqual(motionSpikes([0]), []);
  const mostlyStill = [...new Array(30).fill(0), ...even.slice(0, 10)];
  assert.deepEqual(motionSpikes(mostlyStill), [], 'beginning to move is no jump');
});

test('windows weigh what moves within them; those that hold a jump weigh nothing', () => {
  assert.deepEqual(windowWeights([0, 1, 2, 1, 2], 3), [3, 3, 3]);
  const even = [0, 1, 1, 1, 1, 1, 1, 1];
  assert.deepEqual(windowWeights(even.with(4, 20), 3), [2, 2, 0, 0, 2, 2]);
  assert.deepEqual(windowWeights([0, 1], 3), []);
});
