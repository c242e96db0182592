/**
 * Kept features as files for other tools: `<tap>.parquet`, written piece by piece, so that memory holds one shard.
 * @module
 */
import { FeatureFileWriter, featureFilePath } from './feature-files.ts';
import type { KeptFeatures } from './kept-features.ts';

export interface FeatureFile {
  readonly tap: string;
  readonly rows: number;
  readonly columns: number;
  readonly file: string;
}

/** One file a tap, first layer to last. Throws `data/unsuitable` where shards are missing. */
export function exportFeatures(
  kept: Pick<KeptFeatures, 'taps' | 'pieces'>,
  folder: string,
  about: Readonly<Record<string, string>> = {},
): FeatureFile[] {
  return kept.taps.map((tap, position) => {
    let writer: FeatureFileWriter | undefined;
    let rows = 0;
    let columns = 0;
    const file = featureFilePath(folder, tap);
    try {
      for (const { parts, labels, frames, items, patients, features, ...piece } of kept.pieces(tap)) {
        columns = piece.columns;
        writer ??= new FeatureFileWriter(file, { tap, columns, position, about });
        writer.append({ parts, labels, frames, items, patients, features });
        rows += piece.rows;
      }
      writer?.finish();
    } catch (error) {
      writer?.abort();
      throw error;
    }
    return { tap, rows, columns, file };
  });
}
