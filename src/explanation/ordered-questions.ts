/**
 * The same pretext questions about clips in order, shuffled, backwards and standing still: temporal necessity as the task
 * itself has it (methods.md 10.3, hypothesis H4).
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import type { PretextNetwork } from './pretext-network.ts';
import { type FrameOrder, frameOrders, reorderedFrames } from './reordered-frames.ts';

export interface OrderedAnswers {
  /** Of each item that was asked about. */
  readonly patients: readonly string[];
  /** Share of the item's questions answered right, by order of its frames. */
  readonly right: Readonly<Partial<Record<FrameOrder, readonly number[]>>> & { readonly ordered: readonly number[] };
  /** Why some orders could not be asked, such as clips that stand still where a method asks about what moves. */
  readonly refused: Readonly<Partial<Record<FrameOrder, string>>>;
}

export interface OrderedQuestions {
  readonly store: FrameStore;
  /** Items to ask about. */
  readonly items: readonly number[];
  /** Questions at least; whole batches are asked. */
  readonly questions: number;
  /** The same stream gives the same questions, whatever the network. */
  readonly random: Random;
  readonly onBatch?: (done: number, total: number) => void;
}

/** For networks whose answers are choices; the questions differ between orders by the frames alone. */
export async function answeredByOrder(
  network: PretextNetwork,
  { store, items, questions, random, onBatch }: OrderedQuestions,
): Promise<OrderedAnswers> {
  const { logits, classes } = network.outputs;
  const program = await network.compile('orders', { logits, classes });
  const rounds = Math.ceil(questions / network.batchSize);
  const right: Partial<Record<FrameOrder, number[]>> & { ordered: number[] } = { ordered: [] };
  const refused: Partial<Record<FrameOrder, string>> = {};
  const patients: string[] = [];
  try {
    for (const [o, order] of frameOrders.entries()) {
      const shown = reorderedFrames(store, order, random.split('order'));
      const shares: number[] = [];
      try {
        for (let round = 0; round < rounds; round++) {
          const batch = network.ask(shown, items, random.split('questions', round));
          const { logits: given, classes: truth } = await network.answer(program, batch.arrays);
          shares.push(...sharesOf(given.data as Float32Array, truth.data, given.shape[1], batch.patients.length));
          if (o === 0) patients.push(...batch.patients);
          onBatch?.(o * rounds + round + 1, frameOrders.length * rounds);
        }
        right[order] = shares;
      } catch (error) {
        // A sampler that looks for motion refuses what stands still: that order has no questions.
        if (order === 'ordered' || !(error instanceof SondeError) || error.code !== 'data/unsuitable') throw error;
        refused[order] = error.problem;
      }
    }
  } finally {
    await program.dispose();
  }
  return { patients, right, refused };
}

/** Share answered right of each item; the questions of an item follow one another. */
function sharesOf(logits: Float32Array, classes: ArrayLike<number | bigint>, count: number, items: number): number[] {
  const each = classes.length / items;
  const shares = new Array<number>(items).fill(0);
  for (let row = 0; row < classes.length; row++) {
    let best = 0;
    for (let k = 1; k < count; k++) if (logits[row * count + k] > logits[row * count + best]) best = k;
    if (best === Number(classes[row])) shares[Math.floor(row / each)] += 1 / each;
  }
  return shares;
}
