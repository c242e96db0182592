/**
 * Questions asked once and looked at by every shortcut, and where a shortcut lies in them.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { PretextNetwork, type QuestionBatch } from '../pretext-network.ts';
import type { Subject } from '../subject.ts';
import { attributionMaps } from './mass.ts';
import { Questioner } from './questions.ts';
import type { PlacedQuestion, Scene, Shortcut } from './shortcut.ts';
import type { AnsweredBatch } from './swap.ts';
import { differingPlaces, drawnAlike, noisyStore } from './traced-region.ts';

/** Batches whose attribution is looked at. */
const mappedBatches = 3;
/** Fewer patients than this say nothing of patients. */
const fewestPatients = 8;

/** A questioner, or why there is none. */
export function openQuestions({ run }: Subject): Questioner | string {
  if (run === undefined) return 'a model from elsewhere has no pretext questions';
  const network = new PretextNetwork(run, { backend: processor });
  const { card } = run.configuration.method;
  if (!network.chooses) return `${card.title} does not answer by choosing among classes`;
  try {
    return new Questioner(network);
  } catch (error) {
    if (error instanceof SondeError && error.code === 'graph/unsupported') {
      return `${card.title} gives answers to parts of pictures, not to questions`;
    }
    throw error;
  }
}

export interface Bench {
  readonly questioner: Questioner;
  readonly scene: Scene;
  /** Put to the network. */
  readonly put: readonly AnsweredBatch[];
  readonly putItems: readonly number[];
  /** Where attribution lies in the first batches; a gradient is compiled when it is first asked for. */
  readonly maps: () => Promise<readonly Float32Array[]>;
  /** For the shortcut alone. */
  readonly read: readonly AnsweredBatch[];
  readonly readItems: readonly number[];
  readonly random: Random;
  readonly unseen: boolean;
}

export async function benchOf(
  { store, items, run }: Subject,
  questioner: Questioner,
  settings: { readonly questions: number; readonly alone: number },
  random: Random,
): Promise<Bench> {
  const { method } = questioner.network.run.configuration;
  const usable = (list: readonly number[]) =>
    list.filter((item) => method.refuses(store.index.items[item], run!.context.options) === undefined);
  const all = usable(store.index.items.map((_, item) => item));
  const held = usable(items);
  const patients = new Set(held.map((item) => store.index.items[item].patient)).size;
  const unseen = patients >= fewestPatients;
  const putItems = unseen ? held : all;
  const answered = async (list: readonly number[], count: number, stream: Random) => {
    const batches: AnsweredBatch[] = [];
    for (const batch of questioner.ask(store, list, count, stream)) {
      batches.push({ batch, ...(await questioner.answered(batch)) });
    }
    return batches;
  };
  const put = await answered(putItems, settings.questions, random.split('put'));
  const read = await answered(all, settings.alone, random.split('read'));
  let maps: Promise<readonly Float32Array[]> | undefined;
  return {
    questioner,
    scene: {
      layout: questioner.layout,
      temporal: questioner.temporal(store, all, random.split('temporal')),
      store,
      items: all,
    },
    put,
    putItems,
    maps: () => {
      maps ??= attributionMaps(questioner, put.slice(0, mappedBatches));
      return maps;
    },
    read,
    readItems: all,
    random,
    unseen,
  };
}

/** The questions with the places of a shortcut in them. */
export function placed(
  { find, region, id }: Shortcut,
  { questioner, scene, random }: Bench,
  batches: readonly AnsweredBatch[],
  items: readonly number[],
  count: number,
  stream: 'put' | 'read',
): AnsweredBatch[] {
  const { layout, store } = scene;
  if (region !== undefined) {
    return batches.map((entry) => ({
      ...entry,
      questions: entry.questions.map((question) => withRegion(question, region(question, layout))),
    }));
  }
  if (find === undefined) return [...batches];
  const known = new Map<number, Uint8Array | undefined>();
  const finder = (item: number) => {
    if (!known.has(item)) known.set(item, find(store, item));
    return known.get(item);
  };
  const own = random.split('places', id);
  const noisy = noisyStore(store, finder, own);
  let asked: QuestionBatch[];
  try {
    asked = questioner.ask(noisy, items, count, random.split(stream));
  } catch (error) {
    // The sampler refuses what the noise made of the items: nothing can be placed.
    if (error instanceof SondeError && error.code === 'data/unsuitable') return [...batches];
    throw error;
  }
  return batches.map((entry, b) => {
    const alike = drawnAlike(entry.batch, asked[b]);
    const each = questioner.rows / questioner.network.batchSize;
    const pictures = questioner.pictures(asked[b]);
    const questions = entry.questions.map((question, row) =>
      alike[Math.floor(row / each)]
        ? withRegion(question, differingPlaces(question.data, pictures[row], layout, own.split(stream, b, row)))
        : question,
    );
    return { ...entry, questions };
  });
}

function withRegion(question: PlacedQuestion, region: Uint8Array | undefined): PlacedQuestion {
  return region?.some((value) => value === 1) ? { ...question, region } : question;
}
