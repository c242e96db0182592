/**
 * The same held-out questions, asked again and again while a network learns.
 * @module
 */
import type { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import type { MethodContext, PretextMethod, Sample } from '../pretext/method.ts';
import type { CompiledProgram } from '../runtime/program.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { confusionCounts, rankMe, spread } from './measurements.ts';
import { allocateBatch, type BatchArrays, fillBatch } from './sampling/batch.ts';
import { sampleView } from './sampling/views.ts';

export interface HeldOutResult {
  readonly loss: number;
  readonly accuracy: number | undefined;
  readonly confusion: readonly (readonly number[])[] | undefined;
  readonly rankMe: number;
  /** Spread of the embedding, 1 healthy, 0 collapsed. */
  readonly spread: number;
}

/** Batches drawn once from items that training never sees. */
export class HeldOut {
  readonly #batches: readonly BatchArrays[];
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
    this.#batches = Array.from({ length: count }, (_, batch) => {
      const arrays = allocateBatch(method.inputs(context), batchSize);
      const chosen = Array.from({ length: batchSize }, (_, i) => items[(batch * batchSize + i) % items.length]);
      fillBatch({ method, context, store, items: chosen, candidates: items, random: random.split(batch) }, arrays);
      return arrays;
    });
    this.#scheduled = Object.fromEntries(
      Object.entries(method.schedules ?? {}).map(([name, at]) => [name, float32([], at(1, context.options))]),
    );
  }

  async measure(evaluation: CompiledProgram): Promise<HeldOutResult> {
    let loss = 0;
    let accuracy: number | undefined;
    let confusion: number[][] | undefined;
    const embeddings: number[] = [];
    let width = 0;
    for (const arrays of this.#batches) {
      const outputs = await evaluation.run({ ...arrays, ...this.#scheduled });
      for (const [name, value] of Object.entries(outputs)) {
        if (name.startsWith('loss:')) loss += Number(value.data[0]) / this.#batches.length;
      }
      if (outputs['measure:accuracy'] !== undefined) {
        accuracy = (accuracy ?? 0) + Number(outputs['measure:accuracy'].data[0]) / this.#batches.length;
      }
      if (outputs.logits !== undefined) confusion = summed(confusion, confusionCounts(outputs.logits, outputs.classes));
      width = outputs.embedding.shape[1];
      for (const value of outputs.embedding.data as Float32Array) embeddings.push(value);
    }
    const rows = embeddings.length / width;
    const matrix = Float64Array.from(embeddings);
    return { loss, accuracy, confusion, rankMe: rankMe(matrix, rows, width), spread: spread(matrix, rows, width) };
  }
}

function summed(a: number[][] | undefined, b: number[][]): number[][] {
  return a === undefined ? b : a.map((row, i) => row.map((value, j) => value + b[i][j]));
}

/** Samples to look at: what the network is shown, one an item. */
export function exampleSamples(
  method: PretextMethod,
  context: MethodContext<unknown>,
  store: FrameStore,
  items: readonly number[],
  random: Random,
): Sample[] {
  return items.map((item, i) => method.sample(sampleView(store, item, items), random.split('example', i), context));
}
