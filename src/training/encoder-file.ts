/**
 * The encoder as a plain ONNX model: weights inside, one output a tap, and in its metadata how pictures are shown to it.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { inputShape, type Presentation, presentationSchema } from '../data/transform/presentation.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
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

/** The batch axis is left open where the trunk allows, else fixed to 1. */
export function exportEncoder(description: EncoderDescription): OnnxModel {
  const two = modelFor(description, 2);
  const three = modelFor(description, 3);
  // A model whose nodes do not change with the batch size holds for every batch size.
  const open = sameNodes(two, three);
  const chosen = open ? two : modelFor(description, 1);
  const loosen = <T extends { shape?: readonly (number | string)[] }>(value: T): T =>
    open && value.shape !== undefined ? { ...value, shape: ['batch', ...value.shape.slice(1)] } : value;
  return {
    ...chosen,
    graph: { ...chosen.graph, inputs: chosen.graph.inputs.map(loosen), outputs: chosen.graph.outputs.map(loosen) },
  };
}

function modelFor({ trunk, trunkOptions, presentation, state, origin }: EncoderDescription, batch: number): OnnxModel {
  const { input, output, parameters } = encoderProgram(trunk, trunkOptions, [
    batch,
    ...inputShape(presentation, trunk.rank),
  ]);
  const outputs: Record<string, Tensor> = { ...output.taps, [featuresOutput]: output.features };
  const initialisers = new Map<Tensor, HostArray>();
  for (const { name, tensor } of parameters) {
    const value = state.get(name);
    if (value === undefined) throw new SondeError('run/corrupt', `the state lacks ${name}`);
    initialisers.set(tensor, value);
  }
  return exportModel([input], outputs, {
    name: trunk.id,
    initialisers,
    metadata: {
      presentation: JSON.stringify(presentation),
      taps: Object.keys(output.taps).join(','),
      origin,
    },
  });
}

function sameNodes(a: OnnxModel, b: OnnxModel): boolean {
  const text = ({ graph }: OnnxModel) =>
    JSON.stringify([
      graph.nodes,
      [...graph.initialisers].map(([name, { shape, data }]) => [
        name,
        shape,
        data.length <= 64 ? Array.from(data as ArrayLike<number | bigint>, String) : data.length,
      ]),
    ]);
  return text(a) === text(b);
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
