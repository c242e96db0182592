/**
 * Protocols on one encoder and on the same network untrained, side by side.
 * @module
 */
import { SondeError, usageError } from '../base/errors.ts';
import type { DenseLabels } from '../data/dense-labels.ts';
import type { FrameStore, Label } from '../data/media.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { adjustHolm } from '../statistics/multiple-comparisons.ts';
import type { HostArray } from '../tensor/host-array.ts';
import { compareTaps, testOf } from './compare-taps.ts';
import type { EncoderOptions } from './encoder.ts';
import { labelValues } from './examples.ts';
import type { ExtractionOptions } from './extraction.ts';
import { extractAnew, type FeatureKeeper, type FeatureSource } from './feature-source.ts';
import type { FitCheckpoints } from './network/fit-checkpoints.ts';
import type { ProbeResult, TapDifference } from './probe-result.ts';
import { defaultProtocol, findProtocol } from './protocols/index.ts';
import { type FeatureProtocol, type NetworkProtocol, type Protocol, parseOptions } from './protocols/protocol.ts';
import { runtimeMatrixProduct } from './runtime-matrix-product.ts';
import { compareSeeds } from './seeds.ts';
import { withTaps } from './taps.ts';

export interface Contender {
  readonly model: OnnxModel;
  readonly encoder: ProbeResult['encoder'];
  /** Weights of the decoder that was learned with it, by name. */
  readonly decoder?: ReadonlyMap<string, HostArray>;
}

/** One protocol on one label. */
export interface Task {
  /** What is predicted; masks, boxes and points need no name. */
  readonly label?: string | undefined;
  /** What fits the label, where it is absent. */
  readonly protocol?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface MeasureOptions extends ExtractionOptions, EncoderOptions {
  /** Taps to measure; default all. */
  readonly taps?: readonly string[];
  /** Masks and key points of the store's items, for protocols that learn them. */
  readonly dense?: DenseLabels;
  /** Where fits are kept while they last, by encoder and fit. */
  readonly checkpoints?: (encoder: string, fit: string) => FitCheckpoints;
  /** Where features come from; default: extracted into memory. */
  readonly features?: FeatureKeeper;
  /** Where results are kept while others are yet to come, by encoder. */
  readonly finished?: (encoder: string, task: SettledTask) => FinishedResult;
  readonly onStage?: (stage: string, encoder: string, done: number, total: number) => void;
}

/** The result of one task on one encoder, if an earlier attempt came so far. */
export interface FinishedResult {
  read(): ProbeResult | undefined;
  write(result: ProbeResult): void;
}

/** A task with its protocol found and its options checked. */
export interface SettledTask {
  readonly label: string;
  readonly protocol: Protocol;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Finds protocols and checks what they are told, before anything that takes long. Throws `usage` for a protocol or an
 * option that there is not, and `evaluation/labels` for a label that no item of the store has.
 */
export function settleTask({ label, protocol, options = {} }: Task, store: FrameStore): SettledTask {
  const asked = protocol === undefined ? undefined : findProtocol(protocol);
  if (asked !== undefined) parseOptions(asked.id, asked.options, options);
  // Places are labelled in the pictures' annotations, not by a value an item.
  if (asked?.predicts === 'masks' || asked?.predicts === 'boxes' || asked?.predicts === 'points') {
    return { label: asked.predicts, protocol: asked, options };
  }
  if (label === undefined) {
    throw usageError(`${asked === undefined ? 'a probe' : `the protocol ${asked.id}`} needs a label to predict`, {
      hint: 'name it with --label',
    });
  }
  const values = labelValues({ labels: labelsOf(store) }, label);
  const found = asked ?? defaultProtocol(values);
  parseOptions(found.id, found.options, options);
  return { label, protocol: found, options };
}

/** Every value of every label, whatever it is attached to. */
function labelsOf({ index }: FrameStore): Record<string, (Label | undefined)[]> {
  const labels: Record<string, (Label | undefined)[]> = {};
  const add = (name: string, values: readonly (Label | undefined)[]) => {
    labels[name] ??= [];
    for (const value of values) labels[name].push(value);
  };
  for (const item of index.items) {
    for (const [name, value] of Object.entries(item.labels)) add(name, [value]);
    for (const [name, values] of Object.entries(item.frameLabels ?? {})) add(name, values);
  }
  return labels;
}

/**
 * Runs tasks on one encoder: features are extracted once for all that read them; protocols that need the network get it.
 * A task that its labels do not allow gives the error in its place, and the others go on.
 */
export async function measureTasks(
  contender: Contender,
  store: FrameStore,
  tasks: readonly SettledTask[],
  options: MeasureOptions,
): Promise<(ProbeResult | SondeError)[]> {
  const { encoder: named } = contender;
  const model = options.taps === undefined ? contender.model : withTaps(contender.model, options.taps);
  const results: (ProbeResult | SondeError)[] = [];
  let source: FeatureSource | undefined;
  for (const task of tasks) {
    const finished = options.finished?.(named.name, task);
    const known = finished?.read();
    if (known !== undefined) {
      results.push(known);
      continue;
    }
    try {
      let result: ProbeResult;
      if (task.protocol.needs === 'network') {
        result = await runOnNetwork(task.protocol, task, { ...contender, model }, store, options);
      } else {
        source ??= await extractOnce({ model, encoder: named }, store, options);
        result = await runOnFeatures(task.protocol, task, source, named, options);
      }
      finished?.write(result);
      results.push(result);
    } catch (error) {
      if (!(error instanceof SondeError) || error.code !== 'evaluation/labels') throw error;
      results.push(error);
    }
  }
  return results;
}

/** One task on one encoder. */
export async function measure(
  contender: Contender,
  store: FrameStore,
  {
    label,
    protocol,
    protocolOptions,
    ...options
  }: MeasureOptions & Task & { readonly protocolOptions?: Task['options'] },
): Promise<ProbeResult> {
  const task = settleTask({ label, protocol, options: protocolOptions }, store);
  const [result] = await measureTasks(contender, store, [task], options);
  if (result instanceof SondeError) throw result;
  return result;
}

function runOnNetwork(
  protocol: NetworkProtocol,
  task: SettledTask,
  { model, encoder, decoder }: Contender,
  store: FrameStore,
  { device, threads, dense, checkpoints, onStage }: MeasureOptions,
): Promise<ProbeResult> {
  return protocol.run(
    {
      model,
      encoder,
      store,
      label: task.label,
      ...(device === undefined ? {} : { device }),
      ...(threads === undefined ? {} : { threads }),
      ...(dense === undefined ? {} : { dense }),
      ...(decoder === undefined ? {} : { decoder }),
      ...(checkpoints === undefined
        ? {}
        : { checkpoints: (name) => checkpoints(encoder.name, `${protocol.id} ${task.label} ${name}`) }),
      onProgress: (stage, done, total) => onStage?.(stage, encoder.name, done, total),
    },
    task.options,
  );
}

function extractOnce({ model, encoder: named }: Contender, store: FrameStore, options: MeasureOptions) {
  const onProgress = (done: number, total: number) => options.onStage?.('extract', named.name, done, total);
  return (options.features ?? extractAnew)({ model, store, options: { ...options, onProgress } });
}

function runOnFeatures(
  protocol: FeatureProtocol,
  task: SettledTask,
  source: FeatureSource,
  encoder: ProbeResult['encoder'],
  { onStage }: MeasureOptions,
): Promise<ProbeResult> {
  let done = 0;
  return protocol.run(
    {
      tables: source.tables(),
      label: task.label,
      encoder,
      product: runtimeMatrixProduct,
      onTap: () => onStage?.(protocol.id, encoder.name, ++done, source.taps.length),
    },
    task.options,
  );
}

/** A paired comparison of two encoders, with the test it rests on. */
export interface Comparison {
  readonly protocol: string;
  readonly label: string;
  readonly encoder: string;
  readonly against: string;
  readonly test: string;
  readonly taps: readonly TapDifference[];
}

/**
 * The paired comparison of an encoder with the one it is measured against; p values corrected over taps by Holm. Several
 * results of each are of several seeds, in the same order; `names` are those of their means.
 */
export function againstBaseline(
  result: ProbeResult | readonly ProbeResult[],
  baseline: ProbeResult | readonly ProbeResult[],
  names?: { readonly encoder: string; readonly against: string },
): Comparison {
  const [ours, theirs] = [result, baseline].map((given) => [given].flat() as ProbeResult[]);
  const seeded = ours.length > 1;
  const taps = seeded ? compareSeeds(ours, theirs) : compareTaps(ours[0], theirs[0]);
  const adjusted = adjustHolm(taps.map(({ p }) => p));
  return {
    protocol: ours[0].protocol,
    label: ours[0].label,
    encoder: names?.encoder ?? ours[0].encoder.name,
    against: names?.against ?? theirs[0].encoder.name,
    test: `${seeded ? 'paired bootstrap over seeds and patients' : testOf(ours[0])}, Holm over taps`,
    taps: taps.map((tap, i) => ({ ...tap, p: adjusted[i] })),
  };
}
