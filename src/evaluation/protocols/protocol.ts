/**
 * What every evaluation protocol is: one file that says what it is called, what it can be told and how it turns
 * frozen features, or a network, into a result. Adding a protocol is adding its file and a line in `index.ts`.
 * @module
 */
import { z } from 'zod';
import { SondeError, usageError } from '../../base/errors.ts';
import type { DenseLabels } from '../../data/dense-labels.ts';
import type { FrameStore, Label, SplitPart } from '../../data/media.ts';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import type { DeviceId } from '../../runtime/backends/devices.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import type { RowFacts } from '../examples.ts';
import { checkFeatureTable, type FeatureTable } from '../feature-table.ts';
import { type MatrixProduct, plainMatrixProduct } from '../matrix-product.ts';
import type { FitCheckpoints } from '../network/fit-checkpoints.ts';
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

/** A network and the data it is to be trained or tried on. */
export interface NetworkInput {
  /** An encoder exported by a run or anybody's ONNX model; its taps are named by `encoderInfo`, or are its outputs. */
  readonly model: OnnxModel;
  readonly encoder: ProbeResult['encoder'];
  /** Items with their split by patient; protocols train on `train`, choose on `validation`, answer `test` once. */
  readonly store: FrameStore;
  /** Masks and key points of the items, where the data set has them. */
  readonly dense?: DenseLabels;
  /** Weights of the decoder that a run learned with its encoder, by their names below a head. */
  readonly decoder?: ReadonlyMap<string, HostArray>;
  /** The label to predict; absent where the protocol learns masks, boxes or points. */
  readonly label?: string;
  readonly device?: DeviceId;
  readonly threads?: number;
  /** Keeps what a fit has learned so far, each by its name, so that it can go on where it was stopped. */
  readonly checkpoints?: (name: string) => FitCheckpoints;
  /** Told of steps done; `stage` is a word such as `train` or `test`. */
  readonly onProgress?: (stage: string, done: number, total: number) => void;
}

/** What a protocol says of itself. */
interface ProtocolCard<Options> {
  readonly id: string;
  readonly title: string;
  /** One sentence, for help and tables. */
  readonly description: string;
  /** What it predicts. */
  readonly predicts: 'classes' | 'numbers' | 'masks' | 'boxes' | 'points';
  readonly options: z.ZodType<Options, unknown>;
}

/** A protocol that reads frozen features, tap by tap. */
export interface FeatureProtocol<Options = unknown> extends ProtocolCard<Options> {
  readonly needs: 'features';
  run(input: ProbeInput, options?: Partial<Options>): Promise<ProbeResult>;
}

/**
 * How full supervision comes to stand beside a protocol that trains: by options under which random initialisation is
 * that, or in a sentence on where its rows show it anyway.
 */
export type Supervision<Options> = { readonly options: Partial<Options> } | { readonly shown: string };

/** A protocol that trains or applies the network itself. Its result has a row for each tap that it started from. */
export interface NetworkProtocol<Options = unknown> extends ProtocolCard<Options> {
  readonly needs: 'network';
  /** Absent where the network is applied as it is: what stands beside it is a network that was trained before. */
  supervision?(options: Options): Supervision<Options>;
  run(input: NetworkInput, options?: Partial<Options>): Promise<ProbeResult>;
}

export type Protocol = FeatureProtocol | NetworkProtocol;

/** The settings of every protocol's intervals. */
export interface IntervalOptions {
  readonly resamples: number;
  readonly level: number;
  readonly seed: number;
}

/** Complete, checked options. Throws `usage`, saying which one is wrong or unknown. */
export function parseOptions<Options>(id: string, schema: z.ZodType<Options, unknown>, given: unknown): Options {
  const known = optionNames({ options: schema });
  const unknown = Object.keys(given ?? {}).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw usageError(`the protocol ${id} has no option '${unknown}'`, { expected: known.join(', ') });
  }
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  throw usageError(`options of the protocol ${id}: ${z.prettifyError(parsed.error)}`);
}

/** How full supervision comes to stand beside a protocol; `undefined` where a network that was trained before does. */
export function supervisionOf({
  protocol,
  options,
}: {
  readonly protocol: Protocol;
  readonly options: Readonly<Record<string, unknown>>;
}): Supervision<Readonly<Record<string, unknown>>> | undefined {
  if (protocol.needs === 'features' || protocol.supervision === undefined) return undefined;
  const way = protocol.supervision(parseOptions(protocol.id, protocol.options, options));
  return 'shown' in way ? way : { options: { ...options, ...way.options } };
}

/** What a protocol can be told, by name. */
export function optionNames({ options }: { readonly options: z.ZodType }): readonly string[] {
  return options instanceof z.ZodObject ? Object.keys(options.shape) : [];
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
  // Of the first table its rows are kept, not its features: only one table need be in memory.
  let first: TableRows | undefined;
  let measure: TapMeasurement | undefined;
  for await (const table of input.tables) {
    checkFeatureTable(table);
    if (first === undefined || measure === undefined) {
      first = rowsOfTable(table);
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

type TableRows = Pick<FeatureTable, 'tap' | 'rows' | 'items' | 'patients' | 'frames'>;

function rowsOfTable({ tap, rows, items, patients, frames }: FeatureTable): TableRows {
  return { tap, rows, items, patients, ...(frames === undefined ? {} : { frames }) };
}

function sameRows(a: TableRows, b: TableRows): boolean {
  return (
    a.rows === b.rows &&
    a.items.every((item, row) => item === b.items[row] && a.frames?.[row] === b.frames?.[row]) &&
    a.patients.every((patient, row) => patient === b.patients[row])
  );
}
