/** That no method can know its answers but by looking: from the list, without knowing which one it is. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../src/base/random.ts';
import { methods } from '../../src/pretext/index.ts';
import { accuracyAfterShuffling, answerSources } from './answers.ts';
import { pictureStore } from './pictures.ts';
import { choicesOf, sampleOf, trial, viewOf } from './run-method.ts';

for (const method of methods) {
  const { card } = method;
  const store = pictureStore(card.inputs[0], 20, card.needs === 'colour' ? 3 : 1);

  test(`${card.id}: no way leads from the right answers to the network's`, (t) => {
    let asked = 0;
    for (const choice of [{}, ...choicesOf(method)]) {
      const sources = answerSources(trial(method, store, choice).model(2));
      if (sources === undefined) continue;
      asked++;
      assert.ok(sources.pictures.size > 0, 'it looks at something');
      const shared = [...sources.answers].filter((name) => sources.pictures.has(name));
      assert.deepEqual(shared, [], `${JSON.stringify(choice)}: inputs that hold answers and are shown`);
    }
    if (asked === 0) t.skip('it asks no multiple-choice question');
  });

  test(`${card.id}: trained on shuffled answers it guesses`, async (t) => {
    const given = trial(method, store);
    if (answerSources(given.model(2)) === undefined) return t.skip('it asks no multiple-choice question');
    const questions = 96;
    const accuracy = await accuracyAfterShuffling(given, { steps: 10, batchSize: 8, questions });
    if (accuracy === undefined) return t.skip('its answers are not drawn, so there is nothing to shuffle');
    const chance = method.chance(given.context.options).accuracy!;
    const spread = Math.sqrt((chance * (1 - chance)) / questions);
    assert.ok(Math.abs(accuracy - chance) < 4 * spread, `${accuracy} is not ${chance} ± ${4 * spread}`);
  });

  test(`${card.id}: a worker's copy of what was prepared draws the same bytes`, () => {
    const given = trial(method, store);
    const copy = { ...given, context: structuredClone(given.context) };
    for (const draw of [5, 2, 9]) assert.deepEqual(sampleOf(copy, draw, 1), sampleOf(given, draw, 1));
    // Another order, and draws in between, change nothing: a sample is its item and its stream.
    const random = new Random(1).split('sample', 4);
    method.sample(viewOf(given, 7), new Random(3), given.context);
    assert.deepEqual(method.sample(viewOf(given, 4), random, copy.context), sampleOf(given, 4, 1));
  });
}
