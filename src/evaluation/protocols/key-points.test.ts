import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type DrawnItem, drawnStore, side, smallModel } from '../../../test/evaluation/small-network.ts';
import { Random } from '../../base/random.ts';
import type { DenseLabels } from '../../data/dense-labels.ts';
import { areaUnderCorrect, correctShare } from '../metrics/key-points.ts';
import { peak } from '../network/point-fit.ts';
import { type KeyPointOptions, keyPoints } from './key-points.ts';
import type { NetworkInput } from './protocol.ts';

test('the area under correct points is the mean of the curve', () => {
  const distances = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(distances, (given) => {
      const steps = 4000;
      let sum = 0;
      for (let i = 0; i < steps; i++) sum += correctShare(given, (0.5 * (i + 0.5)) / steps) / steps;
      assert.ok(Math.abs(areaUnderCorrect(given, 0.5) - sum) < 1e-3);
    }),
    { numRuns: 30 },
  );
});

test('the peak of a bell is found between pixels', () => {
  const map = Float32Array.from({ length: 256 }, (_, i) => -(((i % 16) - 6.3) ** 2) - (Math.floor(i / 16) - 9.8) ** 2);
  const [x, y] = peak(map, 16);
  assert.ok(Math.abs(x - 6.3) < 1e-4 && Math.abs(y - 9.8) < 1e-4);
});

/** A bright spot and a dark one; every fourth picture hides the dark one. */
function spots(count: number): Pick<NetworkInput, 'store' | 'dense'> {
  const random = new Random(2);
  const places: [number, number][][] = [];
  const drawn = Array.from({ length: count }, (_, i): DrawnItem => {
    const own = [0, 1].map((k): [number, number] => [2 + random.integer(12), k * 8 + 2 + random.integer(4)]);
    places.push(own);
    const data = Float32Array.from({ length: side * side }, (_unused, pixel) => {
      const near = own.map(([x, y]) => Math.hypot((pixel % side) - x, Math.floor(pixel / side) - y) < 1.6);
      return near[0] ? 1 : near[1] && i % 4 !== 1 ? 0 : 0.5 + random.normal(0, 0.02);
    });
    return {
      patient: `patient ${i}`,
      part: (['train', 'train', 'validation', 'test'] as const)[i % 4],
      changes: { spacingMm: [0, 2, 2] },
      data,
    };
  });
  const dense: DenseLabels = {
    mask: async () => undefined,
    points: async (item) => [
      {
        frame: 0,
        points: places[item]
          .map(([x, y], k) => ({ label: k === 0 ? 'bright' : 'dark', x, y }))
          .filter(({ label }) => label === 'bright' || item % 4 !== 1),
      },
    ],
  };
  return { store: drawnStore(drawn), dense };
}

const quick: Partial<KeyPointOptions> = { learningRate: [1e-2], evaluations: 1, resamples: 20, shift: 0.05 };

test('heat maps find spots, near enough and in millimetres', async () => {
  const input = {
    model: smallModel(),
    encoder: { name: 'small', role: 'pretrained' as const },
    threads: 1,
    ...spots(24),
  };
  const result = await keyPoints.run(input, { ...quick, steps: 60 });
  assert.deepEqual(result.classes, ['bright', 'dark']);
  const [{ score, measures, curve, items }] = result.taps;
  assert.ok(score.value > 0.7, `PCK is ${score.value}`);
  assert.deepEqual(Object.keys(measures), ['pck', 'auc to 0.2', 'errorMm']);
  assert.equal(curve?.points.length, 4);
  assert.equal(items?.length, 6);
  const none = { ...input, dense: { mask: async () => undefined, points: async () => [] } };
  await assert.rejects(keyPoints.run(none, quick), /no item of drawn pictures has key points/);
  await assert.rejects(keyPoints.run({ ...input, model: smallModel(3) }, quick), /found in single pictures/);
});
