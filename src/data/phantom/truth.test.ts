import assert from 'node:assert/strict';
import test from 'node:test';
import { createPhantom } from './index.ts';

const phantom = createPhantom({ patients: 3, frames: 45, frameRateHz: 30, size: 96, anomalies: 0, seed: 2 });

/** Frames of largest and smallest volume. */
function extremes(item: number): { diastole: number; systole: number; ratio: number } {
  const volume = phantom.items[item]!.frameLabels!.volume!;
  const diastole = volume.indexOf(Math.max(...volume));
  const systole = volume.indexOf(Math.min(...volume));
  return { diastole, systole, ratio: volume[systole]! / volume[diastole]! };
}

const area = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);

test('area of the ventricle in the short axis changes as the ejection fraction demands', () => {
  for (const patient of [0, 1, 2]) {
    const item = patient * 4 + 3;
    const { diastole, systole, ratio } = extremes(item);
    const [before, after] = [diastole, systole].map((f) => area(phantom.truth(item, f).masks['left ventricle']!));
    // Length shrinks as v^0.2, so the cross-section as v^0.8.
    assert.ok(Math.abs(after! / before! / ratio ** 0.8 - 1) < 0.06, `${after! / before!}, expected ${ratio ** 0.8}`);
  }
});

test('ejection fraction measured from apical masks by discs agrees with the label', () => {
  for (const patient of [0, 1, 2]) {
    const item = patient * 4;
    const { diastole, systole, ratio } = extremes(item);
    const [before, after] = [diastole, systole].map((frame) => {
      const mask = phantom.truth(item, frame).masks['left ventricle']!;
      let volume = 0;
      for (let row = 0; row < 96; row++) volume += area(mask.subarray(row * 96, (row + 1) * 96)) ** 2;
      return volume;
    });
    assert.ok(Math.abs(after! / before! - ratio) < 0.06, `${after! / before!}, expected ${ratio}`);
  }
});

test('chambers are dark, muscle is bright, outside the sector is black', () => {
  for (let item = 0; item < 12; item++) {
    const truth = phantom.truth(item, 5);
    const pixels = phantom.render(item, { start: 5, count: 1 }).data;
    const level = (wanted: (code: number) => boolean) => {
      let [sum, count] = [0, 0];
      truth.tissue.forEach((code, index) => {
        if (!wanted(code)) return;
        sum += pixels[index]!;
        count++;
      });
      return sum / count;
    };
    const muscle = level((code) => code === truth.tissueNames.indexOf('myocardium'));
    const blood = level((code) => code === truth.tissueNames.indexOf('left ventricle'));
    assert.ok(muscle > 2 * blood && muscle > 35, `item ${item}: muscle ${muscle}, blood ${blood}`);
    assert.equal(
      level((code) => code === 255),
      0,
    );
  }
});

test('boxes hold their masks; key points lie at the ends of the ventricle', () => {
  const { masks, boxes, keyPoints } = phantom.truth(0, 0);
  for (const [name, mask] of Object.entries(masks)) {
    const { top, left, bottom, right } = boxes[name as 'left ventricle']!;
    mask!.forEach((value, index) => {
      const [row, column] = [Math.floor(index / 96), index % 96];
      assert.ok(value === 0 || (row >= top && row < bottom && column >= left && column < right));
    });
  }
  const ventricle = boxes['left ventricle']!;
  assert.ok(Math.abs(keyPoints.apex!.row - ventricle.top) < 3);
  assert.ok(Math.abs(keyPoints['mitral hinge 1']!.row - ventricle.bottom) < 6);
});

test('speckle travels with the tissue: following the displacement, frames agree; standing still, they do not', () => {
  const item = 3;
  const volume = phantom.items[item]!.frameLabels!.volume!;
  // Two frames apart, where the ventricle ejects fastest.
  const drop = volume.map((value, frame) => value - (volume[frame + 2] ?? value));
  const second = drop.indexOf(Math.max(...drop));
  const first = second + 2;
  const truth = phantom.truth(item, first);
  const now = phantom.render(item, { start: first, count: 1 }).data;
  const then = phantom.render(item, { start: second, count: 1 }).data;
  const sample = (row: number, column: number) => {
    const [r, c] = [Math.floor(row), Math.floor(column)];
    const [v, u] = [row - r, column - c];
    const at = (i: number, j: number) => then[i * 96 + j]!;
    return (1 - v) * ((1 - u) * at(r, c) + u * at(r, c + 1)) + v * ((1 - u) * at(r + 1, c) + u * at(r + 1, c + 1));
  };
  const [here, followed, still]: [number[], number[], number[]] = [[], [], []];
  truth.tissue.forEach((code, index) => {
    if (code !== truth.tissueNames.indexOf('myocardium')) return;
    const [row, column] = [Math.floor(index / 96), index % 96];
    const [down, across] = truth.displacement(row, column, second);
    here.push(now[index]!);
    followed.push(sample(row - down, column - across));
    still.push(then[index]!);
  });
  const [withMotion, without] = [correlation(here, followed), correlation(here, still)];
  assert.ok(withMotion > without + 0.1 && withMotion > 0.3, `followed ${withMotion}, standing still ${without}`);
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, index) => {
    ab += (value - meanA) * (b[index]! - meanB);
    aa += (value - meanA) ** 2;
    bb += (b[index]! - meanB) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}
