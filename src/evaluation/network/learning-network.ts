/**
 * Any ONNX model as a network that goes on learning: its taps as tensors, its weights by stage, and which of them are
 * held fast.
 * @module
 */
import { SondeError, usageError } from '../../base/errors.ts';
import { inputShape, type Presentation } from '../../data/transform/presentation.ts';
import { placeholderName } from '../../graph/onnx/export.ts';
import { fromOnnx } from '../../graph/onnx/import.ts';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import { isPlaceholder, placeholder, type Tensor, topologicalOrder } from '../../graph/tensor.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { type EncoderOptions, inspectEncoder } from '../encoder.ts';
import { type StoredNormalisation, storedNormalisation, withBatchStatistics } from './batch-statistics.ts';
import { picturesInput } from './fit-task.ts';

/** A network that is to learn, as it stands in a file. */
export interface NetworkSource {
  readonly model: OnnxModel;
  readonly presentation: Presentation;
  /** Spatial rank of its input. */
  readonly rank: 2 | 3;
  readonly input: string;
  /** First stage to last. */
  readonly taps: readonly string[];
  /** Inputs taken at once; `undefined` where any number is. */
  readonly fixedBatch: number | undefined;
}

/** @throws SondeError as `openEncoder` does */
export function networkSource(model: OnnxModel, options: Pick<EncoderOptions, 'presentation'> = {}): NetworkSource {
  return { model, ...inspectEncoder(model, options) };
}

/** What names of the encoder's weights begin with. */
export const encoderPrefix = 'encoder/';

export interface NetworkWeight {
  /** `encoderPrefix` and what the file calls it. */
  readonly name: string;
  readonly tensor: Tensor;
  readonly value: HostArray;
  /** Buffers are the stored statistics of normalisation. */
  readonly kind: 'parameter' | 'buffer';
  /** Number of the first tap that depends on it. */
  readonly stage: number;
  /** Learns; a buffer follows the batches. */
  readonly learns: boolean;
}

export interface LearningNetwork {
  readonly input: Tensor;
  /** The taps that were asked for, by name. */
  readonly taps: Readonly<Record<string, Tensor>>;
  /** What those taps depend on. */
  readonly weights: readonly NetworkWeight[];
  /** Next values of buffers, by name; none outside training. */
  readonly updates: ReadonlyMap<string, Tensor>;
}

export interface LearningOptions {
  readonly batch: number;
  /** Any named values of the model, taps above all. */
  readonly taps: readonly string[];
  /** Statistics of the batch, for stages that learn. */
  readonly training: boolean;
  /** The last stage that is held fast, with all before it; `all` for the whole network, default none. */
  readonly frozen?: string | undefined;
  /** Share of a batch in the stored statistics: a scalar that is fed. */
  readonly momentum?: Tensor | undefined;
}

/** Throws `usage` for a tap that does not exist, naming those that do. */
export function learningNetwork(source: NetworkSource, options: LearningOptions): LearningNetwork {
  const { batch, training, frozen } = options;
  const shape = [batch, ...inputShape(source.presentation, source.rank)];
  const imported = fromOnnx(source.model, { shapes: { [source.input]: shape } });
  const tapped = options.taps.map((name) => tapNamed(imported.values, source, name));
  const stages = stagesOf(source, imported.values, tapped);
  const lastFrozen = frozenStage(source, frozen, stages.length);
  const stageOf = new Map<Tensor, number>();
  const normalisations: StoredNormalisation[] = [];
  stages.forEach((tensors, stage) => {
    for (const node of topologicalOrder(tensors)) {
      const [output] = node.outputs;
      if (stageOf.has(output)) continue;
      stageOf.set(output, stage);
      const found = node.outputs.length === 1 ? storedNormalisation(output) : undefined;
      if (found !== undefined) normalisations.push(found);
    }
  });
  const buffers = new Set(normalisations.flatMap(({ mean, variance }) => [mean, variance]));
  const follows = ({ mean }: StoredNormalisation) => training && stageOf.get(mean)! > lastFrozen;
  // Names of a model from elsewhere must not meet those of heads, targets and optimisers.
  const input = placeholder(picturesInput, 'float32', shape);
  const own = new Map([[imported.inputs[source.input], input]]);
  const weights: NetworkWeight[] = [];
  for (const [name, { tensor, value, kind }] of imported.parameters) {
    const stage = stageOf.get(tensor);
    if (stage === undefined) continue;
    const called = `${encoderPrefix}${name}`;
    own.set(tensor, placeholder(called, tensor.dtype, tensor.shape));
    weights.push({
      name: called,
      tensor: own.get(tensor)!,
      value,
      kind: kind === 'buffer' || buffers.has(tensor) ? 'buffer' : 'parameter',
      stage,
      learns: stage > lastFrozen,
    });
  }
  const { tensors, updates } = withBatchStatistics(tapped, own, follows, options.momentum);
  return {
    input,
    taps: Object.fromEntries(options.taps.map((name, i) => [name, tensors[i]])),
    weights,
    updates: new Map([...updates].map(([tensor, next]) => [placeholderName(own.get(tensor)!), next])),
  };
}

/** Throws `usage` for a tap or a stage that does not exist. */
export function checkTaps(source: NetworkSource, taps: readonly string[], frozen?: string): void {
  learningNetwork(source, { batch: source.fixedBatch ?? 2, taps, training: true, frozen });
}

/** Shape of a tap without the batch axis. */
export function tapShape(source: NetworkSource, tap: string): readonly number[] {
  const { taps } = learningNetwork(source, { batch: source.fixedBatch ?? 2, taps: [tap], training: false });
  return taps[tap].shape.slice(1);
}

function tapNamed(values: Readonly<Record<string, Tensor>>, source: NetworkSource, name: string): Tensor {
  if (Object.hasOwn(values, name) && !isPlaceholder(values[name])) return values[name];
  throw usageError(`the network has no tap '${name}'`, { expected: source.taps.join(', ') });
}

/** The known taps as far as what is asked for reaches, and after them what lies beyond. */
function stagesOf(
  source: NetworkSource,
  values: Readonly<Record<string, Tensor>>,
  tapped: readonly Tensor[],
): (readonly Tensor[])[] {
  const needed = new Set(topologicalOrder(tapped));
  const known = source.taps.filter((name) => Object.hasOwn(values, name) && needed.has(values[name].node));
  return [...known.map((name) => [values[name]]), tapped];
}

function frozenStage(source: NetworkSource, frozen: string | undefined, stages: number): number {
  if (frozen === undefined || frozen === 'none') return -1;
  if (frozen === 'all') return stages;
  const stage = source.taps.indexOf(frozen);
  if (stage >= 0) return stage;
  throw usageError(`the network has no tap '${frozen}' to hold fast up to`, {
    expected: `none, all, ${source.taps.join(', ')}`,
  });
}

/** The same model with other weights; names that `values` lacks keep theirs. */
export function withWeights(model: OnnxModel, values: ReadonlyMap<string, HostArray>): OnnxModel {
  const initialisers = new Map(model.graph.initialisers);
  for (const [name, value] of values) {
    if (!initialisers.has(name)) throw new SondeError('internal', `the model has no weight ${name}`);
    initialisers.set(name, value);
  }
  return { ...model, graph: { ...model.graph, initialisers } };
}
