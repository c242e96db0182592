/**
 * The worker thread that draws samples into shared batches.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { sizeOf } from '../../base/shape.ts';
import { openFrameStore } from '../../data/storage/frame-store.ts';
import { methodById } from '../../pretext/index.ts';
import { type DType, hostArray, viewOf } from '../../tensor/host-array.ts';
import { type BatchArrays, fillBatch, itemsOfStep } from './batch.ts';
import type { FilledMessage, StepMessage, WorkerSetup } from './messages.ts';

const {
  method: id,
  context,
  storeDirectory,
  frames,
  kept,
  items,
  batchSize,
  seed,
  augmentation,
  slots,
  specs,
} = workerData as WorkerSetup;
const method = methodById(id);
const store = openFrameStore(storeDirectory, {
  ...(frames === undefined ? {} : { shared: frames }),
  ...(kept === undefined ? {} : { kept }),
});
const random = new Random(seed).split('sampling');
const batches = slots.map(
  (buffers): BatchArrays =>
    Object.fromEntries(
      Object.entries(specs).map(([name, { dtype, shape }]) => {
        const full = [batchSize, ...shape];
        return [name, hostArray(dtype as DType, full, viewOf(dtype, buffers[name], 0, sizeOf(full)))];
      }),
    ),
);

parentPort!.on('message', ({ step, slot }: StepMessage) => {
  let reply: FilledMessage;
  try {
    const chosen = itemsOfStep(items, step, batchSize, random);
    const request = {
      method,
      context,
      store,
      items: chosen,
      candidates: items,
      random: random.split('step', step),
      ...(augmentation === undefined ? {} : { augmentation }),
    };
    const factors = fillBatch(request, batches[slot]);
    reply = { step, slot, factors, items: chosen };
  } catch (error) {
    reply = { step, slot, error: messageOf(error) };
  }
  parentPort!.postMessage(reply);
});
