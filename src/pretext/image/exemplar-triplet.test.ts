import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { batchOf, train, trial } from '../../../test/catalogue/run-method.ts';
import { Random } from '../../base/random.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import { State } from '../../runtime/state.ts';
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

test('views stay within the frame, in the areas and proportions that are allowed, and differ', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { views, factors } = sampled({ smallestArea: 0.3, largestArea: 0.6 }, seed);
    factors.height.forEach((height, i) => {
      const width = factors.width[i];
      assert.ok((height * width) / 48 ** 2 >= 0.3 - 1e-9 && (height * width) / 48 ** 2 <= 0.6);
      assert.ok(width / height >= 3 / 4 - 1e-9 && width / height <= 4 / 3 + 1e-9);
      assert.ok(factors.y[i] - height / 2 >= -1e-9 && factors.y[i] + height / 2 <= 48 + 1e-9);
      assert.ok(factors.x[i] - width / 2 >= -1e-9 && factors.x[i] + width / 2 <= 48 + 1e-9);
    });
    assert.equal(new Set(views.map((values) => values.join())).size, 4);
  }
});

test('two thirds of colour views are shown in grey, and grey data are not asked', () => {
  const coloured = pictureStore('clip', 2, 3);
  const context = { options: exemplarTriplet.options.parse({ crops: 60 }), prepared: undefined, channels: 3 as const };
  const { inputs, factors } = exemplarTriplet.sample(sampleView(coloured, 0, [0, 1]), new Random(1), context);
  const data = inputs.views.data as Float32Array;
  const grey = factors.grey as number[];
  grey.forEach((isGrey, i) => {
    const [red, green] = [0, 1].map((c) => data.slice((3 * i + c) * 1024, (3 * i + c + 1) * 1024).join());
    assert.equal(red === green, isGrey === 1);
  });
  const count = grey.reduce((sum, value) => sum + value, 0);
  assert.ok(count > 28 && count < 50, `${count} of 60`);
  assert.ok(sampled({}, 1).factors.grey.every((value) => value === 0));
});

test('the released recipe: eight views, a thousand numbers, a margin of a half, areas from a twentieth', () => {
  const paper = exemplarTriplet.options.parse(exemplarTriplet.presets.paper.options) as Record<string, unknown>;
  const expected = {
    patch: 224,
    crops: 8,
    embedding: 1000,
    margin: 0.5,
    grey: 0.66,
    smallestArea: 0.05,
    largestArea: 1,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(paper[name], value, name);
  assert.equal(paper.aspect, 4 / 3);
});

test('vectors have length 1 one by one, and when all are the same the loss is the margin and distances are 0', async () => {
  const given = trial(exemplarTriplet, store);
  const batch = batchOf(given, 4, 0);
  const model = given.model(4);
  const state = new State(model.initialState(new Random(0).split('initial')));
  const outputs = { ...model.evaluation.outputs };
  const ask = async () => {
    const program = await compile({ ...model.evaluation, outputs }, state, processor, { threads: 1 });
    const run = await program.run(batch);
    await program.dispose();
    return Object.fromEntries(Object.entries(run).map(([name, { data }]) => [name, Array.from(data, Number)]));
  };
  const { embedding, ...before } = await ask();
  const width = embedding.length / 16;
  for (let i = 0; i < 16; i++) {
    const row = embedding.slice(i * width, (i + 1) * width);
    assert.ok(Math.abs(row.reduce((sum, value) => sum + value * value, 0) - 1) < 1e-4);
  }
  assert.ok(before['measure:otherDistance'][0] > 0);
  for (const name of model.parameters) if (!name.startsWith('trunk.')) (state.get(name).data as Float32Array).fill(0);
  const after = await ask();
  assert.ok(Math.abs(after['loss:triplets'][0] - 0.5) < 1e-6);
  assert.deepEqual([after['measure:sameDistance'][0], after['measure:otherDistance'][0]], [0, 0]);
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
  assert.equal(rows[0][0].outlines?.[2].width, factors.width[2]);
});
