/**
 * Hypothesis H3: what a task must notice stays in the features, what it must not notice goes. Whether a picture was
 * changed more or less is read from the last layer of the network trained and of the same network untrained.
 * @module
 */
import { openEncoder } from '../evaluation/encoder.ts';
import { extractFeatures } from '../evaluation/extraction.ts';
import { linear } from '../evaluation/protocols/linear.ts';
import { runtimeMatrixProduct } from '../evaluation/runtime-matrix-product.ts';
import type { FindingTable } from '../explanation/finding.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import { mean } from '../statistics/descriptive.ts';
import { nestedPairedBootstrap } from '../statistics/nested-bootstrap.ts';
import { amountsOf, type GradedChangeName, gradedChanges, gradedStore } from './graded-changes.ts';
import type { Evidence, Prediction } from './hypothesis.ts';
import { keptAnswer } from './kept-answers.ts';
import { type StudiedTrial, type StudyOptions, studiedTrials } from './studied-trials.ts';
import type { OpenTask } from './task.ts';

/** What a task asks of its network: to tell it, to give the same answer in spite of it, or to bring two such views together. */
export type Attitude = 'asks for it' | 'varies it' | 'brings it together';

/** By method and change; what is not named is neither asked for nor varied. */
export type Attitudes = Readonly<Record<string, Partial<Readonly<Record<GradedChangeName, Attitude>>>>>;

/** For each test picture whether it was read right that the amount lies above or below its middle. */
export interface ReadChange {
  readonly trained: readonly number[];
  readonly untrained: readonly number[];
  readonly patients: readonly string[];
}

/** One method and one change, seed by seed. */
export interface ChangeCell {
  readonly method: string;
  readonly change: GradedChangeName;
  readonly attitude: Attitude | undefined;
  readonly seeds: readonly ReadChange[];
}

export async function changeEvidence(attitudes: Attitudes, options: StudyOptions): Promise<Evidence | undefined> {
  const groups = await studiedTrials(
    Object.keys(attitudes).map((method) => ({ method })),
    options,
  );
  if (groups === undefined || groups.length === 0) return undefined;
  const changes = Object.keys(gradedChanges) as GradedChangeName[];
  const total = changes.length * groups.reduce((sum, { trials }) => sum + trials.length, 0);
  let done = 0;
  const cells: ChangeCell[] = [];
  for (const { name, trials } of groups) {
    for (const change of changes) {
      const seeds: ReadChange[] = [];
      for (const trial of trials) {
        if (options.signal?.aborted) return undefined;
        seeds.push(await readChange(trial, change, options));
        options.onProgress?.(`${change} in ${name}, seed ${trial.seed}`, ++done, total);
      }
      cells.push({ method: name, change, attitude: attitudes[name][change], seeds });
    }
  }
  const common = withEqualSeeds(cells);
  return {
    predictions: changePredictions(common),
    seeds: common[0].seeds.length,
    material: `Each clip of the heart phantom by an amount of its own; a linear probe of the last layer, one number a channel, learned on ${patientsOf(groups[0].task, 'train')} patients, chosen on ${patientsOf(groups[0].task, 'validation')}, judged on ${patientsOf(groups[0].task, 'test')}.`,
    summary: askedSummary(common),
    figures: [gainMap(common, changes)],
    tables: [attitudeTable(attitudes, changes)],
    remarks: [
      'A task of rotation asks for quarter turns and half turns only, and answers the same for pictures turned a little; the turns that are read here are small ones.',
      'A task that varies something does not forbid its network to notice it, it only gives no reason to; only exemplars pull varied views together.',
      'Presentation standardises each picture for most of these networks, which takes away plain contrast for trained and untrained alike; gamma remains.',
    ],
  };
}

function patientsOf({ dataset }: OpenTask, part: 'train' | 'validation' | 'test'): number {
  return Object.values(dataset.index.split.parts).filter((own) => own === part).length;
}

async function readChange(
  trial: StudiedTrial,
  change: GradedChangeName,
  { directory, threads = 1 }: StudyOptions,
): Promise<ReadChange> {
  const { paths, task } = trial;
  const parts = [paths.folder.split('/').at(-1), change, 'more or less'];
  const answer = await keptAnswer(directory, 'change', parts, async (): Promise<ReadChange> => {
    const trained = await readFrom(paths.encoder, task, change, threads);
    const untrained = await readFrom(paths.randomEncoder, task, change, threads);
    return { trained: trained.right, untrained: untrained.right, patients: trained.patients };
  });
  return answer!;
}

async function readFrom(path: string, task: OpenTask, change: GradedChangeName, threads: number) {
  const encoder = await openEncoder(await loadModel(path), { threads });
  try {
    const { store } = task.dataset;
    const amounts = amountsOf(store, change);
    const table = (await extractFeatures(encoder, gradedStore(store, change, amounts), { ...task.extraction })).at(-1)!;
    const amountOf = new Map(store.index.items.map(({ id }, place) => [id, amounts[place]]));
    const { taps } = await linear.run(
      {
        tables: [table],
        label: change,
        labels: { [change]: table.items.map((item) => (amountOf.get(item)! > 0 ? 'more' : 'less')) },
        encoder: { name: 'encoder', role: 'pretrained' },
        product: runtimeMatrixProduct,
      },
      { resamples: 1, measure: 'accuracy' },
    );
    const items = taps[0].items!;
    return { right: items.map(({ correct }) => correct), patients: items.map(({ patient }) => patient) };
  } finally {
    await encoder.release();
  }
}

/** Of every cell as many seeds as all have: paired comparisons need the same number. */
function withEqualSeeds(cells: readonly ChangeCell[]): ChangeCell[] {
  const count = Math.min(...cells.map(({ seeds }) => seeds.length));
  return cells.map((cell) => ({ ...cell, seeds: cell.seeds.slice(0, count) }));
}

/** What training added to the accuracy, averaged over cells: `[seed][picture]`. */
function gained(cells: readonly ChangeCell[]): number[][] {
  return cells[0].seeds.map((_, seed) =>
    cells[0].seeds[seed].trained.map(
      (_, i) =>
        cells.reduce((sum, { seeds }) => sum + seeds[seed].trained[i] - seeds[seed].untrained[i], 0) / cells.length,
    ),
  );
}

export function changePredictions(cells: readonly ChangeCell[]): Prediction[] {
  const { patients } = cells[0].seeds[0];
  const having = (attitude: Attitude | undefined) => cells.filter((cell) => cell.attitude === attitude);
  const [asked, varied, together, neither] = [
    having('asks for it'),
    having('varies it'),
    having('brings it together'),
    having(undefined),
  ];
  const none = cells[0].seeds.map(() => patients.map(() => 0));
  const less = (
    name: string,
    decides: boolean,
    more: readonly ChangeCell[] | undefined,
    fewer: readonly ChangeCell[] | undefined,
  ): Prediction[] => {
    if (more?.length === 0 || fewer?.length === 0) return [];
    const [a, b] = [more, fewer].map((chosen) => (chosen === undefined ? none : gained(chosen)));
    return [{ name, unit: 'points', decides, ...nestedPairedBootstrap(a, b, patients, { resamples: 4000 }) }];
  };
  return [
    ...less('what the task asks for is read better after training than before', true, asked, undefined),
    ...less('what the task brings together is read worse after training than before', true, undefined, together),
    ...less('gain of what is asked for, less gain of what is brought together', true, asked, together),
    ...less('gain of what is asked for, less gain of what is neither asked for nor varied', false, asked, neither),
    ...less('gain of what is neither asked for nor varied, less gain of what is varied', false, neither, varied),
    ...less('what the task merely varies is read worse after training than before', false, undefined, varied),
  ];
}

/** Tasks that ask for the same thing need not fare alike, whatever their mean says. */
function askedSummary(cells: readonly ChangeCell[]): string {
  const asked = cells.filter(({ attitude }) => attitude === 'asks for it');
  const gains = asked.map((cell) => {
    const points = 100 * mean(gained([cell]).flat());
    return `${cell.method}, ${cell.change} ${points > 0 ? '+' : '−'}${Math.abs(points).toFixed(1)}`;
  });
  return gains.length === 0
    ? ''
    : `What training added to the factor that is asked for, in hundredths: ${gains.join('; ')}.`;
}

function attitudeTable(attitudes: Attitudes, changes: readonly GradedChangeName[]): FindingTable {
  return {
    title: 'What each task does with each change',
    columns: ['task', ...changes.map((change) => gradedChanges[change].title)],
    rows: Object.entries(attitudes).map(([method, own]) => [method, ...changes.map((change) => own[change] ?? '')]),
  };
}

function gainMap(cells: readonly ChangeCell[], changes: readonly GradedChangeName[]): Evidence['figures'][number] {
  const methods = [...new Set(cells.map(({ method }) => method))];
  const cellOf = (method: string, change: GradedChangeName) =>
    cells.find((cell) => cell.method === method && cell.change === change);
  return {
    kind: 'heat-map',
    name: 'gains',
    title: 'What training adds to how well a change can be read from the last layer',
    caption:
      'Accuracy of a linear probe asked whether the change was more or less than its middle, trained less untrained; means over seeds; test patients. Underlined: what the task asks for.',
    quantity: 'points gained',
    rows: methods,
    columns: changes,
    values: methods.map((method) =>
      changes.map((change) => {
        const cell = cellOf(method, change);
        if (cell === undefined) return undefined;
        return 100 * mean(gained([cell]).flat());
      }),
    ),
    marked: methods.map((method) => changes.map((change) => cellOf(method, change)?.attitude === 'asks for it')),
    scale: 'diverging',
    decimals: 1,
  };
}
