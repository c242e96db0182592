/** Augmentation works for every method in the list, without any of them knowing of it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../src/base/random.ts';
import { type AugmentationOptions, augmentationSchema } from '../src/data/augment/options.ts';
import type { MediaItem } from '../src/data/media.ts';
import { methods } from '../src/pretext/index.ts';
import { configureRun } from '../src/training/configuration.ts';
import { augmentedView } from '../src/training/sampling/augmented-view.ts';
import { allocateBatch, fillBatch } from '../src/training/sampling/batch.ts';
import { assertAugmentable, readsItems } from '../src/training/sampling/reads-items.ts';
import { sampleView } from '../src/training/sampling/views.ts';
import { pictureStore } from './catalogue/pictures.ts';
import { trial } from './catalogue/run-method.ts';

const strong: AugmentationOptions = augmentationSchema.parse({
  imaging: 'ultrasound',
  rotation: 20,
  smallestArea: 0.5,
  flips: 'columns,frames',
  largestStride: 2,
});

for (const method of methods) {
  const store = pictureStore(method.card.inputs[0], 3);
  const { context } = trial(method, store, {});
  const candidates = store.index.items.map((_, i) => i);

  function batch(augmentation?: AugmentationOptions) {
    const arrays = allocateBatch(method.inputs(context), 3);
    const random = new Random(4).split('step', 0);
    const drawn = { ...(augmentation === undefined ? {} : { augmentation }) };
    const factors = fillBatch({ method, context, store, items: candidates, candidates, random, ...drawn }, arrays);
    return { arrays, factors };
  }

  test(`${method.card.id}: what is changed before the question is drawn once a sample and named among its factors`, () => {
    const [plain, one, again] = [batch(), batch(strong), batch(strong)];
    assert.deepEqual(one, again);
    assert.ok(plain.factors.every((factors) => Object.keys(factors).every((name) => !name.startsWith('augment.'))));
    const named = one.factors.map((factors) => Object.keys(factors).filter((name) => name.startsWith('augment.')));
    // A method that reads nothing of the item has made its samples ahead: nothing is changed, nothing named, and a run
    // that asks for it is refused.
    const reads = readsItems(method, context, store, candidates);
    assert.equal(
      named.some((names) => names.length > 0),
      reads,
    );
    if (reads) assertAugmentable(method, context, store, candidates);
    else {
      assert.throws(() => assertAugmentable(method, context, store, candidates), {
        code: 'usage',
        message: /kept before training, so an augmentation would change nothing/,
      });
    }
    const float = Object.keys(one.arrays).find((name) => one.arrays[name].dtype === 'float32')!;
    assert.equal(Buffer.compare(bytesOf(one.arrays[float].data), bytesOf(plain.arrays[float].data)) !== 0, reads);
    for (const { data } of Object.values(one.arrays)) {
      if (data instanceof Float32Array) assert.ok(data.every(Number.isFinite));
    }
  });
}

test('one draw holds for everything a sample reads, and clips are read in longer steps only where they stay long enough', () => {
  const store = pictureStore('clip', 2);
  const plain = sampleView(store, 0, [0, 1]);
  const long = (item: MediaItem) => item.frames >= 12;
  const strides = new Set<unknown>();
  for (let seed = 0; seed < 20; seed++) {
    const options = { ...strong, largestStride: 3 };
    const { view, drawn } = augmentedView(plain, new Random(seed), options, long);
    assert.equal(view.readPart, undefined);
    const whole = view.read();
    assert.equal(whole.shape[0], view.frames);
    const { 'augment.stride': stride = 1, 'augment.flip.flipped': flipped, ...rest } = drawn();
    strides.add(stride);
    assert.equal(view.frames, stride === 2 ? 12 : 24);
    view.read({ start: 1, count: 2 });
    const { 'augment.stride': _, 'augment.flip.flipped': __, ...later } = drawn();
    assert.deepEqual(later, rest);
    assert.equal(typeof flipped, 'string');
    const other = view.other(new Random(1), false);
    assert.equal(other.read({ start: 0, count: 1 }).shape[0], 1);
    assert.deepEqual(drawn()['augment.gamma.gamma'], rest['augment.gamma.gamma']);
  }
  assert.deepEqual(strides, new Set([1, 2]));
});

test('augmentation is asked for by what made the pictures', () => {
  assert.equal(configureRun({ method: 'rotation' }).augmentation, undefined);
  assert.equal(configureRun({ method: 'rotation', augment: 'none' }).augmentation, undefined);
  const { augmentation } = configureRun({ method: 'rotation', augment: 'mr', augmentOptions: { rotation: 3 } });
  assert.deepEqual(augmentation, { ...augmentationSchema.parse({ imaging: 'mr' }), rotation: 3 });
  const mistake = (request: object, message: RegExp) =>
    assert.throws(() => configureRun({ method: 'rotation', ...request }), { code: 'usage', message });
  mistake({ augment: 'sonar' }, /no augmentation sonar/);
  mistake({ augmentOptions: { rotation: 3 } }, /change nothing/);
  mistake({ augment: 'ct', augmentOptions: { rotations: 3 } }, /no option rotations/);
});

function bytesOf({
  buffer,
  byteOffset,
  byteLength,
}: {
  buffer: ArrayBufferLike;
  byteOffset: number;
  byteLength: number;
}) {
  return Buffer.from(buffer, byteOffset, byteLength);
}
