import assert from 'node:assert/strict';
import test from 'node:test';
import { gradients } from '../../graph/gradient.ts';
import { placeholder } from '../../graph/tensor.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { softDice } from './soft-dice.ts';

const shape = [1, 2, 4];
const targets = [1, 1, 0, 0, 0, 0, 1, 0];
const p = placeholder('p', 'float32', shape);
const t = placeholder('t', 'float32', shape);

async function lossOf(probabilities: readonly number[]): Promise<number> {
  const feeds = new Map([
    [p, float32(shape, probabilities)],
    [t, float32(shape, targets)],
  ]);
  const [loss] = await evaluate([softDice(p, t)], feeds, processor);
  return Number(loss.data[0]);
}

test('soft Dice: closed form, and unlabelled places count for nothing', async () => {
  // The last place has no label.
  const value = await lossOf([0.9, 0.8, 0.3, 0.5, 0.1, 0.2, 0.7, 0.5]);
  assert.ok(Math.abs(value - (1 - (2 * 0.7 + 1) / (0.1 + 0.2 + 0.7 + 1 + 1))) < 1e-6);
  assert.ok(Math.abs((await lossOf([1, 1, 0, 0, 0, 0, 1, 1])) - 0) < 1e-6);
});

test('the gradient of soft Dice is what finite differences say', async () => {
  const at = [0.9, 0.8, 0.3, 0.5, 0.1, 0.2, 0.7, 0.5];
  const feeds = new Map([
    [p, float32(shape, at)],
    [t, float32(shape, targets)],
  ]);
  const [gradient] = await evaluate(gradients(softDice(p, t), [p]), feeds, processor);
  for (const i of [4, 6, 7]) {
    const moved = (by: number) => at.map((value, k) => (k === i ? value + by : value));
    const slope = ((await lossOf(moved(0.02))) - (await lossOf(moved(-0.02)))) / 0.04;
    assert.ok(Math.abs(Number(gradient.data[i]) - slope) < 1e-3, `${i}: ${gradient.data[i]} for ${slope}`);
  }
});
