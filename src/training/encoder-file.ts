/**
 * The encoder as a plain ONNX model: weights inside, one output a tap, and in its metadata how pictures are shown to it.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { inputShape, type Presentation, presentationSchema } from '../data/transform/presentation.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { withOpenBatch } from '../graph/onnx/open-batch.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Trunk } from '../nn/trunks/trunk.ts';
import { exportModel } from '../runtime/export.ts';
import type { HostArray } from '../tensor/host-array.ts';
import { encoderProgram } from './model.ts';

/** Name of the output that the heads read; the others are taps. */
export const featuresOutput = 'features';

export interface EncoderDescription {
  readonly trunk: Trunk;
  readonly trunkOptions: unknown;
  readonly presentation: Presentation;
  /** Parameters and running statistics, by name. */
  readonly state: ReadonlyMap<string, HostArray>;
  /** What it was trained by, for the file's description. */
  readonly origin: string;
}

/** The trunk alone. The batch axis is left open where the trunk allows, else fixed to 1. */
export function exportEncoder({ trunk, trunkOptions, ...described }: EncoderDescription): OnnxModel {
  return exportNetwork({ ...described, name: trunk.id }, (batch) => {
    const shape = [batch, ...inputShape(described.presentation, trunk.rank)];
    const { input, output, parameters } = encoderProgram(trunk, trunkOptions, shape);
    return { input, parameters, taps: output.taps, extra: { [featuresOutput]: output.features } };
  });
}

/** What a network of one input is made of, at one batch size. */
export interface NetworkGraph {
  readonly input: Tensor;
  /** First to last. */
  readonly taps: Readonly<Record<string, Tensor>>;
  /** Further outputs, which are no taps. */
  readonly extra?: Readonly<Record<string, Tensor>>;
  readonly parameters: readonly { readonly name: string; readonly tensor: Tensor }[];
}

export interface NetworkDescription extends Omit<EncoderDescription, 'trunk' | 'trunkOptions'> {
  readonly name: string;
}

/** Primes, so that no other length of a network is taken for the batch. */
const triedBatches = [101, 103] as const;

/** A network with the given weights inside; its batch axis is left open where no more than shapes depends on it, else 1. */
export function exportNetwork(described: NetworkDescription, build: (batch: number) => NetworkGraph): OnnxModel {
  const [first, second] = triedBatches.map((batch) => ({ batch, model: modelOf(described, build(batch)) }));
  return withOpenBatch(first, second) ?? modelOf(described, build(1));
}

function modelOf(
  { name, presentation, state, origin }: NetworkDescription,
  { input, taps, extra = {}, parameters }: NetworkGraph,
): OnnxModel {
  const outputs: Record<string, Tensor> = { ...taps, ...extra };
  const initialisers = new Map<Tensor, HostArray>();
  for (const { name: parameter, tensor } of parameters) {
    const value = state.get(parameter);
    if (value === undefined) throw new SondeError('run/corrupt', `the state lacks ${parameter}`);
    initialisers.set(tensor, value);
  }
  return exportModel([input], outputs, {
    name,
    initialisers,
    metadata: { presentation: JSON.stringify(presentation), taps: Object.keys(taps).join(','), origin },
  });
}

export interface EncoderInfo {
  readonly presentation: Presentation;
  /** First stage to last. */
  readonly taps: readonly string[];
}

/** What an exported encoder says of itself; `undefined` for a model from elsewhere. */
export function encoderInfo(model: OnnxModel): EncoderInfo | undefined {
  const { presentation, taps } = model.metadata ?? {};
  if (presentation === undefined || taps === undefined) return undefined;
  const parsed = presentationSchema.safeParse(JSON.parse(presentation));
  return parsed.success ? { presentation: parsed.data, taps: taps.split(',') } : undefined;
}
