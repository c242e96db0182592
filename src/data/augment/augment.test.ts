import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import type { Augmentation } from './augmentation.ts';
import { randomBiasField } from './bias-field.ts';
import { blurred, randomBlur } from './blur.ts';
import { randomDepthAttenuation } from './depth-attenuation.ts';
import { randomFlip } from './flip.ts';
import { randomFrameDropout } from './frame-dropout.ts';
import { randomGainBias } from './gain-bias.ts';
import { randomGamma } from './gamma.ts';
import type { ImagingKind } from './imaging.ts';
import { medicalView } from './medical-stack.ts';
import { randomRicianNoise } from './rician-noise.ts';
import { randomRotation } from './rotation.ts';
import { randomSpeckle } from './speckle.ts';
import { randomWindowJitter } from './window-jitter.ts';

const all: Readonly<Record<string, Augmentation>> = {
  flip: (pixels, random) => randomFlip(pixels, random, { axes: ['rows', 'columns', 'frames'] }),
  rotation: (pixels, random) => randomRotation(pixels, random, { degrees: 30 }),
  gamma: randomGamma,
  gain: randomGainBias,
  blur: randomBlur,
  speckle: randomSpeckle,
  rician: randomRicianNoise,
  biasField: randomBiasField,
  attenuation: randomDepthAttenuation,
  window: randomWindowJitter,
  dropout: randomFrameDropout,
};

/** Augmentations that treat every frame alike whatever is in it. */
const still = ['rotation', 'gamma', 'gain', 'blur', 'speckle', 'attenuation', 'window', 'dropout'];

const shapes = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 3, max: 9 }),
    fc.integer({ min: 3, max: 9 }),
    fc.constantFrom(1, 3),
  )
  .map((shape) => shape as readonly [number, number, number, number]);

function noise(shape: Pixels['shape'], seed: number): Pixels<Float32Array> {
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
  return { data: new Random(seed).fillUniform(data), shape };
}

/** One picture repeated over time. */
function repeated(shape: Pixels['shape'], seed: number): Pixels<Float32Array> {
  const { data } = noise([1, shape[1], shape[2], shape[3]], seed);
  const out = new Float32Array(data.length * shape[0]);
  for (let frame = 0; frame < shape[0]; frame++) out.set(data, frame * data.length);
  return { data: out, shape };
}

for (const [name, augment] of Object.entries(all)) {
  test(`${name}: same shape, values 0 to 1, the input untouched, the same stream the same bytes`, () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const pixels = noise(shape, seed);
        const before = pixels.data.slice();
        const one = augment(pixels, new Random(seed));
        const two = augment(pixels, new Random(seed));
        assert.deepEqual(pixels.data, before);
        assert.deepEqual(one, two);
        assert.deepEqual(one.pixels.shape, shape);
        assert.ok(one.pixels.data.every((value) => value >= 0 && value <= 1 + 1e-6));
        assert.ok(Object.keys(one.drawn).length > 0);
        for (const value of Object.values(one.drawn).flat())
          assert.ok(typeof value === 'string' || Number.isFinite(value));
      }),
      { numRuns: 40 },
    );
  });
}

test('a still clip stays still: the draw holds for all frames', () => {
  fc.assert(
    fc.property(shapes, fc.nat(), fc.constantFrom(...still), (shape, seed, name) => {
      const { data } = all[name](repeated(shape, seed), new Random(seed)).pixels;
      const size = data.length / shape[0];
      for (let i = size; i < data.length; i++) assert.equal(data[i], data[i - size]);
    }),
  );
});

test('what was drawn is what was done', () => {
  const pixels = noise([2, 8, 8, 1], 1);
  const { pixels: curved, drawn } = randomGamma(pixels, new Random(5));
  curved.data.forEach((value, i) => {
    assert.ok(Math.abs(value - pixels.data[i] ** (drawn.gamma as number)) < 1e-6);
  });
  const dark = randomDepthAttenuation(pixels, new Random(8), { strength: 0.4 });
  const last = 7 * 8 + 3;
  assert.ok(Math.abs(dark.pixels.data[last] - pixels.data[last] * (1 - (dark.drawn.attenuation as number))) < 1e-6);
  assert.equal(dark.pixels.data[3], pixels.data[3]);
  const windowed = randomWindowJitter(pixels, new Random(2), { centre: 0, width: 0.5 });
  assert.equal(windowed.drawn.windowCentre, 0.5);
  const lost = randomFrameDropout(noise([6, 2, 2, 1], 3), new Random(4), { probability: 0.5 });
  for (const frame of lost.drawn.dropped as number[]) {
    assert.deepEqual(
      lost.pixels.data.slice(frame * 4, frame * 4 + 4),
      lost.pixels.data.slice(frame * 4 - 4, frame * 4),
    );
  }
  const field = randomBiasField(noise([3, 9, 9, 1], 1), new Random(1), { strength: 0.2 });
  field.pixels.data.forEach((value, i) => {
    const before = noise([3, 9, 9, 1], 1).data[i];
    assert.ok(value <= before * Math.exp(0.2) + 1e-6 && value >= Math.min(1, before * Math.exp(-0.2)) - 1e-6);
  });
});

test('blur keeps the mean of what it spreads and is a Gaussian', () => {
  const point = new Float32Array(21 * 21);
  point[10 * 21 + 10] = 1;
  const { data } = blurred({ data: point, shape: [1, 21, 21, 1] }, 1.5);
  assert.ok(Math.abs(data.reduce((sum, value) => sum + value, 0) - 1) < 1e-5);
  assert.ok(Math.abs(data[10 * 21 + 12] / data[10 * 21 + 10] - Math.exp(-4 / (2 * 2.25))) < 1e-5);
});

test('Rician noise over black has the mean of Rayleigh’s distribution', () => {
  const black = { data: new Float32Array(40_000), shape: [1, 200, 200, 1] as const };
  const { pixels, drawn } = randomRicianNoise(black, new Random(3), { range: [0.1, 0.1001] });
  const mean = pixels.data.reduce((sum, value) => sum + value, 0) / pixels.data.length;
  assert.ok(Math.abs(mean - (drawn.noise as number) * Math.sqrt(Math.PI / 2)) < 2e-3, `${mean}`);
});

test('without a size a view keeps its shape and its frames', () => {
  const names = new Set<string>();
  for (let seed = 0; seed < 24; seed++) {
    const pixels = noise([4, 20, 24, 1], seed);
    const options = { imaging: 'mr', smallestArea: 0.5, flips: ['frames'] } as const;
    const view = medicalView(pixels, new Random(seed), options);
    assert.deepEqual(view.pixels.shape, pixels.shape);
    for (const name of Object.keys(view.drawn)) names.add(name.split('.')[0]);
    const still = medicalView(pixels, new Random(seed), { imaging: 'unknown', rotation: 0 });
    assert.ok(!('crop.cropTop' in still.drawn) && !('rotation.degrees' in still.drawn));
  }
  assert.ok(['crop', 'flip', 'biasField', 'noise', 'rotation'].every((name) => names.has(name)));
  assert.ok(!names.has('dropout'));
});

test('a medical view has the asked size, draws by name, and flips only where it is told to', () => {
  const kinds: ImagingKind[] = ['ultrasound', 'mr', 'ct', 'x-ray', 'photo', 'unknown'];
  for (const imaging of kinds) {
    const names = new Set<string>();
    for (let seed = 0; seed < 24; seed++) {
      const { pixels, drawn } = medicalView(noise([3, 20, 24, 1], seed), new Random(seed), { imaging, size: 16 });
      assert.deepEqual(pixels.shape, [3, 16, 16, 1]);
      assert.equal(drawn['flip.flipped'], undefined);
      for (const name of Object.keys(drawn)) names.add(name.split('.')[0]);
    }
    const own = {
      ultrasound: 'speckle',
      mr: 'biasField',
      ct: 'window',
      'x-ray': 'window',
      photo: 'blur',
      unknown: 'blur',
    };
    assert.ok(names.has(own[imaging]) && names.has('gamma') && names.has('crop') && names.has('rotation'));
  }
});
