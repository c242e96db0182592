import assert from 'node:assert/strict';
import test from 'node:test';
import { type DrawnItem, drawnStore, side, smallModel } from '../../../test/evaluation/small-network.ts';
import { Random } from '../../base/random.ts';
import type { DenseLabels } from '../../data/dense-labels.ts';
import { ParameterStore } from '../../nn/parameters.ts';
import { decode, decoderKinds, decoderTaps } from '../network/decoders.ts';
import { learningNetwork, networkSource } from '../network/learning-network.ts';
import { CaseAnswer, maskExamples, readMaskCases, shownMask, unlabelled, windowsOf } from '../network/mask-cases.ts';
import { classWeights } from '../network/mask-fit.ts';
import type { NetworkInput } from './protocol.ts';
import { type SegmentationOptions, segmentation } from './segmentation.ts';

/** Bright balls (or discs) on a dark ground; one item a patient. */
function balls(rank: 2 | 3): { drawn: DrawnItem[]; dense: DenseLabels } {
  const random = new Random(5);
  const depth = rank === 2 ? 1 : side;
  const masks: Uint8Array[] = [];
  const drawn = Array.from({ length: 8 }, (_, i): DrawnItem => {
    const centre = [depth / 2, random.uniform(5, 11), random.uniform(5, 11)];
    const mask = Uint8Array.from({ length: depth * side * side }, (_, k) => {
      const place = [Math.floor(k / side ** 2), Math.floor(k / side) % side, k % side];
      return place.reduce((sum, p, axis) => sum + (p + 0.5 - centre[axis]) ** 2, 0) < 20 ? 7 : 0;
    });
    masks.push(mask);
    return {
      patient: `patient ${i}`,
      part: (['train', 'train', 'validation', 'test'] as const)[i % 4],
      changes: rank === 2 ? {} : { kind: 'volume', spacingMm: [2, 1, 1] },
      data: Float32Array.from(mask, (inside) =>
        Math.min(1, Math.max(0, (inside ? 0.8 : 0.2) + random.normal(0, 0.05))),
      ),
    };
  });
  return {
    drawn,
    dense: {
      mask: async (item) => ({
        frames: Array.from({ length: depth }, (_, t) => t),
        data: masks[item],
        height: side,
        width: side,
        classes: { 7: 'ball' },
      }),
      points: async () => [],
    },
  };
}

const inputOf = (rank: 2 | 3): NetworkInput => {
  const { drawn, dense } = balls(rank);
  return {
    model: smallModel(rank),
    encoder: { name: 'small', role: 'pretrained' },
    store: drawnStore(drawn),
    dense,
    threads: 1,
  };
};
const quick: Partial<SegmentationOptions> = { learningRate: [1e-2], evaluations: 1, resamples: 50, shift: 0 };

test('a U-Net on the taps of a network of pictures learns discs', async () => {
  const result = await segmentation.run(inputOf(2), { ...quick, steps: 40, evaluations: 2 });
  assert.equal(result.measure, 'dice');
  assert.deepEqual(result.classes, ['background', 'ball']);
  const [{ score, measures, items }] = result.taps;
  assert.ok(score.value > 0.8, `Dice is ${score.value}`);
  assert.deepEqual(Object.keys(measures), ['dice', 'iou', 'surfaceDice', 'hd95Pixels', 'dice ball']);
  assert.equal(items?.length, 2);
});

test('a volume is segmented with a share of the patients, its distances in millimetres', async () => {
  const result = await segmentation.run(inputOf(3), { ...quick, steps: 2, batchSize: 1, percent: [25, 100] });
  const [{ curve }] = result.taps;
  assert.deepEqual(
    curve?.points.map(({ at, measures }) => [at, Object.keys(measures ?? {})]),
    [
      [25, ['iou', 'surfaceDice', 'hd95Mm']],
      [100, ['iou', 'surfaceDice', 'hd95Mm']],
    ],
  );
});

test('every decoder answers every place', () => {
  for (const rank of [2, 3] as const) {
    const source = networkSource(smallModel(rank));
    const size = rank === 2 ? [side, side] : [side, side, side];
    const names = decoderTaps(source);
    const { taps } = learningNetwork(source, { batch: 2, taps: names, training: true });
    const maps = names.map((name) => taps[name]);
    for (const kind of decoderKinds) {
      const build = () => decode(kind, new ParameterStore().root(true), maps, size, 4).shape;
      // The U-Net's own decoder takes halves only, which the small picture network has not.
      if (kind === 'full' && rank === 2) assert.throws(build, /half as long/);
      else assert.deepEqual(build(), [2, 4, ...size], kind);
    }
  }
});

test('rare classes weigh more by the root of how rare they are, places on the average 1; unlabelled ones do not count', () => {
  const masks = [
    [0, 0, 0, 0, 0, 0, 0, 0, 1, unlabelled],
    [0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 1, 1, 1],
  ].map((codes) => Uint8Array.from(codes));
  const weights = classWeights({ rows: Int32Array.of(0, 1) }, (row) => masks[row], 3);
  assert.ok(Math.abs(weights[1] / weights[0] - 2) < 1e-12);
  assert.ok(Math.abs((16 * weights[0] + 4 * weights[1] + 4 * weights[2]) / 24 - 1) < 1e-12);
});

test('answers put back on the pixels are the mask that was shown', async () => {
  const { store, dense } = inputOf(3);
  for (const whole of [true, false]) {
    const presentation = { ...networkSource(smallModel(3)).presentation, whole, frames: 5, size: 16, stride: 2 };
    const cases = await readMaskCases(store, dense, presentation);
    const [found] = cases.cases;
    const answer = new CaseAnswer(found, presentation, 2);
    for (const { start } of windowsOf(found, store, presentation)) {
      const mask = shownMask(found, start, presentation);
      const scores = new Float32Array(2 * mask.length);
      mask.forEach((code, i) => {
        scores[code * mask.length + i] = 1;
      });
      answer.add(start, scores);
    }
    const back = answer.classes();
    const wrong = back.filter((code, i) => code !== found.mask[i]).length;
    // Whole volumes are shown with fewer slices than they have; windows show every pixel.
    assert.ok(whole ? wrong < 0.06 * back.length : wrong === 0, `${wrong} of ${back.length} differ`);
    assert.equal(maskExamples(store, cases, presentation).examples.train.units.length, 4);
  }
});

test('what cannot be segmented is said in one sentence', async () => {
  const input = inputOf(2);
  const without = { ...input, dense: { mask: async () => undefined, points: async () => [] } };
  await assert.rejects(segmentation.run(without, quick), /has a mask to segment/);
  await assert.rejects(segmentation.run(input, { ...quick, decoder: ['full'] }), /no decoder to carry over/);
  await assert.rejects(segmentation.run(input, { ...quick, frozen: 'conv9' }), /no tap 'conv9'/);
});
