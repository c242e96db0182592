import assert from 'node:assert/strict';
import test from 'node:test';
import { probe, tapDifferences } from '../../test/figures/probe-fixture.ts';
import { reportData } from '../../test/figures/report-fixture.ts';
import { assertGoodFigure, assertNested } from '../../test/figures/snapshot.ts';
import { datasetCounts } from './dataset-summary.ts';
import { renderReport } from './report.ts';
import type { ReportData } from './report-data.ts';
import { reportFigures } from './report-figures.ts';

const plain = (html: string) => html.replace(/[\u202f\u00a0\u2007]/g, ' ');
const bodyOf = (html: string) => html.slice(html.indexOf('<body>'), html.indexOf('</html>'));

test('a report is one file that asks nothing of the network and runs nothing', () => {
  const html = renderReport(reportData);
  assertNested(bodyOf(html));
  const addresses = [...html.matchAll(/(?:href|src|url|action|data)\s*[=(]\s*["']?([^"'\s>)]+)/g)].map(
    ([, address]) => address,
  );
  assert.ok(addresses.length > 10);
  for (const address of addresses) assert.match(address, /^(data:image\/png;base64,|data:,|#)/);
  assert.doesNotMatch(html, /<script|<iframe|@import|javascript:/);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
  assert.doesNotMatch(html, /undefined|NaN|\[object/);
});

test('every link leads to a section', () => {
  const html = renderReport(reportData);
  const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  assert.ok(links.length >= 6);
  for (const id of links) assert.ok(html.includes(`id="${id}"`), id);
});

test('every figure has a caption with its command, and a finding in words', () => {
  const html = renderReport(reportData);
  const figures = html.match(/<figure>[\s\S]*?<\/figure>/g) ?? [];
  assert.ok(figures.length >= 9, `${figures.length} figures`);
  for (const figure of figures)
    assert.match(figure, /<title>[^<]{10,}<\/title>[\s\S]*<figcaption>[\s\S]{40,}<\/figcaption>/);
  assert.match(html, /Redraw: <code>npx sonde demo --seed 1 --out demo<\/code>/);
});

test('the figures of a report are files of their own', () => {
  const figures = reportFigures(reportData);
  assert.deepEqual(
    [...figures.keys()],
    [
      'data',
      'layers-linear-view-rotation',
      'puzzle-rotation-phantom-7f3a-1',
      'puzzle-rotation-phantom-7f3a-2',
      'learning-rotation-phantom-7f3a',
      'confusion-rotation-phantom-7f3a',
      'filters-rotation-phantom-7f3a',
    ],
  );
  for (const svg of figures.values()) assertGoodFigure(svg);
});

test('the title is the finding at the tap chosen on validation', () => {
  assert.match(
    renderReport(reportData),
    /<h1>Rotation has learned view: \+18\.3 points over random initialisation at stage3<\/h1>/,
  );
});

test('a value is bold only where the paired test tells it from random initialisation', () => {
  const html = plain(renderReport(reportData));
  assert.match(
    html,
    /<td><b>74\.4<\/b> \[71\.0, 77\.6\]<\/td><td>\+18\.3 \[14\.3, 22\.1\]<\/td><td class="quiet">&lt; 0\.001<\/td>/,
  );
  assert.match(html, /<td>47\.1 \[43\.7, 50\.3\]<\/td><td> \+1\.9 \[−2\.1, {2}5\.7\]<\/td>/);
  assert.equal([...html.matchAll(/<b>/g)].length, 5);
});

test('where nothing is clear the report says so, and what to do', () => {
  const unclear = tapDifferences.map((entry) => ({ ...entry, p: 0.3 }));
  const data: ReportData = { ...reportData, differences: [{ ...reportData.differences[0], taps: unclear }] };
  const html = renderReport(data);
  assert.match(html, /<h1>Rotation cannot be told from random initialisation on view<\/h1>/);
  assert.match(html, /cannot be told apart at any of 6 taps .* Train longer, or on more patients/);
  assert.doesNotMatch(html, /<td><b>/);
});

test('where pre-training hurts the report says so', () => {
  const worse = tapDifferences.map((entry) => ({
    ...entry,
    p: 0.001,
    difference: { value: -0.1, low: -0.15, high: -0.05 },
  }));
  const html = renderReport({ ...reportData, differences: [{ ...reportData.differences[0], taps: worse }] });
  assert.match(html, /<h1>Rotation knows less of view than random initialisation: −10\.0 points at stage3<\/h1>/);
  assert.match(html, /<td><b>45\.2<\/b>/, 'random initialisation is the better one');
});

test('several labels get a figure and a table each', () => {
  const probes = [...reportData.probes, probe('Rotation', 'pretrained', [0.3, 0.3, 0.3, 0.3, 0.3, 0.3], 'phase')];
  const html = renderReport({ ...reportData, probes });
  assert.equal([...html.matchAll(/<table>/g)].length, 2);
  assert.match(html, /id="layers-2"/);
});

test('a report without runs, probes or pictures leaves no holes', () => {
  const html = renderReport({
    ...reportData,
    data: { ...reportData.data, thumbnails: [], problems: [] },
    runs: [],
    probes: [],
    differences: [],
    recording: undefined,
    limits: undefined,
  });
  assertNested(bodyOf(html));
  assert.match(html, /<h1>phantom-demo<\/h1>/);
  assert.match(html, /Every file could be read/);
});

test('a run that stopped says why; hostile names stay text', () => {
  const [run] = reportData.runs;
  const manifest = { ...run.manifest, state: 'failed' as const, error: 'the loss is not a number & <b>worse</b>' };
  const html = renderReport({ ...reportData, runs: [{ ...run, manifest }], question: '<img src=x onerror=alert(1)>' });
  assert.match(html, /This run is failed: the loss is not a number &amp; &lt;b&gt;worse&lt;\/b&gt;/);
  assert.doesNotMatch(html, /<img/);
});

test('an index is summed up by part: patients once, labels by value, many numbers by their spread', () => {
  const item = (patient: string, view: string, ef: number) => ({
    id: `${patient}-${ef}`,
    patient,
    kind: 'clip' as const,
    frames: 1,
    height: 1,
    width: 1,
    channels: 1 as const,
    intensityRange: [0, 255] as const,
    labels: { view, ef },
    format: 'png',
  });
  const items = [
    ...Array.from({ length: 12 }, (_, i) => item(`p${i % 4}`, i % 2 === 0 ? 'A4C' : 'PLAX', 30 + i)),
    item('q', 'A4C', 70),
    item('r', 'PLAX', 75),
    item('outside', 'PSAX', 99),
  ];
  const split = {
    name: 's',
    seed: 1,
    parts: { p0: 'train', p1: 'train', p2: 'train', p3: 'train', q: 'validation', r: 'test' } as const,
  };
  assert.deepEqual(datasetCounts({ items, split }), {
    itemName: 'clip',
    patients: { train: 4, validation: 1, test: 1 },
    items: { train: 12, validation: 1, test: 1 },
    labels: [
      {
        kind: 'classes',
        name: 'view',
        values: [
          { value: 'A4C', items: { train: 6, validation: 1, test: 0 } },
          { value: 'PLAX', items: { train: 6, validation: 0, test: 1 } },
        ],
      },
      {
        kind: 'numbers',
        name: 'ef',
        parts: {
          train: { items: 12, least: 30, median: 35.5, most: 41 },
          validation: { items: 1, least: 70, median: 70, most: 70 },
          test: { items: 1, least: 75, median: 75, most: 75 },
        },
      },
    ],
  });
});
