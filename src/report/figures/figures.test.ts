import assert from 'node:assert/strict';
import test from 'node:test';
import sharp from 'sharp';
import { curveProbes, probes } from '../../../test/figures/probe-fixture.ts';
import { rotationPuzzle, sectorClip, tilePuzzle } from '../../../test/figures/puzzle-fixture.ts';
import { filterBank, learningMetrics, reportData } from '../../../test/figures/report-fixture.ts';
import { assertGoodFigure, matchesSnapshot } from '../../../test/figures/snapshot.ts';
import { SondeError } from '../../base/errors.ts';
import { curveOf, probeGroups, scoreCurveOf } from '../findings.ts';
import { inFixedColours } from '../palette.ts';
import { type Confusion, confusion } from './confusion.ts';
import { datasetOverview } from './dataset-overview.ts';
import { filters } from './filters.ts';
import { learningCurves } from './learning-curves.ts';
import { perLayerCurve } from './per-layer-curve.ts';
import { framesShown, frameUri } from './picture.ts';
import { pictureGrid } from './picture-grid.ts';
import { puzzle } from './puzzle.ts';
import { scoreCurve } from './score-curve.ts';

const [group] = probeGroups({ probes, differences: reportData.differences });
const curve = curveOf(group, { Rotation: '#E69F00' });
const [growth] = probeGroups({ probes: curveProbes, differences: [] });
const training = { method: 'Rotation', chance: { accuracy: 0.25, loss: Math.log(4) } };
const rotations: Confusion = {
  question: 'rotation',
  classes: ['0°', '90°', '180°', '270°'],
  counts: [
    [54, 2, 3, 1],
    [4, 50, 1, 5],
    [8, 0, 52, 0],
    [0, 12, 0, 48],
  ],
};

const drawings: Readonly<Record<string, () => string>> = {
  'per-layer-curve': () => perLayerCurve(curve),
  'score-curve': () => scoreCurve(scoreCurveOf(growth, { Rotation: '#E69F00' })!),
  'learning-curves': () => learningCurves({ ...training, metrics: learningMetrics() }),
  filters: () => filters(filterBank(8, 1)),
  'filters-over-time': () => filters(filterBank(8, 3)),
  confusion: () => confusion(rotations),
  'puzzle-clip': () => puzzle(rotationPuzzle('a', 4)),
  'puzzle-tiles': () => puzzle(tilePuzzle()),
  'picture-grid': () =>
    pictureGrid({
      title: 'Four clips of the data set',
      description: 'Sectors.',
      rows: [
        {
          label: 'first',
          pictures: [0, 1, 2, 3].map((i) => ({ picture: sectorClip(`${i}`, 1, 24), caption: `clip ${i}` })),
        },
      ],
    }),
  'dataset-overview': () => datasetOverview(reportData.data.counts),
};

for (const [name, draw] of Object.entries(drawings)) {
  test(`${name} equals its snapshot, stands alone and says its finding`, () => {
    const svg = draw();
    assertGoodFigure(svg);
    matchesSnapshot(name, svg);
  });
}

test('every figure is drawn by a program that knows no custom properties, in both themes', async () => {
  for (const draw of Object.values(drawings)) {
    for (const theme of ['light', 'dark'] as const) {
      const svg = inFixedColours(draw(), theme);
      assert.doesNotMatch(svg, /var\(--/);
      const { width } = await sharp(Buffer.from(svg)).metadata();
      assert.ok(width !== undefined && width > 200);
    }
  }
});

test('the per-layer curve says its finding, fills marks that differ, and draws chance and baselines', () => {
  const svg = perLayerCurve(curve);
  assert.match(
    svg.replace(/[\u202f\u00a0]/g, ' '),
    /<title>Rotation peaks at stage3, 74\.4 % \[71\.0, 77\.6\] accuracy for view; random initialisation reaches 56\.1 % \[52\.7, 59\.3\] there; chance is 26\.0 %<\/title>/,
  );
  assert.equal([...svg.matchAll(/r="4" fill="#E69F00"/g)].length, 5, 'five of six taps differ');
  assert.equal([...svg.matchAll(/r="4" fill="var\(--ground\)"/g)].length, 1);
  assert.match(svg, /stroke="var\(--secondary\)" stroke-width="1.75" stroke-dasharray="6 4"/);
  assert.match(svg, /stroke="var\(--ink\)" stroke-width="2" stroke-dasharray="0.1 4.5"/);
});

test('one tap, many taps with long names and other measures are drawn too', () => {
  const score = { value: 0.4, low: 0.3, high: 0.5 };
  const one = perLayerCurve({
    ...curve,
    encoders: [{ name: 'A', role: 'pretrained', taps: [{ tap: 'pooled', score, seeds: [0.35, 0.45] }] }],
  });
  assertGoodFigure(one);
  assert.equal([...one.matchAll(/fill-opacity="0.45"/g)].length, 2, 'each seed is a faint point');
  const names = Array.from({ length: 18 }, (_, i) => `layer${i}.block.convolution`);
  const many = perLayerCurve({
    label: 'ejection fraction',
    measure: 'r2',
    chance: 0,
    encoders: [{ name: 'A', role: 'pretrained', taps: names.map((tap) => ({ tap, score })) }],
  });
  assertGoodFigure(many);
  assert.match(many, /rotate\(-40/);
});

test('learning curves survive missing accuracies, values that are not numbers, and alarms', () => {
  const metrics = [
    { step: 1, epoch: 0, loss: 2, learningRate: 0.1 },
    { step: 2, epoch: 0, loss: Number.NaN, learningRate: 0.1, alarm: 'the loss is not a number' },
    { step: 3, epoch: 0, loss: 1, learningRate: 0.1 },
  ];
  const svg = learningCurves({ method: 'Reconstruction', chance: {}, metrics });
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  assert.doesNotMatch(svg, /Pretext accuracy/);
  assert.match(svg, /Alarm at step 2: the loss is not a number/);
  assertGoodFigure(learningCurves({ ...training, metrics: [] }));
});

test('confusions say the most frequent mistake', () => {
  assert.match(
    confusion(rotations).replace(/\u00a0/g, ' '),
    /85\.0 % of 240 questions about rotation are answered right; the most frequent mistake is 270° taken for 90° \(20 %\)/,
  );
  assertGoodFigure(confusion({ ...rotations, counts: rotations.counts.map((row) => row.map(() => 0)) }));
});

test('every filter is scaled by itself, zero is mid-grey', async () => {
  const svg = filters({ layer: 'stem', shape: [2, 1, 1, 3], data: [-1, 0, 1, -0.01, 0, 0.005] });
  const tiles = [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)];
  const pixels = await Promise.all(
    tiles.map(([, data]) => sharp(Buffer.from(data, 'base64')).extractChannel(0).raw().toBuffer()),
  );
  assert.deepEqual(
    pixels.map((tile) => [...tile]),
    [
      [0, 128, 255],
      [0, 128, 191],
    ],
  );
});

test('colour filters keep their colours, over time too', async () => {
  // One filter, red in the first frame, blue in the second: [1, 3, 2, 1, 1].
  const svg = filters({ layer: 'stem', shape: [1, 3, 2, 1, 1], data: [1, -1, -1, -1, -1, 1] });
  const tiles = [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)];
  const pixels = await Promise.all(tiles.map(([, data]) => sharp(Buffer.from(data, 'base64')).raw().toBuffer()));
  assert.deepEqual(
    pixels.map((tile) => [...tile]),
    [
      [255, 0, 0],
      [0, 0, 255],
    ],
  );
  assert.throws(() => filters({ layer: 'head', shape: [4, 8], data: new Float32Array(32) }), SondeError);
});

test('pictures keep their pixels, cut off outside 0 to 1', async () => {
  const uri = frameUri({ data: Float32Array.of(9, 9, 9, 9, -1, 0.5, 1, 2), shape: [2, 2, 2, 1] }, 1);
  const pixels = await sharp(Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64'))
    .extractChannel(0)
    .raw()
    .toBuffer();
  assert.deepEqual([...pixels], [0, 128, 255, 255]);
});

test('a picture shown much smaller than it is is averaged, one shown larger keeps its squares', async () => {
  const picture = { data: Float32Array.from({ length: 400 * 400 }, (_, i) => i % 2), shape: [1, 400, 400, 1] as const };
  const small = pictureGrid({ title: 'A picture', description: '', rows: [{ pictures: Array(8).fill({ picture }) }] });
  const [, data] = /base64,([^"]+)"/.exec(small) ?? [];
  const { width, height } = await sharp(Buffer.from(data, 'base64')).metadata();
  assert.deepEqual([width, height], [200, 200]);
  assert.deepEqual([...new Set(await sharp(Buffer.from(data, 'base64')).raw().toBuffer())], [128]);
  assert.doesNotMatch(small, /pixelated/);
  assert.match(puzzle(tilePuzzle()), /pixelated/);
});

test('frames of a strip are spread from the first to the last', () => {
  assert.deepEqual(framesShown(16, 6), [0, 3, 6, 9, 12, 15]);
  assert.deepEqual(framesShown(3, 6), [0, 1, 2]);
  assert.deepEqual(framesShown(16, 1), [0]);
});

test('a known spacing gives a scale bar and the true aspect', () => {
  const picture = { data: new Float32Array(40 * 40), shape: [1, 40, 40, 1] as const, spacingMm: [2, 1] as const };
  const svg = puzzle({ question: 'Which way is up?', answer: 'This way.', rows: [[{ caption: 'tall', picture }]] });
  const [, width, height] = /<image [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  assert.equal(Number(height), 2 * Number(width));
  assert.match(svg, />20 mm</);
});

test('text from files cannot become markup', () => {
  const hostile = '<script>alert("x")</script>&\u0000';
  const svg = puzzle({
    question: hostile,
    answer: hostile,
    rows: [[{ caption: hostile, picture: sectorClip('x', 1, 8) }]],
  });
  assertGoodFigure(svg);
  assert.doesNotMatch(svg, /<script/);
});

test('long questions, answers and captions are broken into lines, and none is cut off', async () => {
  const long = 'At which moments of the heart beat were MANY SUMMED frames of this mamma recorded, and how many?';
  for (const count of [1, 2, 5]) {
    const text = Array.from({ length: count }, () => long).join(' ');
    const row = [{ caption: text, picture: sectorClip('x', 1, 24) }];
    const svg = inFixedColours(puzzle({ question: text, answer: text, rows: [row] }), 'light');
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    assert.ok(Number(width) <= 720);
    const wider = svg
      .replace(`viewBox="0 0 ${width} ${height}"`, `viewBox="0 0 ${Number(width) + 300} ${height}"`)
      .replace(`width="${width}"`, `width="${Number(width) + 300}"`);
    const beyond = { left: Number(width), top: 0, width: 300, height: Number(height) };
    const { data } = await sharp(Buffer.from(wider))
      .ensureAlpha()
      .extract(beyond)
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.ok(
      data.every((value, i) => i % 4 < 3 || value === 0),
      `${count} sentences: something is drawn beyond the edge`,
    );
  }
});
