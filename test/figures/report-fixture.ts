/**
 * A made-up study, realistic in sizes and shapes, to draw figures and reports from.
 * @module
 */
import { Random } from '../../src/base/random.ts';
import type { FilterBank } from '../../src/report/figures/filters.ts';
import type { ReportData } from '../../src/report/report-data.ts';
import type { MetricsRecord, RunManifest } from '../../src/training/run-record.ts';
import { probes, tapDifferences, taps } from './probe-fixture.ts';
import { rotationPuzzle, sectorClip } from './puzzle-fixture.ts';

export function learningMetrics(steps = 2880, every = 10): MetricsRecord[] {
  const random = new Random('metrics');
  const records: MetricsRecord[] = [];
  for (let step = every; step <= steps; step += every) {
    const progress = 1 - Math.exp(-step / 700);
    const accuracy = 0.25 + 0.69 * progress;
    const right = Math.round(60 * (accuracy - 0.03));
    const measured = step % 240 === 0;
    records.push({
      step,
      epoch: step / 72,
      loss: 1.386 - 1.2 * progress + random.normal(0, 0.05),
      accuracy: Math.min(1, accuracy + random.normal(0, 0.03)),
      learningRate: 0.05 * (1 - step / steps),
      gradientNorm: 1.2 - 0.7 * progress,
      itemsPerSecond: 61 + random.normal(0, 2),
      peakMemoryBytes: 512e6,
      ...(measured && {
        validationLoss: 1.39 - 1.1 * progress + random.normal(0, 0.02),
        validationAccuracy: right / 60,
        validationConfusion: [0, 1, 2, 3].map((truth) =>
          [0, 1, 2, 3].map((answer) =>
            answer === truth
              ? right
              : Math.floor((60 - right) / 3) + ((60 - right) % 3 > (answer + 3 - truth) % 4 ? 1 : 0),
          ),
        ),
      }),
    });
  }
  return records;
}

export const manifest: RunManifest = {
  answers: ['0°', '90°', '180°', '270°'],
  version: 1,
  id: 'rotation-phantom-7f3a',
  state: 'finished',
  method: { id: 'rotation', title: 'Rotation', options: { rotations: 4, mask: 'none' } },
  trunk: { id: 'r3d18-tiny', options: { width: 16 }, taps, parameters: 518_304 },
  data: {
    name: 'phantom-demo',
    path: 'demo/data',
    hash: '9c1f2ab07d',
    storedSize: 96,
    channels: 1,
    items: 480,
    patients: 120,
  },
  training: {
    steps: 2880,
    batchSize: 16,
    seed: 1,
    logEvery: 10,
    evaluateEvery: 240,
    checkpointEvery: 240,
    optimiser: { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.0005 },
    schedule: { name: 'cosine', warmUp: 100, peak: 0.05 },
  },
  chance: { accuracy: 0.25, loss: Math.log(4) },
  machine: { platform: 'linux x64', processor: 'AMD EPYC 7763', threads: 2, device: 'cpu' },
  versions: { sonde: '0.1.0', node: '20.20.2', onnxruntime: '1.30.0' },
};

/** Oriented and moving gratings under noise: what a trained first layer looks like. */
export function filterBank(count: number, times: number, size = 7): FilterBank {
  const random = new Random('filters');
  const data = new Float32Array(count * times * size * size);
  for (let filter = 0; filter < count; filter++) {
    const [angle, frequency, speed] = [random.uniform(0, Math.PI), random.uniform(0.5, 1.3), random.uniform(-1.6, 1.6)];
    for (let i = 0; i < times * size * size; i++) {
      const t = Math.floor(i / (size * size)) - (times - 1) / 2;
      const y = (Math.floor(i / size) % size) - (size - 1) / 2;
      const x = (i % size) - (size - 1) / 2;
      const wave = Math.cos(frequency * (x * Math.cos(angle) + y * Math.sin(angle)) + speed * t);
      data[filter * times * size * size + i] = wave * Math.exp(-(x * x + y * y) / 9) * 0.2 + random.normal(0, 0.02);
    }
  }
  return { layer: 'stem.conv', shape: times > 1 ? [count, 1, times, size, size] : [count, 1, size, size], data };
}

const views = ['A4C', 'A2C', 'PLAX', 'PSAX'];

export const reportData: ReportData = {
  question:
    'Does a network that has only learned to tell how far a clip was turned know which view of the heart it looks at, and at which of its layers?',
  command: 'npx sonde demo --seed 1 --out demo',
  data: {
    name: 'phantom-demo',
    description:
      'Beating-heart ultrasound phantoms made by Sonde: every view, ejection fraction and heart rate is known because it was put in.',
    hash: manifest.data.hash,
    counts: {
      itemName: 'clip',
      patients: { train: 72, validation: 24, test: 24 },
      items: { train: 288, validation: 96, test: 96 },
      labels: [
        {
          kind: 'classes',
          name: 'view',
          values: views.map((value, i) => ({
            value,
            items: { train: 72 + [3, -2, 1, -2][i], validation: 24, test: 24 + [1, 0, -1, 0][i] },
          })),
        },
        {
          kind: 'numbers',
          name: 'ejection fraction, %',
          parts: {
            train: { items: 288, least: 18.2, median: 52.1, most: 74.9 },
            validation: { items: 96, least: 20.4, median: 51.3, most: 73.0 },
            test: { items: 96, least: 19.1, median: 53.4, most: 74.2 },
          },
        },
      ],
    },
    problems: [
      { path: 'videos/echo-017.mp4', reason: 'the file is empty', severity: 'skipped' },
      { path: 'stills/readme.png', reason: 'this is text, not a PNG picture', severity: 'skipped' },
    ],
    thumbnails: views.flatMap((view, i) =>
      [0, 1].map((k) => ({ picture: sectorClip(`thumb-${i}-${k}`, 1), caption: view })),
    ),
  },
  runs: [
    {
      manifest,
      metrics: learningMetrics(),
      card: {
        idea: 'A clip is turned by 0°, 90°, 180° or 270°, and the network must say by how much. To do so it has to know what hearts and sectors look like the right way up.',
        paper: {
          authors: 'L. Jing, X. Yang, J. Liu and Y. Tian',
          title: 'Self-supervised spatiotemporal feature learning via video rotation prediction',
          venue: 'arXiv',
          year: 2018,
          url: 'https://arxiv.org/abs/1811.11387',
        },
        colour: '#E69F00',
      },
      puzzles: [rotationPuzzle('a'), rotationPuzzle('b')],
      filters: filterBank(16, 3),
      classes: ['0°', '90°', '180°', '270°'],
      heldOutPatients: 24,
    },
  ],
  probes,
  differences: [
    {
      protocol: 'linear',
      label: 'view',
      encoder: 'Rotation',
      against: 'random initialisation',
      test: 'paired bootstrap over patients, Holm over taps',
      taps: tapDifferences,
    },
  ],
  recording: {
    title: 'The same network looks at a real coronary angiogram',
    description:
      'A 96-frame X-ray angiogram, read from its DICOM file. One patient allows no statistics; it shows that the path from file to feature is the same for real recordings.',
    facts: [
      ['format', 'DICOM, JPEG lossless'],
      ['size', '96 frames of 512 × 512'],
      ['rate', '15 frames a second'],
    ],
    puzzles: [rotationPuzzle('real')],
    featureMaps: taps.slice(0, 4).map((tap, i) => ({
      label: tap,
      pictures: Array.from({ length: 8 }, (_, k) => ({ picture: sectorClip(`map-${i}-${k}`, 1, [48, 24, 12, 6][i]) })),
    })),
  },
  limits: [
    'The phantom is simpler than any patient: what is learned here need not be learned from echocardiograms.',
    'One seed was trained; the intervals say how patients vary, not how trainings do.',
  ],
};
