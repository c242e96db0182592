import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { dropColours, projectColours } from './colour-dropping.ts';

const shape = [1, 20, 20, 3] as const;
const picture = { data: new Random(1).fillUniform(new Float32Array(1200)), shape };
const channel = (data: Float32Array, c: number) => data.filter((_, i) => i % 3 === c);

test('one channel stays, less its mean, and the others become noise that knows nothing of the picture', () => {
  const kept = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const { pixels, kept: stays } = dropColours(picture, new Random(seed));
    kept.add(stays);
    const before = channel(picture.data, stays);
    const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
    channel(pixels.data, stays).forEach((value, i) => {
      assert.ok(Math.abs(value - (before[i] - mean)) < 1e-6);
    });
    for (const other of [0, 1, 2].filter((c) => c !== stays)) {
      const noise = channel(pixels.data, other);
      assert.ok(noise.every((value) => Math.abs(value) <= 0.5));
      const product = noise.reduce((sum, value, i) => sum + value * (channel(picture.data, other)[i] - 0.5), 0);
      assert.ok(Math.abs(product / noise.length) < 0.02, `${product}`);
    }
  }
  assert.deepEqual([...kept].sort(), [0, 1, 2]);
});

test('projected colours have nothing on the green and magenta axis, and projecting again changes nothing', () => {
  const once = projectColours(picture);
  for (let i = 0; i < once.data.length; i += 3) {
    assert.ok(Math.abs(-once.data[i] + 2 * once.data[i + 1] - once.data[i + 2]) < 1e-6);
  }
  projectColours(once).data.forEach((value, i) => {
    assert.ok(Math.abs(value - once.data[i]) < 1e-6);
  });
  const grey = { data: Float32Array.from([0.3, 0.3, 0.3]), shape: [1, 1, 1, 3] as const };
  assert.deepEqual(projectColours(grey).data, grey.data);
});
