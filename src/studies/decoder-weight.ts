/**
 * Hypothesis H8: where few patients are labelled, an encoder that was trained without labels does better under a light
 * decoder than under a heavy one that begins from nothing.
 * @module
 */
import type { DenseLabels, ItemMask } from '../data/dense-labels.ts';
import { denseLabels } from '../data/storage/dense-labels.ts';
import { segmentation } from '../evaluation/protocols/segmentation.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import { mean } from '../statistics/descriptive.ts';
import { nestedPairedBootstrap } from '../statistics/nested-bootstrap.ts';
import type { Evidence, Prediction } from './hypothesis.ts';
import { keptAnswer } from './kept-answers.ts';
import { type StudiedTrial, type StudyOptions, studiedTrials } from './studied-trials.ts';
import type { OpenTask } from './task.ts';

export const decoders = ['duc', 'transposed', 'resize'] as const;
type Decoder = (typeof decoders)[number];

/** What is segmented, and how. */
export interface DecoderStudy {
  readonly methods: readonly string[];
  /** A view of the heart: masks of other views are left out. */
  readonly view: string;
  /** Shares of the labelled training patients, few and many. */
  readonly percent: readonly [few: number, many: number];
  /** Independent choices of patients. */
  readonly repeats: number;
  readonly steps: number;
  readonly learningRate: readonly number[];
}

/** Dice of every test case, few and many labels, by decoder. */
export interface DecoderScores {
  readonly patients: readonly string[];
  readonly dice: Readonly<Record<Decoder, { readonly few: readonly number[]; readonly many: readonly number[] }>>;
}

/** One network trained without labels, under every seed. */
export interface DecoderGroup {
  readonly name: string;
  readonly seeds: readonly DecoderScores[];
}

export async function decoderEvidence(study: DecoderStudy, options: StudyOptions): Promise<Evidence | undefined> {
  const groups = await studiedTrials(
    study.methods.map((method) => ({ method })),
    options,
  );
  if (groups === undefined || groups.length === 0) return undefined;
  const total = groups.reduce((sum, { trials }) => sum + trials.length, 0);
  let done = 0;
  const measured: DecoderGroup[] = [];
  for (const { name, task, trials } of groups) {
    const dense = masksOf(task, study.view);
    const scores: DecoderScores[] = [];
    for (const trial of trials) {
      if (options.signal?.aborted) return undefined;
      const onFit = (share: number) =>
        options.onProgress?.(`decoders on ${name}, seed ${trial.seed}`, done + share, total);
      scores.push(await decoderScores(trial, study, dense, options, onFit));
      done++;
    }
    measured.push({ name, seeds: scores });
  }
  const seeds = Math.min(...measured.map((group) => group.seeds.length));
  const labelled = groups[0].task.dataset.index.split.parts;
  const patients = Object.values(labelled).filter((part) => part === 'train').length;
  const few = Math.round((study.percent[0] / 100) * patients);
  return {
    predictions: decoderPredictions(measured, seeds),
    seeds,
    material: `Chambers of the heart in the ${study.view} view, encoders of ${measured.map(({ name }) => name).join(' and ')}; ${few} labelled patients (${study.repeats} choices) or all ${patients}, ${new Set(measured[0].seeds[0].patients).size} test patients.`,
    figures: [diceFigure(measured, few, patients)],
    remarks: [
      'The light decoder reads the last layer only, the U-Nets read every scale: weight and sight differ together, as they do in the claim.',
      'All validation patients choose the step and the rate at which a fit is kept, also where two patients are labelled: optimistic for all decoders alike.',
    ],
  };
}

/** Masks of one view, each solved once. */
function masksOf({ dataset }: OpenTask, view: string): DenseLabels {
  const whole = denseLabels(dataset);
  const known = new Map<number, Promise<ItemMask | undefined>>();
  const { items } = dataset.index;
  return {
    points: (item) => whole.points(item),
    mask(item) {
      if (items[item].labels.view !== view) return Promise.resolve(undefined);
      const mask = known.get(item) ?? whole.mask(item);
      known.set(item, mask);
      return mask;
    },
  };
}

async function decoderScores(
  { paths, task, seed, name }: StudiedTrial,
  { view, percent, repeats, steps, learningRate }: DecoderStudy,
  dense: DenseLabels,
  { directory, threads = 1 }: StudyOptions,
  onFit: (share: number) => void,
): Promise<DecoderScores> {
  const settings = { percent: [...percent], repeats, steps, learningRate: [...learningRate], seed };
  const parts = [paths.folder.split('/').at(-1), view, decoders, settings];
  const answer = await keptAnswer(directory, 'decoders', parts, async (): Promise<DecoderScores> => {
    const { taps } = await segmentation.run(
      {
        model: await loadModel(paths.encoder),
        encoder: { name, role: 'pretrained' },
        store: task.dataset.store,
        dense,
        threads,
        onProgress: (stage, done, total) => {
          if (stage === 'train') onFit(done / total);
        },
      },
      { ...settings, decoder: [...decoders], evaluations: 5, resamples: 1 },
    );
    const along = (decoder: Decoder) => {
      const { items = [] } = taps.find(({ tap }) => tap === decoder)!;
      return { few: items.map((item) => item.along![0]), many: items.map((item) => item.along![1]) };
    };
    return {
      patients: taps[0].items!.map(({ patient }) => patient),
      dice: { duc: along('duc'), transposed: along('transposed'), resize: along('resize') },
    };
  });
  return answer!;
}

/** Each test case's Dice, averaged over networks: `[seed][case]`. */
function diceOf(groups: readonly DecoderGroup[], seeds: number, decoder: Decoder, labels: 'few' | 'many'): number[][] {
  const scores = (group: DecoderGroup, seed: number) => group.seeds[seed].dice[decoder][labels];
  return Array.from({ length: seeds }, (_, seed) =>
    scores(groups[0], seed).map((_, i) => mean(groups.map((group) => scores(group, seed)[i]))),
  );
}

export function decoderPredictions(groups: readonly DecoderGroup[], seeds: number): Prediction[] {
  const { patients } = groups[0].seeds[0];
  const dice = (decoder: Decoder, labels: 'few' | 'many') => diceOf(groups, seeds, decoder, labels);
  const minus = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]) =>
    a.map((row, s) => row.map((value, i) => value - b[s][i]));
  const less = (
    name: string,
    decides: boolean,
    a: readonly (readonly number[])[],
    b: readonly (readonly number[])[],
  ): Prediction => ({
    name,
    unit: 'points',
    decides,
    ...nestedPairedBootstrap(a, b, patients, { resamples: 4000 }),
  });
  return [
    less(
      'few labels: light decoder less U-Net with transposed convolutions',
      true,
      dice('duc', 'few'),
      dice('transposed', 'few'),
    ),
    less('few labels: light decoder less U-Net with interpolation', true, dice('duc', 'few'), dice('resize', 'few')),
    less(
      'advantage over transposed convolutions with few labels, less that with many',
      false,
      minus(dice('duc', 'few'), dice('transposed', 'few')),
      minus(dice('duc', 'many'), dice('transposed', 'many')),
    ),
    less(
      'all labels: light decoder less U-Net with transposed convolutions',
      false,
      dice('duc', 'many'),
      dice('transposed', 'many'),
    ),
  ];
}

const decoderNames: Readonly<Record<Decoder, string>> = {
  duc: 'light decoder (DUC)',
  transposed: 'U-Net, transposed convolutions',
  resize: 'U-Net, interpolation',
};

function diceFigure(groups: readonly DecoderGroup[], few: number, many: number): Evidence['figures'][number] {
  const value = (group: DecoderGroup, decoder: Decoder, labels: 'few' | 'many') =>
    100 * mean(group.seeds.flatMap(({ dice }) => dice[decoder][labels]));
  return {
    kind: 'lines',
    name: 'dice',
    title: 'Dice by decoder, with few labelled patients and with all',
    caption: 'Means over encoders, seeds, choices of patients and test cases; encoders trained without labels.',
    x: 'labelled patients',
    y: 'Dice, %',
    logarithmicX: true,
    series: decoders.map((decoder) => ({
      name: decoderNames[decoder],
      role: 'other' as const,
      points: (
        [
          [few, 'few'],
          [many, 'many'],
        ] as const
      ).map(([x, labels]) => ({ x, value: mean(groups.map((group) => value(group, decoder, labels))) })),
    })),
  };
}
