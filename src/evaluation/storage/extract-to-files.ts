/**
 * Features written as they are extracted: memory holds a few batches, however large the set is.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';
import { framesSpanned } from '../../data/transform/presentation.ts';
import type { Encoder } from '../encoder.ts';
import { type ExtractionOptions, factsOf, featureBatches, rowsOf } from '../extraction.ts';
import { FeatureFileWriter, featureFilePath } from './feature-files.ts';

/** Numbers of all taps that are held before they are written: 32 MB. */
const heldNumbers = 2 ** 23;

export interface FeatureFile {
  readonly tap: string;
  readonly rows: number;
  readonly columns: number;
  readonly file: string;
}

/** `folder/<tap>.parquet` for each tap, first layer to last. No file appears before all are complete. */
export async function extractToFiles(
  encoder: Encoder,
  store: FrameStore,
  folder: string,
  { about, ...options }: ExtractionOptions & { readonly about?: Readonly<Record<string, string>> } = {},
): Promise<FeatureFile[]> {
  const rows = rowsOf(encoder, store, options.windows ?? 4, options.only);
  const span = framesSpanned(encoder.presentation);
  const taps = new Map<string, TapFile>();
  let held = 0;
  let written = 0;
  const write = (until: number) => {
    const facts = factsOf(store, rows.slice(written, until), span);
    for (const tap of taps.values()) tap.write(facts);
    written = until;
    held = 0;
  };
  try {
    for await (const { first, count, pooled } of featureBatches(encoder, store, rows, options)) {
      for (const [tap, { columns, features }] of pooled) {
        let file = taps.get(tap);
        if (file === undefined) {
          const path = featureFilePath(folder, tap);
          const described = { tap, columns, position: taps.size, ...(about === undefined ? {} : { about }) };
          taps.set(tap, (file = new TapFile(new FeatureFileWriter(path, described), columns)));
        }
        file.held.push(features);
        held += features.length;
      }
      if (held >= heldNumbers || first + count === rows.length) write(first + count);
    }
  } catch (error) {
    for (const { writer } of taps.values()) writer.abort();
    throw error;
  }
  for (const { writer } of taps.values()) writer.finish();
  return Array.from(taps, ([tap, { columns, writer }]) => ({ tap, rows: rows.length, columns, file: writer.path }));
}

class TapFile {
  readonly held: Float32Array[] = [];
  readonly writer: FeatureFileWriter;
  readonly columns: number;

  constructor(writer: FeatureFileWriter, columns: number) {
    this.writer = writer;
    this.columns = columns;
  }

  /** Appends what is held as one row group. */
  write(facts: ReturnType<typeof factsOf>): void {
    const features = new Float32Array(facts.items.length * this.columns);
    let filled = 0;
    for (const part of this.held.splice(0)) {
      features.set(part, filled);
      filled += part.length;
    }
    this.writer.append({ ...facts, features });
  }
}
