import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeInspection, inspectDataset } from './inspect.ts';
import type { DatasetIndex, MediaItem } from './media.ts';
import { splitByPatient } from './split.ts';

function clip(i: number): MediaItem {
  return {
    id: `clip-${i}.mp4`,
    patient: `p${i % 5}`,
    kind: 'clip',
    ...{ frames: 100 + i, height: 480, width: 640 },
    channels: i < 3 ? 3 : 1,
    frameRateHz: 25,
    intensityRange: [0, 255],
    labels: { view: i % 4 === 0 ? 'apical' : 'parasternal', ...(i > 0 ? { ef: 40 + i } : {}) },
    format: 'video',
  };
}

const items = Array.from({ length: 20 }, (_, i) => clip(i));
const index: DatasetIndex = {
  version: 1,
  name: 'echo',
  items,
  problems: [{ path: 'a.mp4', reason: 'this video is an empty file', severity: 'skipped' }],
  split: splitByPatient(items),
  hash: 'h',
};

test('an inspection counts items, patients, labels and parts', () => {
  const summary = inspectDataset(index, [['clip-1.mp4', 'clip-2.mp4']]);
  assert.deepEqual([summary.items, summary.patients, summary.grey, summary.colour], [20, 5, 17, 3]);
  assert.equal(summary.frames, 2190);
  assert.ok(Math.abs(summary.seconds - 2190 / 25) < 1e-9);
  assert.deepEqual(summary.framesPerItem, { low: 100, median: 109.5, high: 119 });
  const [view, ef] = summary.labels;
  assert.deepEqual(view.classes, [
    { value: 'parasternal', items: 15, patients: 5 },
    { value: 'apical', items: 5, patients: 5 },
  ]);
  assert.deepEqual(ef, { name: 'ef', known: 19, numbers: { low: 41, median: 50, high: 59 } });
  assert.deepEqual(
    summary.parts.map(({ patients }) => patients),
    [3, 1, 1],
  );
});

test('the text is aligned and names what a reader asks for first', () => {
  const text = describeInspection(inspectDataset(index, [['clip-1.mp4', 'clip-2.mp4']]));
  assert.equal(
    text,
    `echo: 20 items of 5 patients

  Kind           20 clips
  Frames         2\u202f190 in all, 1 min 28 s; 100 to 119 (median 110) in one
  Frame rate     25 Hz
  Size           480 x 640 (rows x columns)
  Pixel spacing  unknown
  Colour         17 grey, 3 in colour
  Format         video

Split by patient
  train       3 patients  12 items
  validation  1 patient   4 items
  test        1 patient   4 items

Labels
  view  parasternal           15 items  5 patients
        apical                5 items   5 patients
  ef    41 to 59 (median 50)                        known for 19 of 20

Identical files (1 group)
    clip-1.mp4 = clip-2.mp4

Problems (1)
  skipped  a.mp4  this video is an empty file
`,
  );
  assert.match(describeInspection(inspectDataset({ ...index, problems: [] })), /No problems found\.\n$/);
});
