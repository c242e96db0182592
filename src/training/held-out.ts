/**
 * The same held-out questions, asked again and again while a network learns.
 * @module
 */
import type { Random } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import type { FrameStore } from '../data/media.ts';
import type { DrawingContext, Factors, MethodContext, PretextMethod, Sample, SampleView } from '../pretext/method.ts';
import type { CompiledProgram } from '../runtime/program.ts';
import { float32, type HostArray, hostArray } from '../tensor/host-array.ts';
import { confusionCounts, rankMe, spread } from './measurements.ts';
import { allocateBatch, type BatchArrays, fillBatch } from './sampling/batch.ts';
import { sampleView } from './sampling/views.ts';

export interface HeldOutResult {
  readonly loss: number;
  readonly accuracy: number | undefined;
  /** Other measures of the method, by name. */
  readonly measures: Readonly<Record<string, number>>;
  readonly confusion: readonly (readonly number[])[] | undefined;
  readonly rankMe: number;
  /** Spread of the embedding, 1 healthy, 0 collapsed. */
  readonly spread: number;
}

/** A question, what it was made of, and the network's answer. */
export interface Example extends DrawingContext {
  readonly sample: Sample;
}

/** What names of the evaluation's outputs begin with that a person can look at. */
const production = 'production:';
/** And of those that the method measures. */
const measure = 'measure:';

/** Batches drawn once from items that training never sees. */
export class HeldOut {
  readonly #batches: readonly BatchArrays[];
  readonly #factors: readonly Factors[];
  readonly #views: readonly SampleView[];
  readonly #scheduled: Record<string, HostArray>;

  constructor(
    method: PretextMethod,
    context: MethodContext<unknown>,
    store: FrameStore,
    items: readonly number[],
    batchSize: number,
    count: number,
    random: Random,
  ) {
    const order = random.split('order').permutation(items.length);
    const filled = Array.from({ length: count }, (_, batch) => {
      const arrays = allocateBatch(method.inputs(context), batchSize);
      const chosen = Array.from({ length: batchSize }, (_, i) => items[order[(batch * batchSize + i) % items.length]]);
      const request = { method, context, store, items: chosen, candidates: items, random: random.split(batch) };
      return { arrays, factors: fillBatch(request, arrays), chosen };
    });
    this.#views = filled[0].chosen.map((item) => sampleView(store, item, items));
    this.#batches = filled.map(({ arrays }) => arrays);
    this.#factors = filled[0].factors;
    this.#scheduled = Object.fromEntries(
      Object.entries(method.schedules ?? {}).map(([name, at]) => [name, float32([], at(1, context.options))]),
    );
  }

  /** The first questions and, where the network answers by choosing, its logits for each. */
  async examples(count: number, evaluation: CompiledProgram): Promise<Example[]> {
    const [arrays] = this.#batches;
    const { logits, ...others } = await evaluation.run({ ...arrays, ...this.#scheduled });
    const produced = Object.entries(others).filter(([name]) => name.startsWith(production));
    return this.#factors.slice(0, count).map((factors, slot) => {
      const inputs = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, slotOf(array, slot)]));
      const answer = logits === undefined ? undefined : Array.from(slotRows(logits, slot, this.#factors.length));
      const productions = Object.fromEntries(
        produced.map(([name, array]) => [name.slice(production.length), slotOf(array, slot)]),
      );
      return {
        sample: { inputs, factors },
        view: this.#views[slot],
        ...(answer === undefined ? {} : { answer }),
        ...(produced.length === 0 ? {} : { productions }),
      };
    });
  }

  async measure(evaluation: CompiledProgram): Promise<HeldOutResult> {
    let loss = 0;
    const measures = new Map<string, number>();
    let confusion: number[][] | undefined;
    const embeddings: number[] = [];
    let width = 0;
    for (const arrays of this.#batches) {
      const outputs = await evaluation.run({ ...arrays, ...this.#scheduled });
      for (const [name, value] of Object.entries(outputs)) {
        const share = Number(value.data[0]) / this.#batches.length;
        if (name.startsWith('loss:')) loss += share;
        if (name.startsWith(measure)) {
          const measured = name.slice(measure.length);
          measures.set(measured, (measures.get(measured) ?? 0) + share);
        }
      }
      if (outputs.logits !== undefined) confusion = summed(confusion, confusionCounts(outputs.logits, outputs.classes));
      width = outputs.embedding.shape[1];
      for (const value of outputs.embedding.data as Float32Array) embeddings.push(value);
    }
    const rows = embeddings.length / width;
    const matrix = Float64Array.from(embeddings);
    const { accuracy, ...others } = Object.fromEntries(measures) as Partial<Record<string, number>>;
    return {
      loss,
      accuracy,
      measures: others as Record<string, number>,
      confusion,
      rankMe: rankMe(matrix, rows, width),
      spread: spread(matrix, rows, width),
    };
  }
}

function summed(a: number[][] | undefined, b: number[][]): number[][] {
  return a === undefined ? b : a.map((row, i) => row.map((value, j) => value + b[i][j]));
}

/** One sample out of a batch, without its batch axis. */
function slotOf({ dtype, shape, data }: HostArray, slot: number): HostArray {
  const length = sizeOf(shape.slice(1));
  return hostArray(dtype, shape.slice(1), data.slice(slot * length, (slot + 1) * length) as typeof data);
}

/** The rows of a table that belong to one sample, when each sample makes as many. */
function slotRows({ shape, data }: HostArray, slot: number, samples: number): Float32Array {
  const length = sizeOf(shape) / samples;
  return (data as Float32Array).slice(slot * length, (slot + 1) * length);
}
