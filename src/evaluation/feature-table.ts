/**
 * Features of one tap: a row for each sample (an image, or one window of a clip or volume).
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Label, SplitPart } from '../data/media.ts';

export interface FeatureTable {
  readonly tap: string;
  readonly rows: number;
  readonly columns: number;
  /** Row-major `[rows, columns]`. */
  readonly features: Float32Array;
  /** Item of each row. */
  readonly items: readonly string[];
  /** Patient of each row. */
  readonly patients: readonly string[];
  /** First frame (or slice) of each row's window. */
  readonly frames?: readonly number[];
  /** Part of the split each row belongs to. */
  readonly parts?: readonly SplitPart[];
  /** Labels by name, a value a row. */
  readonly labels?: Readonly<Record<string, readonly (Label | undefined)[]>>;
}

/** Makes sure that the lengths agree (`shape/mismatch`) and that every feature is a finite number (`data/unsuitable`). */
export function checkFeatureTable(table: FeatureTable): FeatureTable {
  const { tap, rows, columns, features, items, patients, frames, parts, labels } = table;
  const expect = (what: string, found: number, expected: number) => {
    if (found === expected) return;
    throw new SondeError('shape/mismatch', `the features of tap '${tap}' do not fit together`, {
      expected: `${expected} ${what}`,
      found: String(found),
    });
  };
  expect('numbers', features.length, rows * columns);
  expect('items', items.length, rows);
  expect('patients', patients.length, rows);
  if (frames) expect('frames', frames.length, rows);
  if (parts) expect('parts', parts.length, rows);
  for (const [name, values] of Object.entries(labels ?? {})) expect(`values of label '${name}'`, values.length, rows);
  const bad = features.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new SondeError('data/unsuitable', `the features of tap '${tap}' are not finite numbers`, {
      where: `item ${items[Math.floor(bad / columns)]}`,
      found: String(features[bad]),
      hint: 'the encoder has diverged, or was fed pictures of another scale: extract the features with another one',
    });
  }
  return table;
}
