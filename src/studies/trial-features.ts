/**
 * What the encoders of trials answer to the test items of their task: one window an item, one number a channel, as their
 * probes saw them.
 * @module
 */
import { itemsByPart } from '../data/split.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { extractFeatures } from '../evaluation/extraction.ts';
import type { FeatureTable } from '../evaluation/feature-table.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import type { StudiedTrial } from './studied-trials.ts';

export type WhichEncoder = 'trained' | 'untrained';

export async function testFeatures(
  { paths, task }: StudiedTrial,
  which: WhichEncoder,
  threads = 1,
): Promise<FeatureTable[]> {
  const model = await loadModel(which === 'trained' ? paths.encoder : paths.randomEncoder);
  const { split, items } = task.dataset.index;
  const encoder = await openEncoder(model, { threads });
  try {
    return await extractFeatures(encoder, task.dataset.store, {
      ...task.extraction,
      only: itemsByPart(split, items).test,
    });
  } finally {
    await encoder.release();
  }
}
