/**
 * What every evaluation protocol is: one file that says what it is called, what it can be told and how it turns
 * features into a result. Adding a protocol is adding its file and a line in `index.ts`.
 * @module
 */
import { z } from 'zod';
import { SondeError, usageError } from '../../base/errors.ts';
import type { Label, SplitPart } from '../../data/media.ts';
import type { RowFacts } from '../examples.ts';
import { checkFeatureTable, type FeatureTable } from '../feature-table.ts';
import { type MatrixProduct, plainMatrixProduct } from '../matrix-product.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';

/** Frozen features of one encoder and what is known about their rows. */
export interface ProbeInput {
  /** One table a tap, first layer to last, all with the same rows. They may be read one after another. */
  readonly tables: Iterable<FeatureTable> | AsyncIterable<FeatureTable>;
  /** The label to predict. */
  readonly label: string;
  /** Every label of the data set, a value a row; default: those of the first table. */
  readonly labels?: Readonly<Record<string, readonly (Label | undefined)[]>>;
  /** Part of each row; default: those of the first table. */
  readonly parts?: readonly SplitPart[];
  readonly encoder: ProbeResult['encoder'];
  /** Large matrix products; default in plain loops. */
  readonly product?: MatrixProduct;
  /** Told after each tap. */
  readonly onTap?: (score: TapScore) => void;
}

/** A protocol that reads frozen features. */
export interface Protocol<Options = unknown> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** What it needs of an encoder; protocols that train the encoder itself will need `network`. */
  readonly needs: 'features';
  /** What it predicts. */
  readonly predicts: 'classes' | 'numbers';
  readonly options: z.ZodType<Options, unknown>;
  run(input: ProbeInput, options?: Partial<Options>): Promise<ProbeResult>;
}

/** The settings every protocol on features has. */
export interface IntervalOptions {
  readonly resamples: number;
  readonly level: number;
  readonly seed: number;
}

/** Complete, checked options. Throws `usage`, saying which one is wrong. */
export function parseOptions<Options>(id: string, schema: z.ZodType<Options, unknown>, given: unknown): Options {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  throw usageError(`options of the protocol ${id}: ${z.prettifyError(parsed.error)}`);
}

/** A list may be written as one value, or with commas as on a command line. */
export function listed(value: unknown): unknown {
  if (typeof value === 'string') return value.split(',').map((entry) => entry.trim());
  return typeof value === 'number' ? [String(value)] : value;
}

/** How a tap is measured once the rows are known. */
export type TapMeasurement = (table: FeatureTable, product: MatrixProduct) => Promise<TapScore>;

/**
 * Goes through the tables in order. `arrange` sees the facts of the rows once, before the first tap, and returns how to
 * measure one. Throws `evaluation/labels` for tables that disagree about their rows.
 */
export async function measureTaps(
  input: ProbeInput,
  arrange: (facts: RowFacts) => TapMeasurement,
): Promise<TapScore[]> {
  const scores: TapScore[] = [];
  let first: FeatureTable | undefined;
  let measure: TapMeasurement | undefined;
  for await (const table of input.tables) {
    checkFeatureTable(table);
    if (first === undefined || measure === undefined) {
      first = table;
      measure = arrange(rowFacts(input, table));
    } else if (!sameRows(first, table)) {
      throw new SondeError('evaluation/labels', `the rows of taps '${first.tap}' and '${table.tap}' are not the same`, {
        hint: 'extract the features of all taps again, together',
      });
    }
    // A probe is minutes of arithmetic: whoever serves progress gets a turn between taps.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const score = await measure(table, input.product ?? plainMatrixProduct);
    scores.push(score);
    input.onTap?.(score);
  }
  if (first === undefined) throw new SondeError('evaluation/labels', 'there are no features to evaluate');
  return scores;
}

function rowFacts(input: ProbeInput, table: FeatureTable): RowFacts {
  const parts = input.parts ?? table.parts;
  if (parts === undefined) {
    throw new SondeError('evaluation/labels', `the features of tap '${table.tap}' do not say which part a row is in`, {
      hint: 'extract them again with a split',
    });
  }
  const labels = input.labels ?? table.labels ?? {};
  const wrong = parts.length !== table.rows || Object.values(labels).some((values) => values.length !== table.rows);
  if (wrong) {
    throw new SondeError('shape/mismatch', `parts and labels do not fit the ${table.rows} rows of tap '${table.tap}'`);
  }
  return { items: table.items, patients: table.patients, parts, labels };
}

function sameRows(a: FeatureTable, b: FeatureTable): boolean {
  return (
    a.rows === b.rows &&
    a.items.every((item, row) => item === b.items[row] && a.frames?.[row] === b.frames?.[row]) &&
    a.patients.every((patient, row) => patient === b.patients[row])
  );
}
