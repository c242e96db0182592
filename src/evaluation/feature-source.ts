/**
 * Where protocols read features from: tables in memory, or kept on disk and read one tap at a time.
 * @module
 */
import type { FrameStore } from '../data/media.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { type EncoderOptions, openEncoder } from './encoder.ts';
import { type ExtractionOptions, extractFeatures } from './extraction.ts';
import type { FeatureTable } from './feature-table.ts';

export interface FeatureSource {
  /** First layer to last. */
  readonly taps: readonly string[];
  /** A table a tap, in the order of `taps`; every call begins anew. */
  tables(): Iterable<FeatureTable> | AsyncIterable<FeatureTable>;
}

/** Features of every tap of a model, shown every item of a store. */
export interface FeatureRequest {
  readonly model: OnnxModel;
  readonly store: FrameStore;
  readonly options: ExtractionOptions & EncoderOptions;
}

/** Finds features that were extracted before, and extracts those that were not. */
export type FeatureKeeper = (request: FeatureRequest) => Promise<FeatureSource>;

/** Extracts everything, into memory. */
export const extractAnew: FeatureKeeper = async ({ model, store, options }) => {
  const encoder = await openEncoder(model, options);
  try {
    const tables = await extractFeatures(encoder, store, options);
    return { taps: tables.map(({ tap }) => tap), tables: () => tables };
  } finally {
    await encoder.release();
  }
};
