/**
 * Progress of reading a data set.
 * @module
 */
import { type DatasetRequest, type OpenedDataset, openDataset } from '../data/storage/open-dataset.ts';
import { progressReporter } from './progress.ts';

/** Opens a data set, reporting what takes long. */
export async function openWithProgress(request: DatasetRequest, silent: boolean): Promise<OpenedDataset> {
  let stage: string | undefined;
  let reporter = progressReporter({ silent });
  const opened = await openDataset({
    ...request,
    onProgress: (next, done, total) => {
      if (next !== stage) {
        if (stage !== undefined) reporter.end();
        stage = next;
        reporter = progressReporter({ silent });
      }
      reporter.update({ name: next, done, total, unit: next === 'index' ? 'files' : 'items' });
    },
  });
  reporter.end();
  return opened;
}
