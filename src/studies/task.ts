/**
 * What is asked of an encoder after training: a known factor, from few labelled patients, on patients it has never seen.
 * @module
 */
import { type OpenedDataset, openDataset } from '../data/storage/open-dataset.ts';
import type { ExtractionOptions } from '../evaluation/extraction.ts';

export interface Task {
  /** The data, as `openDataset` takes it. */
  readonly data: {
    readonly path: string;
    readonly storedSize: number;
    readonly fractions: readonly [number, number, number];
  };
  /** Whether what moves in it has many frames to a period, for methods that ask for the order of moments. */
  readonly ordered?: true;
  readonly label: string;
  /** Patients of the training part whose labels are known to a probe; the others serve pre-training only. */
  readonly labelledPatients: number;
  /** How often those patients are drawn anew; scores are means over the draws. */
  readonly draws: number;
  readonly extraction?: Pick<ExtractionOptions, 'windows' | 'dimensions'>;
}

export interface OpenTask extends Task {
  readonly dataset: OpenedDataset;
}

/** Draws the data of a task, or finds them where they were drawn before. */
export async function openTask(
  task: Task,
  onProgress?: (stage: string, done: number, total: number) => void,
): Promise<OpenTask> {
  const dataset = await openDataset({ ...task.data, ...(onProgress === undefined ? {} : { onProgress }) });
  return { ...task, dataset };
}
