import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { boxOverlap, type Corners } from '../metrics/boxes.ts';
import type { BoxCase, BoxCases } from './box-cases.ts';
import { correctionsOf } from './box-fit.ts';
import { learnEdges } from './edge-regression.ts';

test('boxes move to their objects where features tell how; a class with too few regions keeps its proposals', async () => {
  const random = new Random(5);
  const shifted = ([x1, y1, x2, y2]: Corners): Corners => {
    const [right, down] = [random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5)];
    return [x1 + right, y1 + down, x2 + right, y2 + down];
  };
  const cases = Array.from({ length: 40 }, (): BoxCase => {
    const [x, y] = [random.uniform(4, 14), random.uniform(4, 14)];
    const box: Corners = [x, y, x + 12, y + 12];
    const proposals = Array.from({ length: 20 }, () => shifted(box));
    return { row: { item: 0, start: 0 }, objects: [{ box, target: 0 }], proposals };
  });
  const rows = Int32Array.from(cases.keys());
  const part = { rows, targets: new Float64Array(40), unitOfRow: rows, units: [] };
  const examples = { train: part, validation: part, test: part };
  // What a region sees of its object: how far away it is, in two of twelve numbers that otherwise say nothing.
  const featuresOf = (places: readonly (readonly [number, number])[]) => {
    const data = new Float32Array(places.length * 12);
    places.forEach(([row, region], i) => {
      const [right, down] = correctionsOf(cases[row].proposals[region], cases[row].objects[0].box);
      for (let p = 0; p < 12; p++) data[12 * i + p] = random.normal(p, 0.01);
      data[12 * i] += right;
      data[12 * i + 1] += down;
    });
    return { rows: places.length, columns: 12, data };
  };
  const known = { classes: ['one', 'none'], cases, examples } as unknown as BoxCases;
  const [own, none] = await learnEdges(known, ({ proposals }) => proposals, featuresOf, 32);
  assert.equal(none, undefined);
  const places = [...cases.keys()].map((row) => [row, 3] as const);
  const proposals = places.map(([row, region]) => cases[row].proposals[region]);
  const better = own!(featuresOf(places), proposals);
  const overlap = (boxes: readonly Corners[]) =>
    boxes.reduce((sum, box, row) => sum + boxOverlap(box, cases[row].objects[0].box) / boxes.length, 0);
  assert.ok(overlap(better) > 0.97, `mean overlap ${overlap(better)}`);
  assert.ok(overlap(proposals) < 0.9);
});
