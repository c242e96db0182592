/**
 * Batches as worker threads fill them.
 * @module
 */
import { createHash } from 'node:crypto';
import type { MediaKind } from '../../src/data/media.ts';
import type { OpenFrameStore } from '../../src/data/storage/frame-store.ts';
import { openDataset } from '../../src/data/storage/open-dataset.ts';
import type { PretextMethod } from '../../src/pretext/method.ts';
import { SamplingPool } from '../../src/training/sampling/pool.ts';
import { trial } from './run-method.ts';

/** A few patients of each kind, decoded. */
const phantoms: Partial<Record<MediaKind | 'colour', string>> = {
  image: 'phantom:patients=4,frames=24,size=48',
  clip: 'phantom:patients=4,frames=24,size=48',
  volume: 'head-phantom:patients=4,size=48,slices=40',
  colour: 'endoscopy-phantom:patients=4,size=48',
};

/** Frames that worker threads can open, of the kind that a method takes first. */
export async function storeFor({ card }: PretextMethod): Promise<OpenFrameStore> {
  const { store } = await openDataset({ path: phantoms[card.needs ?? card.inputs[0]]!, storedSize: 48 });
  return store;
}

/** A fingerprint of each of the first steps' batches, factors and items, where so many threads fill them. */
export async function batchesOf(method: PretextMethod, store: OpenFrameStore, workers: number, steps: number) {
  const { context } = trial(method, store);
  const items = store.index.items.map((_, i) => i);
  const pool = new SamplingPool({
    method,
    context,
    store,
    items,
    batchSize: 4,
    seed: 0,
    workers,
    firstStep: 0,
    lastStep: steps,
  });
  const prints: string[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      const { arrays, factors, items: chosen } = await pool.next();
      const hash = createHash('sha256').update(JSON.stringify([chosen, factors]));
      for (const [name, { data }] of Object.entries(arrays)) {
        hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
      prints.push(hash.digest('hex'));
    }
  } finally {
    await pool.close();
  }
  return prints;
}
