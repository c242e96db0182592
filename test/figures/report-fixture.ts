/**
 * A made-up study, realistic in sizes and shapes, to draw figures and reports from.
 * @module
 */
import { Random } from '../../src/base/random.ts';
import type { Estimate, ProbeResult, TapDifference } from '../../src/evaluation/probe-result.ts';
import type { Picture, PuzzleDrawing } from '../../src/pretext/drawing.ts';
import type { FilterBank } from '../../src/report/figures/filters.ts';
import type { ReportData } from '../../src/report/report-data.ts';
import type { MetricsRecord, RunManifest } from '../../src/training/run-record.ts';

export const taps = ['stem', 'stage1', 'stage2', 'stage3', 'stage4', 'pooled'] as const;

/** A sector of speckle with a dark chamber that beats. */
export function sectorClip(seed: string, frames = 12, size = 48): Picture {
  const random = new Random(seed);
  const speckle = random.split('speckle').fillUniform(new Float32Array(size * size));
  const [offset, radius] = [random.uniform(-0.12, 0.12), random.uniform(0.16, 0.24)];
  const data = new Float32Array(frames * size * size);
  for (let t = 0; t < frames; t++) {
    const beat = 1 - 0.3 * Math.sin((2 * Math.PI * t) / 12) ** 2;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [u, v] = [(x + 0.5) / size - 0.5, (y + 0.5) / size];
        const inside = Math.abs(Math.atan2(u, v)) < 0.65 && Math.hypot(u, v) < 0.96 && Math.hypot(u, v) > 0.05;
        const chamber = Math.hypot((u - offset) / (radius * beat), (v - 0.55) / (radius * 1.4 * beat));
        const wall = Math.exp(-(((chamber - 1.15) / 0.14) ** 2));
        const tissue = chamber < 1 ? 0.06 : 0.34 + 0.5 * wall;
        data[(t * size + y) * size + x] = inside ? tissue * (0.45 + 0.8 * speckle[y * size + x]) * (1.05 - 0.5 * v) : 0;
      }
    }
  }
  return { data, shape: [frames, size, size, 1], frameRateHz: 25 };
}

/** One frame of a clip as a picture. */
export function frameOf(clip: Picture, frame: number): Picture {
  const [, height, width, channels] = clip.shape;
  const size = height * width * channels;
  return { data: clip.data.slice(frame * size, (frame + 1) * size), shape: [1, height, width, channels] };
}

/** Turned anticlockwise by quarter turns. */
export function turned(clip: Picture, quarters: number): Picture {
  const [frames, size] = clip.shape;
  const data = new Float32Array(clip.data.length);
  for (let t = 0; t < frames; t++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        let [row, column] = [y, x];
        for (let i = 0; i < quarters; i++) [row, column] = [column, size - 1 - row];
        data[(t * size + y) * size + x] = clip.data[(t * size + row) * size + column];
      }
    }
  }
  return { ...clip, data };
}

export function rotationPuzzle(seed = 'puzzle', frames = 12): PuzzleDrawing {
  const clip = sectorClip(seed, frames);
  return {
    question: 'By how much has this clip been turned: 0°, 90°, 180° or 270°?',
    answer: '270°: the probe, at the top of the sector, points to the right.',
    rows: [
      [{ caption: 'As recorded', picture: clip, role: 'source' }],
      [{ caption: 'What the network sees', picture: turned(clip, 3), role: 'input' }],
    ],
  };
}

/** A puzzle with outlined crops, as tile methods draw them. */
export function tilePuzzle(): PuzzleDrawing {
  const picture = { ...frameOf(sectorClip('tiles', 1, 48), 0), spacingMm: [1.5, 1.5] as const };
  const crop = (x: number, y: number): Picture => {
    const data = new Float32Array(14 * 14);
    for (let i = 0; i < 196; i++) data[i] = picture.data[(y + Math.floor(i / 14)) * 48 + x + (i % 14)];
    return { data, shape: [1, 14, 14, 1] };
  };
  const corners = [0, 1, 2, 3].map((i) => [(i % 2) * 18 + 8, Math.floor(i / 2) * 18 + 8] as const);
  return {
    question: 'In which order do these four tiles stand?',
    answer: '2, 4, 1, 3.',
    rows: [
      [
        {
          caption: 'The picture',
          picture,
          role: 'source',
          outlines: corners.map(([x, y], i) => ({ x, y, width: 14, height: 14, text: String(i + 1) })),
        },
        ...[1, 3, 0, 2].map((tile, i) => ({
          caption: `Tile ${i + 1}`,
          picture: crop(...corners[tile]),
          role: 'input' as const,
        })),
      ],
    ],
  };
}

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

function estimate(value: number, half: number): Estimate {
  return { value, low: value - half, high: value + half * 0.94 };
}

export function probe(
  name: string,
  role: ProbeResult['encoder']['role'],
  scores: readonly number[],
  label = 'view',
): ProbeResult {
  return {
    version: 1,
    protocol: 'linear',
    label,
    measure: 'accuracy',
    classes: ['A4C', 'A2C', 'PLAX', 'PSAX'],
    chance: 0.26,
    encoder: { name, role },
    counts: {
      train: { items: 288, patients: 72 },
      validation: { items: 96, patients: 24 },
      test: { items: 96, patients: 24 },
    },
    interval: { method: 'bootstrap over patients', level: 0.95, resamples: 2000, seed: 1 },
    taps: taps.map((tap, i) => ({
      tap,
      dimensions: [16, 16, 32, 64, 128, 128][i],
      score: estimate(scores[i], 0.034),
      measures: { balancedAccuracy: estimate(scores[i] - 0.004, 0.035) },
      validation: scores[i] + 0.01,
      hyperparameters: { l2: 0.01 },
    })),
  };
}

const pretrained = [0.471, 0.566, 0.665, 0.744, 0.714, 0.662];
const random = [0.452, 0.503, 0.541, 0.561, 0.548, 0.533];

export const probes: readonly ProbeResult[] = [
  probe('Rotation', 'pretrained', pretrained),
  probe('random initialisation', 'random', random),
  probe('supervised', 'supervised', [0.466, 0.59, 0.731, 0.836, 0.889, 0.9]),
];

/** A curve over labels beside the networks above: what `label-efficiency` gives. */
export function curveProbe(name: string, role: ProbeResult['encoder']['role'], scores: readonly number[]): ProbeResult {
  const random = new Random(name);
  const base = probe(name, role, [scores.at(-1)!, scores.at(-1)!, scores.at(-1)!, scores.at(-1)!, 0.4, 0.4]);
  return {
    ...base,
    protocol: 'label-efficiency',
    notes: ['100 % are 72 training patients; the penalty is chosen on all 24 validation patients at every share.'],
    taps: base.taps.map((tap) => ({
      ...tap,
      curve: {
        axis: '% of labelled patients',
        points: scores.map((value, i) => {
          const last = i === scores.length - 1;
          const repeats = last ? [value] : [0, 1, 2, 3, 4].map(() => value + random.normal(0, 0.08 / (i + 1)));
          return {
            at: [5, 10, 25, 50, 100][i],
            score: estimate(value, 0.05 + 0.06 / (i + 1)),
            repeats,
            ...(last ? {} : { deviation: 0.08 / (i + 1) }),
          };
        }),
      },
    })),
  };
}

export const curveProbes: readonly ProbeResult[] = [
  curveProbe('Rotation', 'pretrained', [0.52, 0.6, 0.68, 0.72, 0.744]),
  curveProbe('random initialisation', 'random', [0.38, 0.43, 0.49, 0.53, 0.561]),
  curveProbe('supervised', 'supervised', [0.41, 0.5, 0.66, 0.78, 0.836]),
];

export const tapDifferences: readonly TapDifference[] = taps.map((tap, i) => ({
  tap,
  difference: estimate(pretrained[i] - random[i], 0.04),
  p: [0.41, 0.018, 0.0007, 0.0002, 0.0002, 0.0004][i],
}));

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
