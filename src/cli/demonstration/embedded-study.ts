/**
 * The embedded study: rotation of pictures and of clips on the heart phantom, every layer measured beside the same
 * network untrained, and a real angiogram taken through the same steps.
 * @module
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenedDataset, openDataset } from '../../data/storage/open-dataset.ts';
import { againstBaseline, measure } from '../../evaluation/measure.ts';
import type { ProbeResult } from '../../evaluation/probe-result.ts';
import { puzzlesFromJson } from '../../pretext/drawing-file.ts';
import { datasetCounts } from '../../report/dataset-summary.ts';
import { renderReport } from '../../report/report.ts';
import type { ProbeDifference, ReportData, RunReport } from '../../report/report-data.ts';
import { reportFigures } from '../../report/report-figures.ts';
import type { DeviceId } from '../../runtime/backends/devices.ts';
import { loadModel } from '../../runtime/storage/onnx-file.ts';
import { configureRun, type RunRequest } from '../../training/configuration.ts';
import { runIntervals } from '../../training/intervals.ts';
import type { MetricsRecord, RunManifest } from '../../training/run-record.ts';
import { readMetrics, runPaths, writeAtomically } from '../../training/storage/run-folder.ts';
import { train } from '../../training/train.ts';
import { firstFilters } from './first-filters.ts';
import { recordingReport } from './recording.ts';
import { thumbnails } from './thumbnails.ts';

export interface StudyOptions {
  readonly directory: string;
  readonly seed: number;
  readonly device?: DeviceId;
  readonly threads: number;
  /** The command that makes the study, for captions. */
  readonly command: string;
  readonly onStage?: (stage: string, detail: string) => void;
  readonly onProgress?: (name: string, done: number, total: number, unit: string) => void;
  readonly onRecord?: (record: MetricsRecord, manifest: RunManifest) => void;
}

export interface StudyOutcome {
  readonly report: string;
  readonly data: ReportData;
}

/** The label that every layer is asked for. */
const label = 'view';

/** What the study trains: small enough for two cores and two minutes. */
const requests: readonly RunRequest[] = [
  { method: 'rotation', steps: 400, batchSize: 16, methodOptions: { smallestCrop: 0.2, largestCrop: 0.45 } },
  { method: 'rotation-3d', steps: 200, batchSize: 6, methodOptions: { smallestCrop: 0.25, largestCrop: 0.5 } },
];

const patients = 88;
/** Few patients with labels and many to be judged on: the question is what labels can be saved, and how surely. */
const fractions = [0.22, 0.1, 0.68] as const;
const phantomOf = (seed: number): string => `phantom:patients=${patients},frames=8,size=64,seed=${seed}`;

/** Runs the whole study and writes its report; everything in the folder is made anew. */
export async function runEmbeddedStudy(options: StudyOptions): Promise<StudyOutcome> {
  const { directory, seed, device = 'cpu', threads, onStage, onProgress } = options;
  mkdirSync(directory, { recursive: true });
  onStage?.('data', `a phantom of ${patients} beating hearts in four views`);
  const dataset = await openDataset({
    path: phantomOf(seed),
    storedSize: 64,
    fractions,
    onProgress: (stage, done, total) => onProgress?.(stage === 'decode' ? 'phantom' : stage, done, total, 'clips'),
  });
  const runs: RunReport[] = [];
  const probes: ProbeResult[] = [];
  const differences: ProbeDifference[] = [];
  for (const request of requests) {
    const configuration = configureRun({ ...request, seed });
    const { card } = configuration.method;
    onStage?.('pretrain', `${card.title}: ${card.question}`);
    const home = join(directory, card.id);
    rmSync(home, { recursive: true, force: true });
    const manifest = await train({
      configuration,
      store: dataset.store,
      data: { name: dataset.name, path: dataset.path },
      directory: home,
      id: card.id,
      device,
      threads,
      workers: 1,
      ...runIntervals(configuration.steps),
      ...(options.onRecord === undefined ? {} : { onRecord: options.onRecord }),
    });
    onStage?.('probe', `what each layer of ${card.id} knows of the ${label}`);
    const measured = await measureRun(home, manifest, dataset, options);
    probes.push(...measured.probes);
    differences.push(measured.difference);
    runs.push(await runReport(home, manifest, dataset));
  }
  onStage?.('angiogram', 'a real X-ray angiogram through the same steps');
  const recording = await recordingReport(join(directory, 'rotation'), seed);
  const data: ReportData = {
    question:
      'Can a network learn what a heart looks like without any label? Two networks were asked how pictures and clips of ' +
      `a heart phantom had been turned; then each of their layers was asked for the ${label}, by a linear classifier on ` +
      'patients it had never seen, beside the same networks untrained.',
    command: options.command,
    data: {
      name: dataset.name,
      description: `Synthetic echocardiograms of ${patients} patients, each recorded in four views; every factor is known.`,
      hash: dataset.index.hash,
      counts: datasetCounts(dataset.store.index),
      problems: dataset.store.index.problems,
      thumbnails: thumbnails(dataset.store, label),
    },
    runs,
    probes,
    differences,
    ...(recording === undefined ? {} : { recording }),
    limits: [
      'The phantom is not a patient: what is learned on it says how the method works, not how well it diagnoses.',
      'One seed was trained: the intervals cover patients, not repetitions of the training.',
    ],
  };
  return { report: writeReport(directory, data), data };
}

/** The trained encoder and the untrained one under the same protocol. */
async function measureRun(home: string, manifest: RunManifest, { store }: OpenedDataset, options: StudyOptions) {
  const paths = runPaths(home);
  const contenders = [
    { model: await loadModel(paths.encoder), encoder: { name: manifest.id, role: 'pretrained' as const } },
    {
      model: await loadModel(paths.randomEncoder),
      encoder: { name: 'random initialisation', role: 'random' as const },
    },
  ];
  const probes: ProbeResult[] = [];
  for (const contender of contenders) {
    const result = await measure(contender, store, {
      label,
      windows: 1,
      device: options.device ?? 'cpu',
      threads: options.threads,
      // One number a channel: what a layer has recognised, not where.
      dimensions: 1,
      onStage: (stage, name, done, total) =>
        options.onProgress?.(`${stage} ${name}`, done, total, stage === 'probe' ? 'taps' : 'windows'),
    });
    probes.push(result);
  }
  const [result, baseline] = probes;
  const difference = againstBaseline(result, baseline);
  mkdirSync(paths.results, { recursive: true });
  const file = join(paths.results, `${result.protocol}-${label}.json`);
  writeAtomically(file, `${JSON.stringify({ probes, differences: [difference] }, null, 2)}\n`);
  return { probes, difference };
}

async function runReport(home: string, manifest: RunManifest, { store }: OpenedDataset): Promise<RunReport> {
  const paths = runPaths(home);
  const { methodById } = await import('../../pretext/index.ts');
  const held = store.index.items.filter(({ patient }) => store.index.split.parts[patient] === 'validation');
  const filters = await firstFilters(paths.encoder, manifest.trunk.id);
  return {
    manifest,
    metrics: readMetrics(paths),
    card: methodById(manifest.method.id).card,
    puzzles: puzzlesFromJson(readFileSync(paths.puzzles, 'utf8')),
    classes: manifest.answers,
    heldOutPatients: new Set(held.map(({ patient }) => patient)).size,
    ...(filters === undefined ? {} : { filters }),
  };
}

function writeReport(directory: string, data: ReportData): string {
  const figures = join(directory, 'figures');
  mkdirSync(figures, { recursive: true });
  for (const [name, svg] of reportFigures(data)) writeAtomically(join(figures, `${name}.svg`), svg);
  const path = join(directory, 'report.html');
  writeAtomically(path, renderReport(data));
  return path;
}
