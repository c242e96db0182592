import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { bestOverlap, detectorIou } from './dissection.ts';

const side = 100;
const mask = Uint8Array.from({ length: side * side }, (_, i) => {
  const [y, x] = [Math.floor(i / side), i % side];
  if (y < 8 && x < 8) return 1;
  return y > 50 && y < 58 && x > 50 ? 2 : y === 99 ? 255 : 0;
});

test('a unit that fires on a structure is its detector, one that fires anywhere is none', () => {
  const random = new Random('units');
  const noise = Float32Array.from(mask, () => random.uniform());
  const detector = noise.map((value, i) => (mask[i] === 1 ? value + 1 : value));
  const found = bestOverlap(detector, mask, 3);
  assert.equal(found.structure, 1);
  // 0.5 % of 9 900 known places are 49 or 50, all of them among the structure's 64.
  assert.ok(Math.abs(found.iou - 49 / 64) < 0.03, String(found.iou));
  assert.ok(bestOverlap(noise, mask, 3).iou < detectorIou);
  const blind = noise.map((value, i) => (mask[i] === 255 ? value + 5 : value));
  assert.ok(bestOverlap(blind, mask, 3).iou < detectorIou, 'places nobody labelled do not count');
});
