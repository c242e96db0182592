import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { batchOf, train, trial } from '../../../test/catalogue/run-method.ts';
import { Random } from '../../base/random.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { exemplarTriplet } from './exemplar-triplet.ts';

const store = pictureStore('clip', 8);
const view = (item: number) => sampleView(store, item, [0, 1, 2, 3, 4, 5, 6, 7]);

function sampled(given: Record<string, unknown>, seed: number) {
  const context = { options: exemplarTriplet.options.parse(given), prepared: undefined, channels: 1 as const };
  const { inputs, factors } = exemplarTriplet.sample(view(seed % 8), new Random(seed), context);
  const data = inputs.views.data as Float32Array;
  const views = Array.from({ length: 4 }, (_, i) => data.slice(i * 1024, (i + 1) * 1024));
  return { views, inputs, context, factors: factors as Record<string, number> & Record<string, number[]> };
}

test('views stay within the frame, in the sizes that are allowed, and differ', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { views, factors } = sampled({ largestCrop: 0.8 }, seed);
    factors.sides.forEach((side, i) => {
      assert.ok(side >= 24 && side <= 0.8 * 48);
      for (const centre of [factors.centreRows[i], factors.centreColumns[i]]) {
        assert.ok(centre - side / 2 >= -1e-9 && centre + side / 2 <= 48 + 1e-9);
      }
    });
    assert.equal(new Set(views.map((values) => values.join())).size, 4);
  }
});

test('views are of one frame, or each of its own', () => {
  assert.equal(new Set(sampled({}, 2).factors.frames).size, 1);
  const frames = Array.from({ length: 10 }, (_, seed) => new Set(sampled({ sameFrame: false }, seed).factors.frames));
  assert.ok(frames.every(({ size }) => size > 1));
});

test('the loss of one batch falls below a fifth of the margin, so vectors have not become the same', async () => {
  const given = trial(exemplarTriplet, store);
  const outcomes = await train(given, batchOf(given, 8, 0), {
    seed: 0,
    steps: 60,
    until: ({ loss }) => loss < 0.1,
  });
  assert.ok(outcomes[outcomes.length - 1].loss < 0.1, `${outcomes[outcomes.length - 1].loss}`);
});

test('a drawing outlines the views on the frame that they were taken from', () => {
  const { inputs, factors, context } = sampled({}, 1);
  const { rows } = exemplarTriplet.draw({ inputs, factors }, context, { view: view(1) });
  assert.deepEqual(
    rows[0].map(({ outlines }) => outlines?.map(({ text }) => text)),
    [
      ['1', '2', '3', '4'],
      ['1', '2', '3', '4'],
    ],
  );
  assert.equal(rows[0][0].outlines?.[2].width, factors.sides[2]);
});
