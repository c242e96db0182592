import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type DrawnItem, drawnStore, smallModel } from '../../../test/evaluation/small-network.ts';
import { Random } from '../../base/random.ts';
import type { Box } from '../../data/media.ts';
import { boxOverlap, type Corners } from '../metrics/boxes.ts';
import { proposalRecall, readBoxCases } from '../network/box-cases.ts';
import { corrected, correctionsOf, drawRegions, moved } from '../network/box-fit.ts';
import { networkSource } from '../network/learning-network.ts';
import { place } from '../network/placement.ts';
import { gridProposals, selectiveProposals } from '../network/proposals.ts';
import { supervisedDetector } from '../network/supervised-detector.ts';
import { type DetectionOptions, detection } from './detection.ts';
import type { NetworkInput } from './protocol.ts';
import { rcnn } from './rcnn.ts';

const size = 32;

/** Bright squares and bars on a dark ground. */
function shapesStore(count: number) {
  const random = new Random(11);
  const drawn = Array.from({ length: count }, (_, i): DrawnItem => {
    const data = Float32Array.from({ length: size * size }, () => Math.max(0, random.normal(0.2, 0.03)));
    const boxes = [0, 1].map((half): Box => {
      const bar = random.bernoulli();
      const [width, height] = bar ? [14, 5] : [9, 9];
      const [x, y] = [random.integer(size - width), half * 16 + random.integer(16 - height)];
      for (let row = y; row < y + height; row++) data.fill(bar ? 0.6 : 0.9, row * size + x, row * size + x + width);
      return { label: bar ? 'bar' : 'square', x, y, width, height };
    });
    return {
      patient: `patient ${i}`,
      part: (['train', 'train', 'validation', 'test'] as const)[i % 4],
      changes: { annotations: [{ type: 'boxes', name: 'objects', boxes }] },
      data,
    };
  });
  return drawnStore(drawn, size);
}

const shown = { size, intensity: 'standardise' } as const;
const inputOf = (count: number): NetworkInput => ({
  model: smallModel(2, 0, shown),
  encoder: { name: 'small', role: 'pretrained' },
  store: shapesStore(count),
  threads: 1,
});
const quick: Partial<DetectionOptions> = { learningRate: [3e-3], evaluations: 1, resamples: 20, shift: 0, most: 60 };

test('Fast R-CNN finds squares and bars', async () => {
  const result = await detection.run(inputOf(16), { ...quick, steps: 60, taps: ['conv3'], regions: 24 });
  const [{ score, measures, items }] = result.taps;
  assert.deepEqual(result.classes, ['bar', 'square']);
  assert.ok(score.value > 0.5, `average precision is ${score.value}`);
  for (const name of ['ap50', 'ap50 (11 points)', 'ap (COCO)', 'ap75 (COCO)', 'ap50 bar'])
    assert.ok(name in measures, name);
  assert.equal(items?.length, 4);
  assert.match(result.notes![0], /Proposals cover \d+ % of the test objects/);
});

test('selective search covers what stands out; a grid covers the picture', () => {
  const source = networkSource(smallModel(2, 0, shown));
  const options = { proposals: 'selective', most: 100, pictures: 100, seed: 0 } as const;
  const cases = readBoxCases(source, shapesStore(8), options);
  assert.ok(proposalRecall(cases, cases.examples.train) > 0.8);
  const whole = Float32Array.from({ length: size * size }, (_, i) => (i % size < 16 ? 0 : 1));
  assert.deepEqual(selectiveProposals(whole, 1, size), [
    [0, 0, 16, 32],
    [16, 0, 32, 32],
    [0, 0, 32, 32],
  ]);
  for (const [x1, y1, x2, y2] of gridProposals(size, [0.3, 0.6], [0.5, 1, 2])) {
    assert.ok(x1 >= 0 && y1 >= 0 && x2 <= size + 1e-9 && y2 <= size + 1e-9 && x2 > x1 && y2 > y1);
  }
});

const corner = fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true }));
const box = fc
  .tuple(corner, fc.double({ min: 1, max: 12, noNaN: true }), fc.double({ min: 1, max: 12, noNaN: true }))
  .map(([[x, y], width, height]): Corners => [x, y, x + width, y + height]);

test('corrections take a proposal to its object', () => {
  fc.assert(
    fc.property(box, box, (from, to) => {
      const back = corrected(from, correctionsOf(from, to), size);
      back.forEach((edge, i) => {
        assert.ok(Math.abs(edge - to[i]) < 1e-6);
      });
    }),
  );
});

test('boxes move with their pictures', () => {
  const picture = new Float32Array(64);
  for (let y = 2; y < 4; y++) picture.fill(1, 8 * y + 1, 8 * y + 4);
  for (const placement of [
    { down: 2, right: 3, mirrored: false },
    { down: -1, right: -1, mirrored: true },
  ]) {
    const out = new Float32Array(64);
    place(picture, 8, placement, out, 0);
    const [x1, y1, x2, y2] = moved([1, 2, 4, 4], 8, placement);
    const inside = Float32Array.from(out, (_, i) => (i % 8 >= x1 && i % 8 < x2 && i >= 8 * y1 && i < 8 * y2 ? 1 : 0));
    assert.deepEqual(out, inside);
  }
});

test('a quarter of the regions show an object, with its class and how to reach it', () => {
  const objects = [{ box: [4, 4, 12, 12] as Corners, target: 1 }];
  const drawn = drawRegions(gridProposals(size, [0.25, 0.4], [1]), objects, 16, new Random(0));
  assert.equal(drawn.length, 16);
  const showing = drawn.filter(({ target }) => target !== undefined);
  assert.ok(showing.length >= 1 && showing.length <= 4);
  for (const region of showing) {
    assert.equal(region.target, 1);
    assert.ok(boxOverlap(corrected(region.box, region.corrections, size), objects[0].box) > 0.999);
  }
});

test('pictures without boxes and networks of clips are refused in one sentence', async () => {
  const input = inputOf(8);
  const bare = drawnStore(
    [0, 1, 2, 3].map((i) => ({ patient: `p${i}`, part: 'train' as const, data: new Float32Array(size * size) })),
    size,
  );
  await assert.rejects(detection.run({ ...input, store: bare }, quick), /no item of drawn pictures has boxes/);
  await assert.rejects(
    detection.run({ ...input, model: smallModel(3) }, quick),
    /boxes are detected in single pictures/,
  );
});

test('machines on the features of cut-out proposals find squares and bars; nothing of the network is trained', async () => {
  const options = { taps: ['conv3', 'conv5'], dimensions: 256, resamples: 20, most: 60, costs: [1], rounds: 1 };
  const result = await rcnn.run(inputOf(16), options);
  assert.deepEqual(
    result.taps.map(({ tap }) => tap),
    ['conv3', 'conv5'],
  );
  const [{ score, hyperparameters }] = result.taps;
  assert.ok(score.value > 0.5, `average precision is ${score.value}`);
  assert.deepEqual(hyperparameters, { 'cost bar': 1, 'cost square': 1 });
  const corrected = await rcnn.run(inputOf(16), { ...options, taps: ['conv3'], regression: true });
  assert.notDeepEqual(corrected.taps[0].items, result.taps[0].items);
  assert.equal(corrected.taps[0].validation, result.taps[0].validation);
  assert.ok(corrected.taps[0].score.value > 0.5, `average precision is ${corrected.taps[0].score.value}`);
  await assert.rejects(rcnn.run(inputOf(16), { taps: ['conv9'] }), /no tap 'conv9'/);
});

test('a network that boxes trained stands beside frozen features of boxes', async () => {
  const input = inputOf(8);
  const trained = await supervisedDetector(input, { steps: 2, evaluations: 1, most: 20, regions: 8 });
  assert.deepEqual(trained.metadata, input.model.metadata);
  const changed = [...trained.graph.initialisers].filter(
    ([name, { data }]) =>
      !Buffer.from(data.buffer).equals(Buffer.from(input.model.graph.initialisers.get(name)!.data.buffer)),
  );
  // Every stage that has a map has learned.
  for (const stage of [1, 2, 3, 4, 5])
    assert.ok(
      changed.some(([name]) => name.includes(`conv${stage}`)),
      `conv${stage}`,
    );
});
