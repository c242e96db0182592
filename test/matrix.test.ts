/** Any method takes any trunk that fits its input; of the others it says why not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { SondeError } from '../src/base/errors.ts';
import { inputShape } from '../src/data/transform/presentation.ts';
import { trunks } from '../src/nn/trunks/index.ts';
import { methods } from '../src/pretext/index.ts';
import type { PretextMethod } from '../src/pretext/method.ts';
import { configureRun } from '../src/training/configuration.ts';
import { encoderProgram, keptNetworks } from '../src/training/model.ts';
import { pictureStore } from './catalogue/pictures.ts';
import { trial } from './catalogue/run-method.ts';

/** Why a method cannot be trained and measured on each trunk; absent where it can. */
function refusalsOf(method: PretextMethod): Map<string, string> {
  const store = pictureStore(method.card.inputs[0], 8, method.card.needs === 'colour' ? 3 : 1);
  const { context } = trial(method, store);
  const refusals = new Map<string, string>();
  for (const { id } of trunks) {
    const configuration = configureRun({ method: method.card.id, trunk: id });
    const { trunk, trunkOptions } = configuration;
    try {
      keptNetworks({ ...configuration, context, batchSize: 2 });
      encoderProgram(trunk, trunkOptions, [1, ...inputShape(method.presentation(context), trunk.rank)]);
    } catch (error) {
      assert.ok(error instanceof SondeError, `${id}: ${error}`);
      refusals.set(id, error.message);
    }
  }
  return refusals;
}

/** What a refusal may say: each names the trunk or the lengths, and what to choose instead. */
const sentences = [
  /feeds [23]-D pictures[\s\S]*which takes [23]-D input[\s\S]*--trunk/,
  /cannot be trained on the trunk [\s\S]*\(found [\s\S]*--trunk/,
  /does not divide into patches of [\s\S]*--set-trunk/,
  /two halves[\s\S]*--trunk/,
];

const rankOf = new Map(trunks.map(({ id, rank }) => [id, rank]));

for (const method of methods) {
  const { id } = method.card;
  const refusals = refusalsOf(method);

  test(`${id}: on every trunk it is built or refused with a sentence, and built on its own`, () => {
    for (const [trunk, message] of refusals) {
      assert.ok(
        sentences.some((sentence) => sentence.test(message)),
        `${trunk}: ${message}`,
      );
    }
    const own = method.presets.tiny.trunk.id;
    assert.ok(!refusals.has(own), refusals.get(own));
    const ranks = new Set([...rankOf].filter(([trunk]) => !refusals.has(trunk)).map(([, rank]) => rank));
    assert.equal(ranks.size, 1, 'a method feeds pictures or volumes, not both');
  });

  if (refusals.has('caffenet')) continue;
  test(`${id}: every network of pictures will do that has one half and divides its input`, () => {
    const flat = [...refusals.keys()].filter((trunk) => rankOf.get(trunk) === 2 && trunk !== 'split-brain');
    // Puzzles of the tiny preset are 78 pixels wide, which patches of 4 do not divide.
    assert.deepEqual(flat, id === 'jigsaw' ? ['vit'] : []);
  });
}
