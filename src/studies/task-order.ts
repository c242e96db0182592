/**
 * Hypothesis H4, asked of the tasks themselves: how well a network answers its own questions about clips in order,
 * shuffled, backwards and standing still.
 * @module
 */
import { Random } from '../base/random.ts';
import { itemsByPart } from '../data/split.ts';
import type { FindingTable } from '../explanation/finding.ts';
import { answeredByOrder, type OrderedAnswers } from '../explanation/ordered-questions.ts';
import { PretextNetwork } from '../explanation/pretext-network.ts';
import { frameOrders } from '../explanation/reordered-frames.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { mean } from '../statistics/descriptive.ts';
import { nestedPairedBootstrap } from '../statistics/nested-bootstrap.ts';
import type { Prediction } from './hypothesis.ts';
import { keptAnswer } from './kept-answers.ts';
import type { StudiedTrial, StudyOptions } from './studied-trials.ts';
import { trialQuestions } from './trial.ts';

/** Questions put to each network in each order. */
const questions = 160;

/** One task under every seed. */
export interface TaskOrders {
  readonly name: string;
  /** Whether the order of frames is what the task asks for: shuffled, its questions have no right answer left. */
  readonly asksOrder: boolean;
  readonly chance: number | undefined;
  readonly seeds: readonly OrderedAnswers[];
}

/** `undefined` where the trial was kept without its heads, or its task has no one right answer. */
export async function taskAnswers(
  { paths, task, request }: StudiedTrial,
  { directory, threads = 1 }: StudyOptions,
): Promise<OrderedAnswers | undefined> {
  const parts = [paths.folder.split('/').at(-1), questions, frameOrders];
  return keptAnswer(directory, 'task-orders', parts, async () => {
    const run = await trialQuestions(request, task, paths);
    if (run === undefined) return undefined;
    const network = new PretextNetwork(run, { backend: processor, threads });
    if (!network.chooses) return undefined;
    const { store } = task.dataset;
    const { method } = run.configuration;
    const items = itemsByPart(store.index.split, store.index.items).test.filter(
      (item) => method.refuses(store.index.items[item], run.context.options) === undefined,
    );
    // The same questions for every seed, so that seeds are compared on them.
    return answeredByOrder(network, { store, items, questions, random: new Random('questions of tasks') });
  });
}

/** A task that order is not the answer of needs it where it fares worse without: these decide. */
export function taskPredictions(tasks: readonly TaskOrders[], seeds: number): Prediction[] {
  return tasks.flatMap(({ name, asksOrder, seeds: answers }) =>
    (['shuffled', 'frozen'] as const).flatMap((order): Prediction[] => {
      const own = answers.slice(0, seeds);
      if ((asksOrder && order === 'frozen') || own.some(({ right }) => right[order] === undefined)) return [];
      const of = (which: (typeof frameOrders)[number]) => own.map(({ right }) => [...right[which]!]);
      return [
        {
          name: `${name}, its own questions: in order less ${order === 'shuffled' ? 'shuffled' : 'standing still'}`,
          unit: 'points',
          decides: !asksOrder && order === 'shuffled',
          ...nestedPairedBootstrap(of('ordered'), of(order), own[0].patients, { resamples: 4000 }),
        },
      ];
    }),
  );
}

export function taskTable(tasks: readonly TaskOrders[]): FindingTable {
  return {
    title: 'The tasks’ own questions, answered right in percent on test patients',
    columns: ['task', 'in order', 'shuffled', 'backwards', 'standing still', 'guessing'],
    rows: tasks.map(({ name, asksOrder, chance, seeds }) => [
      `${name}${asksOrder ? ' (asks for the order)' : ''}`,
      ...frameOrders.map((order) => {
        const shares = seeds.flatMap(({ right }) => right[order] ?? []);
        return shares.length === 0 ? 'not asked' : (100 * mean(shares)).toFixed(1);
      }),
      chance === undefined ? '' : (100 * chance).toFixed(1),
    ]),
  };
}
