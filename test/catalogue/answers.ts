/**
 * Where a method's right answers come from: an input of their own, or the place of a picture among its twins.
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { Random } from '../../src/base/random.ts';
import { sizeOf } from '../../src/base/shape.ts';
import { type Tensor, topologicalOrder } from '../../src/graph/tensor.ts';
import { processor } from '../../src/runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../src/runtime/compile.ts';
import { State } from '../../src/runtime/state.ts';
import type { HostArray } from '../../src/tensor/host-array.ts';
import type { Model } from '../../src/training/model.ts';
import type { BatchArrays } from '../../src/training/sampling/batch.ts';
import { batchOf, sampleOf, scalarsOf, type Trial } from './run-method.ts';

/** Names of the inputs that a value of the evaluation is made from. */
function inputsOf({ evaluation }: Model, value: Tensor): Set<string> {
  const nodes = new Set(topologicalOrder([value]));
  return new Set(Object.keys(evaluation.inputs).filter((name) => nodes.has(evaluation.inputs[name].node)));
}

/** The inputs that logits and right answers are made from; `undefined` where no question is asked. */
export function answerSources(model: Model): { pictures: Set<string>; answers: Set<string> } | undefined {
  const { logits, classes } = model.evaluation.outputs;
  if (logits === undefined || classes === undefined) return undefined;
  return { pictures: inputsOf(model, logits), answers: inputsOf(model, classes) };
}

/** Draws after which two ways of sampling count as having the same answers. */
const comparedDraws = 100;

/** Whether two trials are asked the same: draw by draw, from the same streams, the same answers are the right ones. */
export function answersAgree(one: Trial, other: Trial): boolean {
  const [named, alike] = [one, other].map((given) => [...(answerSources(given.model(2))?.answers ?? [])]);
  if (named.length === 0 || named.join() !== alike.join()) return false;
  for (let draw = 0; draw < comparedDraws; draw++) {
    const [mine, others] = [one, other].map((given) => sampleOf(given, draw).inputs);
    if (!named.every((name) => isDeepStrictEqual(mine[name], others[name]))) return false;
  }
  return true;
}

/**
 * The batch with right answers that have nothing to do with the pictures: the inputs that hold answers change places
 * in the batch; where there are none, pictures change places with their twins. `undefined` where neither can be done.
 */
export function withShuffledAnswers(model: Model, batch: BatchArrays, random: Random): BatchArrays | undefined {
  const { pictures, answers } = answerSources(model)!;
  const questions = sizeOf(model.evaluation.outputs.classes.shape);
  if (answers.size > 0) {
    // Several questions in one sample may have fixed answers among themselves: they are shuffled one by one.
    const perQuestion = [...answers].every((name) => sizeOf(batch[name].shape) % questions === 0);
    const parts = perQuestion ? questions : Object.values(batch)[0].shape[0];
    const order = random.permutation(parts);
    return mapped(batch, answers, (array) => inOrder(array, parts, (part) => order[part]));
  }
  const twins = [...pictures].filter((name) => questions === batch[name].shape[0] * batch[name].shape[1]);
  if (twins.length !== pictures.size) return undefined;
  const orders = Array.from({ length: questions / batch[twins[0]].shape[1] }, () =>
    random.permutation(batch[twins[0]].shape[1]),
  );
  return mapped(batch, pictures, (array) =>
    inOrder(array, questions, (question) => {
      const [, count] = array.shape;
      const slot = Math.floor(question / count);
      return slot * count + orders[slot][question % count];
    }),
  );
}

function mapped(batch: BatchArrays, names: ReadonlySet<string>, change: (array: HostArray) => HostArray): BatchArrays {
  return Object.fromEntries(
    Object.entries(batch).map(([name, array]) => [name, names.has(name) ? change(array) : array]),
  );
}

/** The array's `count` equal parts in another order. */
function inOrder(array: HostArray, count: number, from: (part: number) => number): HostArray {
  const length = sizeOf(array.shape) / count;
  const data = array.data.slice() as Float32Array;
  for (let part = 0; part < count; part++) {
    const source = from(part);
    data.set((array.data as Float32Array).subarray(source * length, (source + 1) * length), part * length);
  }
  return { ...array, data } as HostArray;
}

/**
 * Trains on fresh batches whose answers were shuffled, then asks fresh questions: the mean over answers of how often
 * each was found. `undefined` where answers cannot be shuffled.
 */
export async function accuracyAfterShuffling(given: Trial, { steps, batchSize, questions }: Record<string, number>) {
  const model = given.model(batchSize);
  const state = new State(model.initialState(new Random(0).split('initial')));
  const programs = [];
  for (const step of model.steps) programs.push(await compile(step, state, processor, { threads: 2 }));
  for (let step = 0; step < steps; step++) {
    const batch = withShuffledAnswers(model, batchOf(given, batchSize, step), new Random(step).split('shuffle'));
    if (batch === undefined) break;
    for (const program of programs) await program.run({ ...batch, ...scalarsOf(given, step, steps) });
    if (step === steps - 1) {
      await Promise.all(programs.map((program) => program.dispose()));
      return ask(given, model, state, [questions, batchSize], scalarsOf(given, step, steps));
    }
  }
  await Promise.all(programs.map((program) => program.dispose()));
  return undefined;
}

/** Batches that are asked about at the least. */
const fewestBatches = 4;

async function ask(
  given: Trial,
  model: Model,
  state: State,
  [questions, batchSize]: readonly number[],
  scalars: Record<string, HostArray>,
) {
  const { logits, classes } = model.evaluation.outputs;
  const program = await compile({ ...model.evaluation, outputs: { logits, classes } }, state, processor, {
    threads: 2,
  });
  const [right, asked] = [0, 1].map(() => new Array<number>(logits.shape[1]).fill(0));
  // Questions about one picture are no questions of their own: several batches, however many one holds.
  for (let batch = 0, answered = 0; batch < fewestBatches || answered < questions; batch++) {
    const outputs = await program.run({ ...batchOf(given, batchSize, 10_000 + batch), ...scalars });
    const [rows, answers] = [outputs.logits.data as Float32Array, outputs.classes.data as BigInt64Array];
    answered += answers.length;
    answers.forEach((answer, row) => {
      const scores = rows.subarray(row * right.length, (row + 1) * right.length);
      asked[Number(answer)]++;
      if (scores.indexOf(Math.max(...scores)) === Number(answer)) right[Number(answer)]++;
    });
  }
  await program.dispose();
  const shares = right.flatMap((count, answer) => (asked[answer] === 0 ? [] : [count / asked[answer]]));
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
