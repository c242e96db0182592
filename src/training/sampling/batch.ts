/**
 * Batches: which items a step sees, and their samples side by side in one array an input.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { formatShape, sameShape, sizeOf } from '../../base/shape.ts';
import type { AugmentationOptions } from '../../data/augment/options.ts';
import type { FrameStore } from '../../data/media.ts';
import type { Factors, InputSpec, MethodContext, PretextMethod } from '../../pretext/method.ts';
import { type HostArray, zeros } from '../../tensor/host-array.ts';
import { augmentedView } from './augmented-view.ts';
import { sampleView } from './views.ts';

export type BatchArrays = Readonly<Record<string, HostArray>>;

/** Arrays for one batch; in shared memory, so that a worker fills what the step reads. */
export function allocateBatch(specs: Readonly<Record<string, InputSpec>>, batchSize: number): BatchArrays {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { dtype, shape }]) => [name, zeros(dtype, [batchSize, ...shape], true)]),
  );
}

/**
 * The items of a step: every epoch visits all of them once in an order of its own, and steps follow one another without
 * regard to where epochs end.
 *
 * @param step counted from 0
 */
export function itemsOfStep(items: readonly number[], step: number, batchSize: number, random: Random): number[] {
  const chosen: number[] = [];
  let epoch = -1;
  let order: Uint32Array = new Uint32Array(0);
  for (let position = step * batchSize; position < (step + 1) * batchSize; position++) {
    const wanted = Math.floor(position / items.length);
    if (wanted !== epoch) {
      epoch = wanted;
      order = random.split('order', epoch).permutation(items.length);
    }
    chosen.push(items[order[position % items.length]]);
  }
  return chosen;
}

export interface BatchRequest {
  readonly method: PretextMethod;
  readonly context: MethodContext<unknown>;
  readonly store: FrameStore;
  readonly items: readonly number[];
  /** Where `other` may look: items of the same part of the split. */
  readonly candidates: readonly number[];
  /** Stream of this step; every sample gets one of its own below it. */
  readonly random: Random;
  /** How items are changed before the method sees them; not at all by default. */
  readonly augmentation?: AugmentationOptions;
}

/** Draws one sample an item into the arrays and returns what was drawn. */
export function fillBatch(
  { method, context, store, items, candidates, random, augmentation }: BatchRequest,
  arrays: BatchArrays,
): Factors[] {
  return items.map((item, slot) => {
    const plain = sampleView(store, item, candidates);
    const augmented =
      augmentation === undefined
        ? undefined
        : augmentedView(plain, random.split('augmentation', slot), augmentation, (one) => {
            return method.fixedFrames !== true && method.refuses(one, context.options) === undefined;
          });
    const { inputs, factors } = method.sample(augmented?.view ?? plain, random.split('sample', slot), context);
    for (const [name, array] of Object.entries(arrays)) place(array, slot, inputs[name], `${method.card.id} ${name}`);
    return augmented === undefined ? factors : { ...factors, ...augmented.drawn() };
  });
}

function place(batch: HostArray, slot: number, sample: HostArray | undefined, where: string): void {
  const shape = batch.shape.slice(1);
  if (sample === undefined || sample.dtype !== batch.dtype || !sameShape(sample.shape, shape)) {
    throw new SondeError('internal', 'a sample does not have the declared shape', {
      where,
      expected: `${batch.dtype} ${formatShape(shape)}`,
      found: sample === undefined ? 'nothing' : `${sample.dtype} ${formatShape(sample.shape)}`,
    });
  }
  const length = sizeOf(shape);
  // The dtypes agree, so the two arrays are of one class.
  (batch.data as Float32Array).set(sample.data as Float32Array, slot * length);
}
