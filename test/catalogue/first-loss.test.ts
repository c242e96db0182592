/**
 * What is lost before the first step where no number of classes says it: with everything but the trunk at zero the
 * output is known, and so is what it loses.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { methods } from '../../src/pretext/index.ts';
import type { BatchArrays } from '../../src/training/sampling/batch.ts';
import { pictureStore } from './pictures.ts';
import { batchOf, firstLoss, type Trial, trial } from './run-method.ts';

/** Mean squared distance from grey, which is what an output of zeros gives through a sigmoid. */
function fromGrey(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / values.length;
}

/** The loss in closed form, of the batch and the options. */
const closedForms: Readonly<Record<string, (batch: BatchArrays, given: Trial) => number>> = {
  // All vectors are the same, so that every triplet costs the margin.
  'exemplar-triplet': (_, { context }) => (context.options as { margin: number }).margin,
  // The frames read and the frames to come.
  'lstm-video': ({ clip }, { context }) => {
    const { past } = context.options as { past: number };
    const [, channels, frames, ...side] = clip.shape;
    const length = side[0] * side[1];
    const [seen, coming]: number[][] = [[], []];
    clip.data.forEach((value, i) => {
      assert.equal(channels, 1);
      (Math.floor(i / length) % frames < past ? seen : coming).push(Number(value));
    });
    return fromGrey(seen) + fromGrey(coming);
  },
  // Filmed or generated, asked by both networks, and half of the mask at its price.
  'scene-dynamics': (_, { context }) => 2 * Math.log(2) + 0.5 * (context.options as { sparsity: number }).sparsity,
  'models-genesis': ({ original }) => fromGrey(Array.from(original.data, Number)),
};

test('every method whose guess has no loss of its own has a closed form', () => {
  const asked = methods.filter(({ chance, options, presets }) => {
    return chance(options.parse({ ...presets.tiny.options })).loss === undefined;
  });
  assert.deepEqual(asked.map(({ card }) => card.id).sort(), Object.keys(closedForms).sort());
});

for (const method of methods.filter(({ card }) => card.id in closedForms)) {
  test(`${method.card.id}: with heads of zeros it loses what the closed form says`, async () => {
    const given = trial(method, pictureStore(method.card.inputs[0], 8));
    const batch = batchOf(given, 8, 0);
    const expected = closedForms[method.card.id](batch, given);
    const found = await firstLoss(given, batch, { seed: 0, training: true, zeroHeads: true });
    assert.ok(Math.abs(found - expected) < 1e-4 * Math.max(1, expected), `${found}, not ${expected}`);
  });
}
