/** What is asked of every method and every trunk in the lists, without knowing which one it is. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'node:test';
import { renewed } from '../scripts/method-page.ts';
import { sizeOf } from '../src/base/shape.ts';
import type { MediaKind } from '../src/data/media.ts';
import { presentationSchema } from '../src/data/transform/presentation.ts';
import { placeholder } from '../src/graph/tensor.ts';
import { ParameterStore } from '../src/nn/parameters.ts';
import { trunkById, trunks } from '../src/nn/trunks/index.ts';
import { methods } from '../src/pretext/index.ts';
import { answersAgree } from './catalogue/answers.ts';
import { pictureItem, pictureStore } from './catalogue/pictures.ts';
import {
  answerCounts,
  batchOf,
  chanceOfCounts,
  choicesOf,
  firstLoss,
  sampleOf,
  type Trial,
  train,
  trial,
  viewOf,
} from './catalogue/run-method.ts';

const root = join(import.meta.dirname, '..');
const kinds: readonly MediaKind[] = ['image', 'clip', 'volume', 'signal'];

test('methods and trunks have names and colours of their own', () => {
  const distinct = (values: readonly string[]) => assert.equal(new Set(values).size, values.length, values.join(', '));
  distinct(methods.map(({ card }) => card.id));
  distinct(methods.map(({ card }) => card.title));
  distinct(methods.map(({ card }) => card.colour.toLowerCase()));
  distinct(trunks.map(({ id }) => id));
});

/**
 * Methods whose answer is one linear step away from what the statistics of the batch have just brought to deviation 1: at
 * the first training step, logits of few examples spread more than those of a hidden layer do, or than running statistics
 * give. Held out they guess like all others.
 */
const answersFromNormalised: Readonly<Record<string, string>> = {
  rotation: 'pooled features of a normalised map, through one linear layer',
  'rotation-3d': 'the same, through two linear layers without a rectifier between',
  'volume-rotation': 'the same as rotation',
};

/** What a method says of guessing the named answers. */
function guessed({ method, context }: Trial) {
  const { accuracy, shares, loss, answerLoss = loss } = method.chance(context.options);
  return { accuracy, shares, answerLoss };
}

const files = readdirSync(join(root, 'src/pretext'), { recursive: true, encoding: 'utf8' });

for (const method of methods) {
  const { card } = method;
  const defaults = method.options.parse({ ...method.presets.tiny.options }) as Record<string, unknown>;
  const channels = card.needs === 'colour' ? 3 : 1;
  const store = pictureStore(card.inputs[0], 20, channels);
  const trials = new Map<string, Trial>();
  /** Prepared once for each choice of options. */
  const trialOf = (choice: Record<string, unknown> = {}): Trial => {
    const key = JSON.stringify(choice);
    const known = trials.get(key) ?? trial(method, store, choice);
    trials.set(key, known);
    return known;
  };
  const sentence = (text: string) => assert.match(text, /^[A-Z].*[.?]$/s, text);

  test(`${card.id}: its card is complete`, () => {
    assert.match(card.id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.match(card.colour, /^#[0-9A-F]{6}$/i);
    for (const text of [card.idea, card.question, card.expectations]) sentence(text);
    const { url, year, authors, title, venue } = card.paper;
    const { protocol, hostname, pathname } = new URL(url);
    assert.equal(protocol, 'https:');
    assert.ok(
      ['arxiv.org', 'doi.org', 'openreview.net', 'openaccess.thecvf.com', 'proceedings.mlr.press'].includes(hostname),
      url,
    );
    if (hostname === 'arxiv.org') assert.match(pathname, /^\/abs\/\d{4}\.\d{4,5}$/);
    assert.ok(year > 1980 && authors.length > 0 && title.length > 0 && venue.length > 0);
    assert.ok(card.inputs.length > 0 && card.inputs.every((kind) => kinds.includes(kind)));
  });

  test(`${card.id}: every shortcut can be let in and kept out`, () => {
    for (const { title, why, counter } of card.shortcuts) {
      sentence(why);
      assert.ok(title.length > 0);
      if (counter === undefined) continue;
      assert.ok(counter.option in defaults, `${counter.option} is no option`);
      for (const value of [counter.guarded, counter.open]) {
        assert.ok(method.options.safeParse({ [counter.option]: value }).success, `${counter.option}=${value}`);
      }
    }
  });

  test(`${card.id}: its file has a test beside it and a page`, () => {
    const file = files.find((path) => [`${card.id}.ts`, join(card.id, 'index.ts')].some((end) => path.endsWith(end)));
    assert.ok(file !== undefined, `src/pretext has no file for ${card.id}`);
    const beside = join(root, 'src/pretext', file.replace(/\.ts$/, '.test.ts'));
    assert.ok(existsSync(beside), `${beside} is missing`);
    const source = readFileSync(join(root, 'src/pretext', file), 'utf8');
    assert.match(source, /^\/\*\*\n \* .+\n/, `${basename(file)} begins by saying what it is`);
    assert.match(source, new RegExp(String(card.paper.year)));
    const page = join(root, `docs/methods/${card.id}.md`);
    assert.ok(existsSync(page), `docs/methods/${card.id}.md is missing`);
    const text = readFileSync(page, 'utf8');
    assert.equal(text, renewed(text, method), 'the page has drifted from the card: npm run docs');
    assert.ok(
      existsSync(join(root, `docs/figures/${card.id}.svg`)),
      `docs/figures/${card.id}.svg: npm run docs draws it`,
    );
    assert.match(text, new RegExp(`^# ${card.title.replace(/[()]/g, '\\$&')}\n`));
  });

  test(`${card.id}: presets are complete and every option is explained`, () => {
    for (const { options, trunk } of Object.values(method.presets)) {
      assert.ok(method.options.safeParse(options).success);
      assert.ok(trunkById(trunk.id).presets[trunk.preset] !== undefined, `${trunk.id} has no preset ${trunk.preset}`);
    }
    const { shape } = method.options as unknown as { shape: Record<string, { description?: string }> };
    for (const [name, { description }] of Object.entries(shape)) assert.ok(description, `${name} is not described`);
    assert.equal(method.options.safeParse({ 'no such option': 1 }).success, false, 'unknown options are refused');
    presentationSchema.parse(method.presentation(trialOf().context));
  });

  test(`${card.id}: items it cannot use are refused with a reason`, () => {
    for (const kind of kinds) {
      const reason = method.refuses(pictureItem(kind, 'fitting', { channels }), defaults);
      assert.equal(reason === undefined, card.inputs.includes(kind), `${kind}: ${reason}`);
      if (channels === 3) assert.match(method.refuses(pictureItem(kind, 'grey'), defaults) ?? '', /\w{3}/);
    }
    for (const kind of card.inputs) {
      assert.match(method.refuses(pictureItem(kind, 'small', { height: 3, width: 3 }), defaults) ?? '', /^3.*\w{3}/);
    }
    const { frames } = method.presentation(trialOf().context);
    const single = pictureItem(card.inputs.find((kind) => kind !== 'image') ?? 'image', 'short', {
      frames: 1,
      channels,
    });
    const several = frames > 1 || card.inputs.every((kind) => kind === 'clip');
    assert.equal(method.refuses(single, defaults) !== undefined, several, 'a single frame');
  });

  test(`${card.id}: recordings in which nothing moves are refused where movement is the question`, (t) => {
    const { refusesPictures } = method;
    if (refusesPictures === undefined) return t.skip('it does not ask about movement');
    const moving = viewOf({ store }, 0);
    const still = { ...moving, read: () => moving.read({ start: 0, count: 1 }) };
    const choices = [{}, ...choicesOf(method)].map((choice) => method.options.parse({ ...defaults, ...choice }));
    const reasons = choices.flatMap((options) => refusesPictures(still, options) ?? []);
    assert.ok(reasons.length > 0, 'a frozen recording is refused');
    for (const reason of reasons) assert.match(reason, /^nothing moves/);
    for (const options of choices) assert.equal(refusesPictures(moving, options), undefined);
  });

  for (const choice of [{}, ...choicesOf(method)]) {
    const name =
      Object.entries(choice)
        .map(([option, value]) => `${option}=${value}`)
        .join() || 'as it comes';

    test(`${card.id}, ${name}: samples are as declared, the same under a seed, and can be drawn`, () => {
      const given = trialOf(choice);
      const specs = method.inputs(given.context);
      const [first, again, other] = [sampleOf(given, 3), sampleOf(given, 3), sampleOf(given, 3, 1)];
      assert.deepEqual(first, again);
      assert.notDeepEqual(first.inputs, other.inputs, 'another seed draws otherwise');
      for (let draw = 0; draw < 20; draw++) {
        const { inputs, factors } = sampleOf(given, draw);
        assert.deepEqual(Object.keys(inputs).sort(), Object.keys(specs).sort());
        for (const [input, { dtype, shape, data }] of Object.entries(inputs)) {
          assert.deepEqual({ dtype, shape: [...shape] }, { dtype: specs[input].dtype, shape: [...specs[input].shape] });
          assert.equal(data.length, sizeOf(shape));
          if (data instanceof Float32Array) assert.ok(data.every(Number.isFinite), `${input} holds only numbers`);
        }
        assert.ok(
          Object.values(factors)
            .flat()
            .every((value) => typeof value === 'string' || Number.isFinite(value)),
        );
      }
      const drawing = method.draw(first, given.context, { view: viewOf(given, 3) });
      sentence(drawing.question);
      assert.ok(drawing.answer.length > 0 && drawing.rows.length > 0);
      for (const { caption, picture } of drawing.rows.flat()) {
        assert.ok(caption.length > 0);
        assert.equal(picture.data.length, sizeOf(picture.shape));
        assert.ok(
          picture.data.every((value) => value >= 0 && value <= 1),
          'pictures are drawn from black to white',
        );
      }
    });

    test(`${card.id}, ${name}: guessing reaches what it says, and no answer is more likely than another`, async (t) => {
      const given = trialOf(choice);
      const usual = trialOf();
      if (Object.keys(choice).length > 0 && answersAgree(given, usual)) {
        // Which answers are right is counted as the method comes.
        assert.deepEqual(guessed(given), guessed(usual));
        return;
      }
      const counts = await answerCounts(given, 1000);
      if (counts === undefined) return t.skip('it asks no multiple-choice question');
      const { accuracy, loss, answerLoss = loss } = method.chance(given.context.options);
      assert.ok(accuracy !== undefined && loss !== undefined);
      assert.equal(accuracy, 1 / counts.length);
      assert.ok(chanceOfCounts(given, counts) > 0.01, `${counts}`);
      assert.ok(
        counts.every((count) => count > 0),
        'every answer occurs',
      );
      assert.ok(answerLoss !== undefined && Math.abs(answerLoss - Math.log(counts.length)) < 1e-12);
    });
  }

  test(`${card.id}: before training it guesses`, async (t) => {
    const given = trialOf();
    const { loss: expected } = method.chance(defaults);
    if (expected === undefined) return t.skip('guessing has no known loss');
    const batch = batchOf(given, 16, 0);
    const even = await firstLoss(given, batch, { seed: 0, training: true, zeroHeads: true });
    assert.ok(Math.abs(even - expected) < 1e-4, `heads of zeros lose ${even}, not ${expected}`);
    const heldOut = await firstLoss(given, batch, { seed: 0, training: false });
    assert.ok(Math.abs(heldOut / expected - 1) < 0.05, `held out, ${heldOut} against ${expected}`);
    const drawn = await firstLoss(given, batch, { seed: 0, training: true });
    const within = card.id in answersFromNormalised ? 0.2 : 0.05;
    assert.ok(Math.abs(drawn / expected - 1) < within, `in training, ${drawn} against ${expected}`);
  });

  test(`${card.id}: it learns eight samples by heart`, async () => {
    const given = trialOf();
    const until = ({ loss, accuracy }: { loss: number; accuracy: number | undefined }) =>
      accuracy === undefined ? loss < 0.1 : accuracy > 0.95;
    const outcomes = await train(given, batchOf(given, 8, 0), { seed: 0, steps: 60, until });
    const last = outcomes[outcomes.length - 1];
    assert.ok(until(last), `after ${outcomes.length} steps: loss ${last.loss}, accuracy ${last.accuracy}`);
  });
}

for (const trunk of trunks) {
  for (const [preset, options] of Object.entries(trunk.presets)) {
    test(`trunk ${trunk.id}, ${preset}: every stage is a tap, and its first filters can be looked at`, () => {
      const parsed = trunk.options.parse(options);
      const store = new ParameterStore();
      const channels = trunk.fewestChannels ?? 1;
      const shape = trunk.rank === 2 ? [2, channels, 64, 64] : [2, channels, 16, 64, 64];
      const { map, features, taps } = trunk.build(store.root(false), placeholder('x', 'float32', shape), parsed);
      assert.equal(map.shape.length, trunk.rank + 2);
      assert.deepEqual(features.shape, [2, map.shape[1]]);
      const stages = Object.values(taps);
      assert.ok(stages.length >= 3, 'early, middle and late');
      assert.equal(stages[stages.length - 1], map);
      for (const tap of stages) assert.equal(tap.shape[0], 2);
      const places = stages.map((tap) => sizeOf(tap.shape.slice(2)));
      for (let i = 1; i < places.length; i++) assert.ok(places[i] <= places[i - 1], 'stages run from fine to coarse');
      const names = store.entries().map(({ name }) => name);
      assert.ok(names.includes(trunk.firstFilters), `${trunk.firstFilters} is none of ${names.slice(0, 5)} …`);
    });
  }
  test(`trunk ${trunk.id}: it has a published and a small form, and every option is explained`, () => {
    assert.ok('paper' in trunk.presets && 'tiny' in trunk.presets);
    assert.match(trunk.paper, /\d{4}/);
    const { shape } = trunk.options as unknown as { shape: Record<string, { description?: string }> };
    for (const [name, { description }] of Object.entries(shape)) assert.ok(description, `${name} is not described`);
  });
}
