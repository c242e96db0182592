/**
 * Does the network follow the shortcut? It is put from another question into this one: once from a question with another
 * right answer, so that shortcut and content contradict each other, and once from one with the same answer, which does
 * the same damage and contradicts nothing. What the first moves more often than the second is the pull of the shortcut.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import type { QuestionBatch } from '../pretext-network.ts';
import type { Questioner } from './questions.ts';
import type { PlacedQuestion, Scene, Shortcut } from './shortcut.ts';

/** A batch with its questions, placed, and what the network answers to them as they are. */
export interface AnsweredBatch {
  readonly batch: QuestionBatch;
  readonly questions: readonly PlacedQuestion[];
  readonly given: readonly number[];
}

export interface Swap {
  /** Share of contradicting questions answered as the shortcut says, less that of neutral ones. */
  readonly pull: Estimate;
  /** Share of answers that change when shortcut and content contradict each other, less that of neutral swaps. */
  readonly flips: Estimate;
  /** The conflict set: answers by the content, by the shortcut, by neither; shares that add up to 1. */
  readonly conflict: { readonly content: Estimate; readonly shortcut: Estimate; readonly neither: Estimate };
  readonly questions: number;
  readonly patients: number;
}

interface Pair {
  readonly patient: string;
  readonly own: number;
  readonly said: number;
  readonly before: number;
  readonly conflicting: number;
  readonly neutral: number;
}

/** `undefined` where the shortcut cannot be exchanged between these questions. */
export async function swapShortcut(
  shortcut: Shortcut,
  questioner: Questioner,
  batches: readonly AnsweredBatch[],
  scene: Scene,
  level: number,
  random: Random,
): Promise<Swap | undefined> {
  const { transplant } = shortcut;
  if (transplant === undefined) return undefined;
  const all = batches.flatMap(({ questions }) => questions.filter((question) => carries(shortcut, question)));
  const pairs: Pair[] = [];
  for (const [b, { batch, questions, given }] of batches.entries()) {
    const conflicting = questions.map(({ data }) => data);
    const neutral = questions.map(({ data }) => data);
    const said = new Map<number, number>();
    questions.forEach((question, row) => {
      if (!carries(shortcut, question)) return;
      const own = random.split('partner', b, row);
      const other = partner(all, question, false, own.split('other'));
      const same = partner(all, question, true, own.split('same'));
      if (other === undefined || same === undefined) return;
      const [against, alike] = [transplant(question, other, scene), transplant(question, same, scene)];
      if (against === undefined || alike === undefined) return;
      [conflicting[row], neutral[row]] = [against, alike];
      said.set(row, other.answer);
    });
    if (said.size === 0) continue;
    const [moved, kept] = [await questioner.answersTo(batch, conflicting), await questioner.answersTo(batch, neutral)];
    for (const [row, answer] of said) {
      const { patient, answer: own } = questions[row];
      pairs.push({ patient, own, said: answer, before: given[row], conflicting: moved[row], neutral: kept[row] });
    }
  }
  return pairs.length < 16 ? undefined : summary(pairs, level);
}

/** Whether there is anything of the shortcut in a question, for those that lie in places. */
function carries({ find, region }: Shortcut, question: PlacedQuestion): boolean {
  return (find === undefined && region === undefined) || question.region !== undefined;
}

/** Another patient's question, where there is one, with the same right answer or another one. */
function partner(
  all: readonly PlacedQuestion[],
  { answer, patient, data }: PlacedQuestion,
  same: boolean,
  random: Random,
): PlacedQuestion | undefined {
  const fitting = all.filter((other) => (other.answer === answer) === same && other.data !== data);
  const strangers = fitting.filter((other) => other.patient !== patient);
  const from = strangers.length > 0 ? strangers : fitting;
  return from.length === 0 ? undefined : random.choice(from);
}

function summary(pairs: readonly Pair[], level: number): Swap {
  const share = (weights: Float64Array, holds: (pair: Pair) => number) => {
    let [sum, total] = [0, 0];
    pairs.forEach((pair, i) => {
      sum += weights[i] * holds(pair);
      total += weights[i];
    });
    return sum / total;
  };
  const is = (condition: boolean) => (condition ? 1 : 0);
  const patients = pairs.map(({ patient }) => patient);
  const { intervals } = clusterBootstrap(
    patients,
    (weights) => [
      share(weights, ({ said, conflicting, neutral }) => is(conflicting === said) - is(neutral === said)),
      share(weights, ({ before, conflicting, neutral }) => is(conflicting !== before) - is(neutral !== before)),
      share(weights, ({ own, conflicting }) => is(conflicting === own)),
      share(weights, ({ said, conflicting }) => is(conflicting === said)),
      share(weights, ({ own, said, conflicting }) => is(conflicting !== own && conflicting !== said)),
    ],
    { level },
  );
  const [pull, flips, content, followed, neither] = intervals;
  return {
    pull,
    flips,
    conflict: { content, shortcut: followed, neither },
    questions: pairs.length,
    patients: new Set(patients).size,
  };
}
