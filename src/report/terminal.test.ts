import assert from 'node:assert/strict';
import test from 'node:test';
import { curveProbes, probes } from '../../test/figures/probe-fixture.ts';
import { reportData } from '../../test/figures/report-fixture.ts';
import type { TapScore } from '../evaluation/probe-result.ts';
import { answersTables } from './answers-table.ts';
import { curveTable } from './curve-table.ts';
import { probeGroups } from './findings.ts';
import { measuresTable } from './measures-table.ts';
import { probeTable } from './probe-table.ts';
import { displayWidth, facts, paint, progressBar, progressLine, table } from './terminal.ts';

/** Thin and fixed spaces read as plain ones here. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');

const running = {
  name: 'jigsaw',
  done: 1240,
  total: 2880,
  unit: 'steps',
  rate: { perSecond: 61.2, unit: 'clips' },
  measures: [{ name: 'loss', value: 1.874, chance: 3.178 }],
  secondsLeft: 100,
};

test('progress says how far, how fast, how well and how long', () => {
  assert.equal(
    plain(progressLine(running, { barWidth: 6 })),
    'jigsaw  ▕██▋   ▏ 43 %  1 240/2 880 steps  61 clips/s  loss 1.87 (chance 3.18)  1 min 40 s left',
  );
  assert.equal(
    plain(progressLine({ name: 'reading', done: 96, total: 96, unit: 'frames' }, { barWidth: 4 })),
    'reading  ▕████▏100 %  96/96 frames',
  );
});

test('what is done has no time left', () => {
  assert.doesNotMatch(progressLine({ ...running, done: 2880, secondsLeft: 0 }), /left/);
});

test('a narrow terminal loses the least needed parts, never the time left', () => {
  for (const width of [50, 60, 70, 80, 90]) {
    const line = progressLine(running, { width });
    assert.ok(displayWidth(line) <= width, `${displayWidth(line)} columns in ${width}: ${line}`);
    assert.match(plain(line), /1 min 40 s left$/);
  }
  assert.doesNotMatch(progressLine(running, { width: 60 }), /chance/);
});

test('accuracies are written in percent', () => {
  const line = progressLine({ ...running, measures: [{ name: 'right', value: 0.873, chance: 0.25, percent: true }] });
  assert.match(plain(line), /right 87 % \(chance 25 %\)/);
});

test('nothing done and more than everything done stay inside the bar', () => {
  assert.equal(progressBar(0, 3), '▕   ▏');
  assert.equal(progressBar(7, 3), '▕███▏');
  assert.match(progressLine({ name: 'a', done: 0, total: 0, unit: 'steps' }), / {2}0.%/);
});

test('colour appears only when asked for', () => {
  assert.equal(paint('bad', 'failed', false), 'failed');
  assert.equal(paint('bad', 'failed', true), '\u001b[31mfailed\u001b[39m');
  const coloured = progressLine(running, { colour: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with this one
  assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), progressLine(running));
  assert.notEqual(coloured, progressLine(running));
});

test('a table aligns words left and numbers right', () => {
  const columns = [{ title: 'tap' }, { title: 'accuracy', align: 'right' as const }];
  const rows = [
    ['stem', '47.1 [43.7, 50.3]'],
    ['stage1', { text: '6.6 [3.2, 9.8]', bold: true }],
  ];
  assert.equal(
    table(columns, rows),
    [
      'tap              accuracy',
      '──────  ─────────────────',
      'stem    47.1 [43.7, 50.3]',
      'stage1     6.6 [3.2, 9.8]',
    ].join('\n'),
  );
  assert.match(table(columns, rows, { colour: true }), /\[1m {3}6\.6/);
});

test('facts stand in one column', () => {
  assert.equal(
    facts(
      [
        ['method', 'Rotation'],
        ['data', '480 clips'],
      ],
      2,
    ),
    '  method  Rotation\n  data    480 clips',
  );
});

test('the per-layer table shows intervals and differences, and says in words which are clear', () => {
  const [group] = probeGroups({ probes: probes.slice(0, 2), differences: reportData.differences });
  assert.equal(
    plain(probeTable(group)),
    `tap     features  random initialisation           Rotation          difference        p
──────  ────────  ─────────────────────  ─────────────────  ──────────────────  ───────  ─────
stem          16      45.2 [41.8, 48.4]  47.1 [43.7, 50.3]   +1.9 [−2.1,  5.7]     0.41
stage1        16      50.3 [46.9, 53.5]  56.6 [53.2, 59.8]   +6.3 [ 2.3, 10.1]     0.02  above
stage2        32      54.1 [50.7, 57.3]  66.5 [63.1, 69.7]  +12.4 [ 8.4, 16.2]  < 0.001  above
stage3        64      56.1 [52.7, 59.3]  74.4 [71.0, 77.6]  +18.3 [14.3, 22.1]  < 0.001  above
stage4       128      54.8 [51.4, 58.0]  71.4 [68.0, 74.6]  +16.6 [12.6, 20.4]  < 0.001  above
pooled       128      53.3 [49.9, 56.5]  66.2 [62.8, 69.4]  +12.9 [ 8.9, 16.7]  < 0.001  above
accuracy, %, for view on 24 test patients; 95 % intervals by bootstrap over patients; chance 26.0 %`,
  );
});

test('curves are tables too: every point with its interval and its spread over repeats', () => {
  const [group] = probeGroups({ probes: curveProbes, differences: [] });
  const text = plain(curveTable(group)!);
  assert.match(text, /% of labelled patients +Rotation at stem +sd/);
  assert.match(text, /^ +5 +52\.0 \[41\.0, 62\.3\] +8\.0/m);
  assert.match(text, /^ +100 +74\.4 \[/m);
  assert.match(plain(probeTable(group)), /100 % are 72 training patients/);
  assert.equal(curveTable(probeGroups({ probes, differences: [] })[0]), undefined);
});

test('cases in detail: measures of their own, the worst first; further measures of every encoder', () => {
  const [probe] = probes;
  const tap: TapScore = {
    ...probe.taps[3],
    validation: 1,
    measures: { hd95Mm: { value: 2, low: 1, high: 3 } },
    items: [
      { item: 'scan 1', patient: 'good', correct: 0.9, measures: { dice: 0.9, hd95Mm: 1 } },
      { item: 'scan 2', patient: 'poor', correct: 0.4, measures: { dice: 0.4 } },
    ],
  };
  const text = plain(answersTables({ ...probe, taps: [tap] })!);
  assert.match(text, /case +patient +dice +hd95Mm\n.*\nscan 2 +poor +0\.400 *\nscan 1 +good +0\.900 +1\.000/);
  const [group] = probeGroups({ probes: [{ ...probe, taps: [tap] }], differences: [] });
  assert.match(plain(measuresTable(group)!), /measure +Rotation at stage3\n.*\nhd95Mm +2\.000 \[1\.000, 3\.000\]/);
  assert.equal(measuresTable({ ...group, probes: [{ ...probe, taps: [{ ...tap, measures: {} }] }] }), undefined);
});

test('answers in detail: classes with DeLong intervals, worst patients first', () => {
  const [probe] = probes;
  assert.equal(answersTables(probe), undefined);
  const tap = {
    ...probe.taps[3],
    validation: 1,
    perClass: [
      {
        name: 'A4C',
        items: 3,
        patients: 2,
        recall: 2 / 3,
        precision: 1,
        f1: 0.8,
        averagePrecision: 0.9,
        auroc: { value: 0.9, low: 0.8, high: 1 },
      },
      { name: 'PLAX', items: 0, patients: 0 },
    ],
    items: [
      { patient: 'good', correct: 1, truth: 0, answer: 0 },
      { patient: 'poor', correct: 1, truth: 0, answer: 0 },
      { patient: 'poor', correct: 0, truth: 0, answer: 1 },
    ],
  };
  const text = plain(answersTables({ ...probe, taps: [tap] })!);
  assert.match(text, /^Rotation at stage3/);
  assert.match(text, /A4C +3 +2 +66\.7 +100\.0 +80\.0 +90\.0 +0\.90 \[0\.80, 1\.00\]/);
  assert.match(text, /PLAX +0 +0 *\n/);
  assert.match(text, /poor +2 +1 +50\.0\ngood +1 +1 +100\.0/);
});
