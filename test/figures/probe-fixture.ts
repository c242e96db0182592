/**
 * Made-up probes of a trained network beside an untrained and a supervised one.
 * @module
 */
import { Random } from '../../src/base/random.ts';
import type { Estimate, ProbeResult, TapDifference } from '../../src/evaluation/probe-result.ts';

export const taps = ['stem', 'stage1', 'stage2', 'stage3', 'stage4', 'pooled'] as const;

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
