/**
 * The same held-out questions put to the network at every moment: which are learned when, which are forgotten again,
 * which are easy and which stay hard. Toneva et al., "An empirical study of example forgetting during deep neural network
 * learning", ICLR 2019.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import type { InputLayout } from '../attribution/target.ts';
import { PretextNetwork } from '../pretext-network.ts';
import { Questioner } from '../shortcuts/questions.ts';
import type { Question } from '../shortcuts/shortcut.ts';
import type { Subject } from '../subject.ts';

/** One question through training. */
export interface AskedQuestion {
  readonly question: Question;
  /** −log of the share given to the right answer, moment by moment. */
  readonly losses: readonly number[];
  readonly right: readonly boolean[];
}

export interface QuestionCourse {
  /** Steps of the moments at which the questions could be put. */
  readonly steps: readonly number[];
  readonly layout: InputLayout;
  readonly asked: readonly AskedQuestion[];
  /** Share answered right at each moment; 95 % by bootstrap over patients. */
  readonly accuracy: readonly Estimate[];
  readonly chance: number;
}

/** `undefined` where the task has no one right answer a question, or fewer than two moments kept their heads. */
export async function questionCourse(
  { run, store, items }: Subject,
  steps: readonly number[],
  count: number,
  random: Random,
  onMoment: (done: number) => void,
): Promise<QuestionCourse | undefined> {
  if (run?.stateAt === undefined) return undefined;
  const { method } = run.configuration;
  const usable = items.filter((item) => method.refuses(store.index.items[item], run.context.options) === undefined);
  if (usable.length === 0) return undefined;
  const [final] = [steps.at(-1)];
  const asked: { question: Question; losses: number[]; right: boolean[] }[] = [];
  const reached: number[] = [];
  let layout: InputLayout | undefined;
  let classes = 0;
  for (const [i, step] of steps.entries()) {
    const state = step === final ? run.state() : await run.stateAt(step);
    if (state === undefined) continue;
    const questioner = open(new PretextNetwork(run, { backend: processor, state }));
    if (questioner === undefined) return undefined;
    try {
      let at = 0;
      for (const batch of questioner.ask(store, usable, count, random)) {
        const { questions, logits } = await questioner.judged(batch);
        questions.forEach((question, row) => {
          asked[at] ??= { question, losses: [], right: [] };
          const own = logits.subarray(row * questioner.classes, (row + 1) * questioner.classes);
          asked[at].losses.push(lossOf(own, question.answer));
          asked[at].right.push(own.every((value, c) => c === question.answer || value < own[question.answer]));
          at++;
        });
      }
      [layout, classes] = [questioner.layout, questioner.classes];
      reached.push(step);
    } finally {
      await questioner.release();
    }
    onMoment(i + 1);
  }
  if (layout === undefined || reached.length < 2) return undefined;
  const accuracy = reached.map((_, m) => shareRight(asked, m));
  return { steps: reached, layout, asked, accuracy, chance: 1 / classes };
}

function open(network: PretextNetwork): Questioner | undefined {
  try {
    return new Questioner(network);
  } catch (error) {
    if (error instanceof SondeError && error.code === 'graph/unsupported') return undefined;
    throw error;
  }
}

function lossOf(logits: Float32Array, answer: number): number {
  const most = Math.max(...logits);
  const whole = logits.reduce((sum, value) => sum + Math.exp(value - most), 0);
  return Math.log(whole) - (logits[answer] - most);
}

function shareRight(asked: readonly AskedQuestion[], moment: number): Estimate {
  const { intervals } = clusterBootstrap(
    asked.map(({ question }) => question.patient),
    (weights) => {
      let [sum, total] = [0, 0];
      asked.forEach(({ right }, i) => {
        sum += right[moment] ? weights[i] : 0;
        total += weights[i];
      });
      return [sum / total];
    },
    { resamples: 1000 },
  );
  return intervals[0];
}

/** How often a right answer became a wrong one from a moment to the next. */
export function forgettingEvents(right: readonly boolean[]): number {
  return right.filter((now, m) => m > 0 && !now && right[m - 1]).length;
}

/** The moment from which on a question is answered right to the end; `undefined` where it ends wrong. */
export function learnedFrom(right: readonly boolean[]): number | undefined {
  const wrong = right.lastIndexOf(false);
  return wrong === right.length - 1 ? undefined : wrong + 1;
}

export interface Difficulty {
  /** Indices of the questions from the smallest mean loss to the largest. */
  readonly order: readonly number[];
  readonly everRight: number;
  /** Of those that were ever right, how many were forgotten at least once. */
  readonly forgotten: number;
  readonly neverRight: number;
  readonly alwaysFromFirst: number;
}

export function difficultyOf(asked: readonly AskedQuestion[]): Difficulty {
  const means = asked.map(({ losses }) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
  const ever = asked.filter(({ right }) => right.includes(true));
  return {
    order: means.map((_, i) => i).sort((a, b) => means[a] - means[b] || a - b),
    everRight: ever.length,
    forgotten: ever.filter(({ right }) => forgettingEvents(right) > 0).length,
    neverRight: asked.length - ever.length,
    alwaysFromFirst: asked.filter(({ right }) => right.every(Boolean)).length,
  };
}
