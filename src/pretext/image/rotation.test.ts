import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { crop, maskCircle } from '../../data/transform/crop.ts';
import { standardise } from '../../data/transform/layout.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { resize } from '../../data/transform/resize.ts';
import { configureRun } from '../../training/configuration.ts';
import { keptNetworks } from '../../training/model.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { rotation } from './rotation.ts';

const store = pictureStore('clip', 6);
const view = (item: number) => sampleView(store, item, [0, 1, 2, 3, 4, 5]);

function sampled(options: Record<string, unknown>, seed: number, item = seed % 6) {
  const context = { options: rotation.options.parse(options), prepared: undefined, channels: 1 as const };
  const { inputs, factors } = rotation.sample(view(item), new Random(seed), context);
  const { shape, data } = inputs.pictures;
  const pixels = shape[2] * shape[3];
  const pictures = Array.from({ length: shape[0] }, (_, i) =>
    (data as Float32Array).subarray(i * pixels, (i + 1) * pixels),
  );
  return { pictures, turns: Array.from(inputs.turns.data as BigInt64Array, Number), factors, context, inputs };
}

/** Where the pixel at row y and column x came from, turned counter-clockwise, written out by hand. */
const origins: readonly ((y: number, x: number, last: number) => [number, number])[] = [
  (y, x) => [y, x],
  (y, x, last) => [x, last - y],
  (y, x, last) => [last - y, last - x],
  (y, x, last) => [last - x, y],
];

test('every turn moves each pixel of the upright picture, and changes none', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.constantFrom('circle', 'none'),
      fc.integer({ min: 8, max: 21 }),
      (seed, mask, size) => {
        const { pictures, turns } = sampled({ size, mask }, seed);
        assert.deepEqual(turns, [0, 1, 2, 3]);
        pictures.forEach((picture, turn) => {
          for (let y = 0; y < size; y++) {
            for (let x = 0; x < size; x++) {
              const [fromY, fromX] = origins[turn](y, x, size - 1);
              assert.equal(picture[y * size + x], pictures[0][fromY * size + fromX], `turn ${turn} at ${y}, ${x}`);
            }
          }
        });
      },
    ),
    { numRuns: 40 },
  );
});

test('the factors say all that was drawn: with them the picture can be made again', () => {
  let mirrored = 0;
  for (let seed = 0; seed < 30; seed++) {
    const { pictures, factors, context } = sampled({}, seed);
    const { frame, cropTop: y, cropLeft: x, cropSide: side } = factors as Record<string, number>;
    assert.ok(y >= 0 && x >= 0 && y + side <= 48 && x + side <= 48 && side >= Math.round(0.7 * 48));
    const part = crop(view(seed % 6).read({ start: frame, count: 1 }), { y, x, height: side, width: side });
    const { size } = context.options as { size: number };
    const small = resize(part, size, size, side >= size ? 'area' : 'bilinear');
    const upright = maskCircle(standardise(factors.mirrored === 1 ? flipHorizontally(small) : small));
    assert.deepEqual(pictures[0], upright.data);
    mirrored += factors.mirrored as number;
  }
  assert.ok(mirrored > 5 && mirrored < 25, `${mirrored} of 30 are mirrored`);
});

test('pictures have mean 0 and deviation 1, and the round window leaves only its disc', () => {
  const { pictures } = sampled({ mask: 'none', size: 40 }, 3);
  const mean = pictures[0].reduce((sum, value) => sum + value, 0) / pictures[0].length;
  const variance = pictures[0].reduce((sum, value) => sum + (value - mean) ** 2, 0) / pictures[0].length;
  assert.ok(Math.abs(mean) < 1e-4 && Math.abs(variance - 1) < 1e-3, `${mean} ± √${variance}`);
  const { pictures: masked } = sampled({ size: 40 }, 3);
  for (let y = 0; y < 40; y++) {
    for (let x = 0; x < 40; x++) {
      const inside = Math.hypot(y - 19.5, x - 19.5) <= 20;
      assert.equal(masked[0][y * 40 + x], inside ? pictures[0][y * 40 + x] : 0);
    }
  }
});

test('frames of a clip are drawn from all of it', () => {
  const frames = new Set(Array.from({ length: 300 }, (_, seed) => sampled({ size: 8 }, seed).factors.frame));
  assert.equal(frames.size, 24);
});

test('by itself a picture enters in one turn, which the factors name', () => {
  for (let seed = 0; seed < 20; seed++) {
    const alone = sampled({ together: false }, seed);
    const together = sampled({}, seed);
    assert.equal(alone.pictures.length, 1);
    assert.deepEqual(alone.factors.degrees, [90 * alone.turns[0]]);
    assert.deepEqual(alone.pictures[0], together.pictures[alone.turns[0]]);
  }
});

test('pairs and eight turns are the turns they are called', () => {
  const four = sampled({}, 5).pictures;
  const upright = sampled({ rotations: 'upright-pair' }, 5);
  assert.deepEqual(
    [upright.turns, upright.factors.degrees],
    [
      [0, 1],
      [0, 180],
    ],
  );
  assert.deepEqual(upright.pictures, [four[0], four[2]]);
  assert.deepEqual(sampled({ rotations: 'sideways-pair' }, 5).pictures, [four[1], four[3]]);
  const eight = sampled({ rotations: 'eight' }, 5);
  assert.deepEqual(eight.factors.degrees, [0, 45, 90, 135, 180, 225, 270, 315]);
  assert.deepEqual(
    [0, 2, 4, 6].map((i) => eight.pictures[i]),
    four,
  );
});

test('shifting keeps the whole picture within four pixels', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { cropTop, cropLeft, cropSide } = sampled({ cropping: 'shift' }, seed).factors as Record<string, number>;
    assert.equal(cropSide, 32);
    assert.ok(cropTop >= 0 && cropTop <= 8 && cropLeft >= 0 && cropLeft <= 8);
  }
});

test('a drawing says what was asked and what was answered', () => {
  const { inputs, factors, context } = sampled({}, 1);
  const answer = [9, 0, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 0, 0, 9];
  const { rows, answer: right } = rotation.draw({ inputs, factors }, context, { view: view(1), answer });
  assert.equal(right, '0°, 90°, 180°, 270°');
  assert.deepEqual(
    rows.flat().map(({ caption }) => caption),
    [
      'the recording, and the part that is used',
      'turned by 0°, answered 0°',
      'turned by 90°, answered 90°',
      'turned by 180°, answered 90°',
      'turned by 270°, answered 270°',
    ],
  );
});

test('for photographs the layers of AlexNet stand between the last map and the answer, as released', () => {
  const { trunk, trunkOptions, methodOptions } = configureRun({ method: 'rotation', preset: 'paper-photographs' });
  const { parameters } = keptNetworks({
    method: rotation,
    context: { options: methodOptions, prepared: undefined, channels: 3 },
    trunk,
    trunkOptions,
    optimiser: { kind: 'sgd', learningRate: 1 },
    batchSize: 1,
  });
  const shapes = Object.fromEntries(parameters.map(({ name, tensor }) => [name, tensor.shape.join('×')]));
  assert.equal(shapes['fc6.weight'], '4096×9216');
  assert.equal(shapes['fc7.weight'], '4096×4096');
  assert.ok(!('fc6.bias' in shapes) && 'fc7.bn.weight' in shapes);
  assert.equal(shapes['rotation.weight'], '4×4096');
});
