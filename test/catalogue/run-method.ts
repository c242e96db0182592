/**
 * A method as the training loop runs it, in small: samples of drawn pictures, right answers, steps.
 * @module
 */
import { z } from 'zod';
import { Random } from '../../src/base/random.ts';
import type { FrameStore } from '../../src/data/media.ts';
import type { Tensor } from '../../src/graph/tensor.ts';
import type { MethodContext, PretextMethod, Sample, SampleView } from '../../src/pretext/method.ts';
import { processor } from '../../src/runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../src/runtime/compile.ts';
import { State } from '../../src/runtime/state.ts';
import { chiSquareUpper } from '../../src/statistics/distributions.ts';
import { float32, type HostArray } from '../../src/tensor/host-array.ts';
import { configureRun } from '../../src/training/configuration.ts';
import { buildModel, type Model } from '../../src/training/model.ts';
import { allocateBatch, type BatchArrays, fillBatch } from '../../src/training/sampling/batch.ts';
import { sampleView } from '../../src/training/sampling/views.ts';

export interface Trial {
  readonly method: PretextMethod;
  readonly context: MethodContext<unknown>;
  readonly store: FrameStore;
  readonly learningRate: number;
  /** The method's network at a batch size. */
  model(batchSize: number): Model;
}

/** The method with its tiny preset on drawn pictures. */
export function trial(method: PretextMethod, store: FrameStore, options: Record<string, unknown> = {}): Trial {
  const configuration = configureRun({ method: method.card.id, methodOptions: options });
  const { methodOptions, trunk, trunkOptions, optimiser } = configuration;
  const items = store.index.items.map((_, i) => i);
  const views = items.map((item) => sampleView(store, item, items));
  const prepared = method.prepare?.(views, methodOptions, new Random(0).split('prepare'));
  const channels = store.sizeOf(0)[3] === 3 ? 3 : 1;
  const context: MethodContext<unknown> = { options: methodOptions, prepared, channels };
  return {
    method,
    context,
    store,
    learningRate: optimiser.learningRate,
    model: (batchSize) => buildModel({ method, context, trunk, trunkOptions, optimiser, batchSize }),
  };
}

/** Sample number `draw`; items take turns. */
export function sampleOf({ method, context, store }: Trial, draw: number, seed = 0): Sample {
  return method.sample(viewOf({ store }, draw), new Random(seed).split('sample', draw), context);
}

/** The item that sample number `draw` is made of. */
export function viewOf({ store }: Pick<Trial, 'store'>, draw: number): SampleView {
  const items = store.index.items.map((_, i) => i);
  return sampleView(store, draw % items.length, items);
}

/** The first `batchSize` items in one batch. */
export function batchOf({ method, context, store }: Trial, batchSize: number, seed: number): BatchArrays {
  const items = store.index.items.map((_, i) => i);
  const chosen = Array.from({ length: batchSize }, (_, i) => items[i % items.length]);
  const arrays = allocateBatch(method.inputs(context), batchSize);
  const random = new Random(seed).split('batch');
  fillBatch({ method, context, store, items: chosen, candidates: items, random }, arrays);
  return arrays;
}

/**
 * How often each class is the right one among `count` answers, more where there are many classes; `undefined` where there
 * are no classes. Batches are drawn with seeds from `firstSeed` on.
 */
export async function answerCounts(given: Trial, count: number, firstSeed = 0): Promise<number[] | undefined> {
  const batchSize = 25;
  const model = given.model(batchSize);
  const { classes } = model.evaluation.outputs;
  if (classes === undefined) return undefined;
  const inputs: Record<string, Tensor> = {};
  for (const name of Object.keys(given.method.inputs(given.context))) inputs[name] = model.evaluation.inputs[name];
  const program = await compile({ name: 'answers', inputs, state: [], outputs: { classes } }, new State(), processor, {
    threads: 1,
  });
  const counts = new Array<number>(model.answerNames.length).fill(0);
  // Enough that every class of many is asked for as well.
  const wanted = Math.max(count, 16 * counts.length);
  for (let batch = 0, answers = 0; answers < wanted; batch++) {
    const run = await program.run(batchOf(given, batchSize, firstSeed + batch));
    for (const answer of run.classes.data as BigInt64Array) counts[Number(answer)]++;
    answers += run.classes.data.length;
  }
  await program.dispose();
  return counts;
}

/** How likely counts as uneven as these are where every answer is as often right as the method says (χ²). */
export function chanceOfCounts({ method, context }: Trial, counts: readonly number[]): number {
  const { shares, accuracy } = method.chance(context.options);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const expected = counts.map((_, answer) => total * (shares?.[answer] ?? accuracy!));
  const chiSquare = counts.reduce((sum, count, i) => sum + (count - expected[i]) ** 2 / expected[i], 0);
  return chiSquareUpper(chiSquare, counts.length - 1);
}

export interface FirstLossOptions {
  readonly seed: number;
  /** As a training step computes it, with the statistics of the batch; otherwise as the held-out measure does. */
  readonly training: boolean;
  /** Sets everything that is not the trunk to zero: every answer is equally likely. */
  readonly zeroHeads?: boolean;
}

/** What the network loses before its first step. */
export async function firstLoss(given: Trial, batch: BatchArrays, { seed, training, zeroHeads }: FirstLossOptions) {
  const model = given.model(Object.values(batch)[0].shape[0]);
  const state = new State(model.initialState(new Random(seed).split('initial')));
  if (zeroHeads === true) {
    for (const name of model.parameters) if (!name.startsWith('trunk.')) (state.get(name).data as Float32Array).fill(0);
  }
  let sum = 0;
  for (const program of training ? model.steps : [model.evaluation]) {
    const outputs = Object.fromEntries(Object.entries(program.outputs).filter(([name]) => /^loss(:|$)/.test(name)));
    const forward = { ...program, state: program.state.map(({ name, tensor }) => ({ name, tensor })), outputs };
    const compiled = await compile(forward, state, processor, { threads: 2 });
    const losses = await compiled.run({ ...batch, ...scalarsOf(given, 0, 1) });
    await compiled.dispose();
    for (const { data } of Object.values(losses)) sum += Number(data[0]);
  }
  return sum;
}

/** What a step is fed beside its batch. */
export function scalarsOf({ method, learningRate, context }: Trial, step: number, steps: number) {
  const scalars: Record<string, HostArray> = {
    learningRate: float32([], learningRate),
    step: float32([], step + 1),
  };
  for (const [name, at] of Object.entries(method.schedules ?? {})) {
    scalars[name] = float32([], at(step / steps, context.options));
  }
  return scalars;
}

export interface StepOutcome {
  readonly loss: number;
  readonly accuracy: number | undefined;
}

export interface TrainOptions {
  readonly seed: number;
  readonly steps: number;
  /** Ends the training early. */
  readonly until?: (outcome: StepOutcome) => boolean;
}

/** Trains on one batch over and over, and tells what every step gave. */
export async function train(given: Trial, batch: BatchArrays, { seed, steps, until }: TrainOptions) {
  const model = given.model(Object.values(batch)[0].shape[0]);
  const state = new State(model.initialState(new Random(seed).split('initial')));
  const programs = [];
  for (const step of model.steps) programs.push(await compile(step, state, processor, { threads: 2 }));
  const outcomes: StepOutcome[] = [];
  for (let step = 0; step < steps; step++) {
    const scalars = scalarsOf(given, step, steps);
    let loss = 0;
    let accuracy: number | undefined;
    for (const program of programs) {
      const outputs = await program.run({ ...batch, ...scalars });
      loss += Number(outputs.loss.data[0]);
      const measured = outputs['measure:accuracy'];
      if (measured !== undefined) accuracy = Number(measured.data[0]);
    }
    outcomes.push({ loss, accuracy });
    if (until?.({ loss, accuracy })) break;
  }
  await Promise.all(programs.map((program) => program.dispose()));
  return outcomes;
}

/** Every choice that an option offers besides its default, as options to give. */
export function choicesOf({ options }: PretextMethod): Record<string, unknown>[] {
  interface Property {
    readonly type?: string;
    readonly enum?: readonly unknown[];
    readonly default?: unknown;
  }
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' }) as { properties?: Record<string, Property> };
  return Object.entries(properties).flatMap(([name, property]) => {
    const values = property.enum ?? (property.type === 'boolean' ? [true, false] : []);
    return values.filter((value) => value !== property.default).map((value) => ({ [name]: value }));
  });
}
