// Groups of pictures and grids of blocks: found where they are, closed, exchanged, and judged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compressed,
  keyFrameEvery,
  type Plant,
  plantedWorld,
  trainedSubject,
  unevenQuality,
} from '../../../test/planted-shortcuts.ts';
import { Random } from '../../base/random.ts';
import { auditShortcuts } from './audit.ts';
import { blockGrid } from './block-grid.ts';
import { evenlyFine } from './evenly-fine.ts';
import { finenesses, withFinenessOf } from './frame-quality.ts';
import { groupOfPictures, strongestPeriod } from './group-of-pictures.ts';
import { shortcutById } from './index.ts';
import { someFrames } from './stored-frames.ts';
import { likeliestGrid, storedGrid } from './stored-grid.ts';

const side = 32;
const clips = (plant: Plant, frames = 16) => plantedWorld({ patients: 12, itemsEach: 1, frames, side, plant });
const croppedGrid = compressed(
  () => 4,
  () => [3, 5],
);

test('the period of key frames and the place of each clip in it are found, and no other period', () => {
  for (const period of [3, 4, 5]) {
    const store = clips(keyFrameEvery(period));
    const group = groupOfPictures(store);
    assert.equal(group?.period, period);
    // The first frame's place was drawn from the clip's own stream.
    const truth = store.index.items.map((_, item) =>
      new Random('planted world').split(0).split('plant', item).split('first frame').integer(period),
    );
    const right = truth.filter((place, item) => group.place(item) === place).length;
    assert.ok(right >= 11, `${right} of 12 with period ${period}`);
  }
  for (const plant of [unevenQuality, compressed(() => 4)]) assert.equal(groupOfPictures(clips(plant)), undefined);
});

test('a period is found beside a trend and not in noise', () => {
  const random = new Random('series');
  const series = (signal: (t: number) => number, noise: number) =>
    Array.from({ length: 12 }, (_, clip) =>
      Array.from({ length: 24 }, (_, t) => signal(t + clip) + random.split(clip, t).normal(0, noise)),
    );
  const sharp = (t: number) => (t % 6 === 0 ? 1 : 0);
  const found = strongestPeriod(series((t) => sharp(t) + 0.3 * t, 0.2));
  assert.equal(found?.period, 6);
  // Variance of the signal less its mean over a period, 5/36, beside that of the noise, which averaging lessens by a seventh or so.
  assert.ok(Math.abs(found.explained - 5 / 36 / (5 / 36 + 0.04)) < 0.1, `${found.explained}`);
  assert.equal(strongestPeriod(series(() => 0, 1)), undefined);
});

test('clips made evenly fine have no period left', () => {
  const store = clips(keyFrameEvery(4));
  assert.ok(groupOfPictures(store));
  assert.equal(groupOfPictures(evenlyFine(store)), undefined);
});

test('a question takes over the fineness of the frames of another and keeps its content', () => {
  const layout = { views: 3, channels: 1, frames: 1, height: side, width: side };
  const of = (item: number) => {
    const { data } = clips(keyFrameEvery(3), 3).read(item, { start: 0, count: 3 });
    return { data: Float32Array.from(data), answer: 0, patient: `${item}` };
  };
  const [own, other] = [of(0), of(1)];
  const changed = { ...own, data: withFinenessOf(own, other, layout) };
  const [goal, got] = [finenesses(other, layout), finenesses(changed, layout)];
  goal.forEach((value, i) => {
    assert.ok(Math.abs(value - got[i]) < 0.1, `${value} ${got[i]}`);
  });
  assert.deepEqual(withFinenessOf(own, own, layout), own.data);
});

test('the grid is found where it begins, and none where there is none or it lies anywhere', () => {
  const store = clips(croppedGrid, 3);
  const all = store.index.items.map((_, item) => item);
  assert.ok(
    all.filter((item) => storedGrid(store, item)?.row === 3 && storedGrid(store, item)?.column === 5).length > 9,
  );
  const anywhere = compressed(
    () => 4,
    ({ random }) => [random.split('row').integer(8), random.split('column').integer(8)],
  );
  for (const other of [plantedWorld({ patients: 12, frames: 3, side }), clips(anywhere, 3)]) {
    for (const item of other.index.items.keys()) assert.equal(storedGrid(other, item), undefined);
  }
  const closed = blockGrid.closed!.store(store);
  for (const item of all) assert.equal(storedGrid(closed, item), undefined);
  // Of one item alone its own place is found all the same.
  assert.deepEqual(likeliestGrid(someFrames(store, 0, 3), side), { row: 3, column: 5 });
});

test('a seam exchanged lies where the other has it, and what is put back is what was there', () => {
  const store = clips(croppedGrid, 3);
  const layout = { views: 1, channels: 1, frames: 1, height: side, width: side };
  const scene = { layout, temporal: false, store, items: [] };
  const asStored = (item: number) => ({
    data: Float32Array.from(store.read(item, { start: 0, count: 1 }).data),
    region: blockGrid.find!(store, item)!,
    answer: 0,
    patient: `${item}`,
  });
  /** The same question upside down and from right to left. */
  const turned = ({ data, region, ...rest }: ReturnType<typeof asStored>) => ({
    ...rest,
    data: data.slice().reverse(),
    region: region.slice().reverse(),
  });
  const [own, other] = [asStored(0), turned(asStored(1))];
  const moved = blockGrid.transplant!(own, other, scene)!;
  // A seam before row 3 of 32 is one before row 29, which is 5 of 8, when the picture stands on its head.
  assert.deepEqual(likeliestGrid([moved], side), { row: 5, column: 3 });
  assert.deepEqual(likeliestGrid([blockGrid.transplant!(own, own, scene)!], side), { row: 3, column: 5 });
  const places = blockGrid.alone!(own, scene);
  assert.equal(places.length, 2 * side);
  assert.deepEqual(
    places.flatMap((value, i) => (value === 1 ? [i] : [])),
    [3, 11, 19, 27, side + 5, side + 13, side + 21, side + 29],
  );
  assert.equal(blockGrid.transplant!(own, { ...other, region: new Uint8Array(side * side) }, scene), undefined);
});

test('a grid that alone shows the turn is found in use, and the method trained without it beside', async () => {
  const subject = await trainedSubject(
    plantedWorld({ patients: 20, itemsEach: 1, frames: 3, side: 24, plant: croppedGrid }),
    {
      method: 'rotation',
      steps: 40,
      batchSize: 6,
      methodOptions: { size: 24, mask: 'none', mirror: false, smallestCrop: 1 },
    },
  );
  try {
    const { shortcuts } = await auditShortcuts(
      subject,
      ['block-grid', 'margin'].map(shortcutById),
      { questions: 96, alone: 160, margin: 0.02, steps: 3 },
      { random: new Random('audit'), onProgress: () => undefined },
    );
    const [grid, margin] = shortcuts;
    assert.equal(grid.verdict, 'used');
    assert.equal(margin.verdict, 'not here');
    // No option of the method closes it: it is trained on the data without it and with it.
    const [{ option, open, steps, pretext }] = grid.retrained;
    assert.deepEqual({ option, open, steps }, { option: 'data', open: 'as stored', steps: 3 });
    assert.ok(pretext.low <= pretext.value && pretext.value <= pretext.high);
  } finally {
    await subject.laboratory.release();
  }
});

test('key frames are judged by questions and by what features hold of the place in the group', async () => {
  const subject = await trainedSubject(plantedWorld({ patients: 24, frames: 16, side, plant: keyFrameEvery(4) }), {
    method: 'shuffle-and-learn',
    steps: 1,
    batchSize: 8,
    methodOptions: {
      size: side,
      smallestCrop: 1,
      tauMax: 4,
      tauMin: 4,
      hidden: 16,
      negatives: 1,
      weighting: 'uniform',
      leastDifference: 0,
    },
  });
  try {
    const { shortcuts } = await auditShortcuts(
      subject,
      [shortcutById('key-frames')],
      { questions: 64, alone: 200, margin: 0.02, steps: 0 },
      { random: new Random('audit'), onProgress: () => undefined },
    );
    const [{ verdict, decoded }] = shortcuts;
    assert.equal(verdict, 'usable, not used');
    assert.ok(
      decoded[0].taps.some(({ share }) => share.low > 0),
      JSON.stringify(decoded),
    );
  } finally {
    await subject.laboratory.release();
  }
});
