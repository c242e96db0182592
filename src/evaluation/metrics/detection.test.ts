import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { boxOverlap, type Corners, suppressed } from './boxes.ts';
import { detectionPrecision, matchDetections, type RecallPoints } from './detection.ts';

interface Golden {
  readonly pictures: readonly { objects: Corners[]; detections: [Corners, number][] }[];
  readonly expected: { readonly eleven: number; readonly area: number; readonly coco: number };
}

test('average precision as an independent implementation has it', () => {
  const { pictures, expected } = JSON.parse(readFileSync('test/golden/detection.json', 'utf8')) as Golden;
  const objects = pictures.reduce((sum, picture) => sum + picture.objects.length, 0);
  const precision = (threshold: number, rule: 'voc' | 'coco', points: RecallPoints) =>
    detectionPrecision(
      pictures.flatMap((picture) =>
        matchDetections(
          picture.objects,
          picture.detections.map(([box, score]) => ({ box, score })),
          threshold,
          rule,
        ).map((entry) => ({ ...entry, weight: 1 })),
      ),
      objects,
      points,
    );
  assert.ok(Math.abs(precision(0.5, 'voc', 11) - expected.eleven) < 1e-9);
  assert.ok(Math.abs(precision(0.5, 'voc', 'all') - expected.area) < 1e-9);
  const thresholds = Array.from({ length: 10 }, (_, i) => 0.5 + 0.05 * i);
  const coco = thresholds.reduce((sum, threshold) => sum + precision(threshold, 'coco', 101) / 10, 0);
  assert.ok(Math.abs(coco - expected.coco) < 1e-9, `${coco} for ${expected.coco}`);
});

test('a second detection of an object is wrong; a picture drawn twice counts twice', () => {
  const object: Corners = [0, 0, 10, 10];
  const twice = matchDetections(
    [object],
    [
      { box: [0, 0, 10, 9], score: 0.6 },
      { box: object, score: 0.9 },
    ],
    0.5,
    'voc',
  );
  assert.deepEqual(
    twice.map(({ right }) => right),
    [true, false],
  );
  const ranked = [
    { score: 0.9, right: false, weight: 1 },
    { score: 0.8, right: true, weight: 2 },
  ];
  assert.ok(Math.abs(detectionPrecision(ranked, 2, 'all') - 2 / 3) < 1e-12);
  assert.ok(Number.isNaN(detectionPrecision(ranked, 0, 'all')));
  assert.equal(detectionPrecision([], 3, 11), 0);
});

test('overlap and suppression', () => {
  assert.equal(boxOverlap([0, 0, 2, 2], [1, 0, 3, 2]), 1 / 3);
  assert.equal(boxOverlap([0, 0, 2, 2], [2, 0, 3, 2]), 0);
  const boxes: Corners[] = [
    [0, 0, 10, 10],
    [1, 0, 11, 10],
    [20, 20, 30, 30],
  ];
  assert.deepEqual(suppressed(boxes, [0.5, 0.9, 0.1], 0.5), [1, 2]);
});
