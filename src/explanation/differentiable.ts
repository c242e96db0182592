/**
 * An encoder as a graph of tensors: every tap and every weight can be differentiated, whoever trained it.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { fromOnnx } from '../graph/onnx/import.ts';
import { fedInputs, type OnnxModel } from '../graph/onnx/model.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { HostArray } from '../tensor/host-array.ts';

export interface DifferentiableEncoder {
  readonly batch: number;
  /** `[batch, C, …]`, fed. */
  readonly input: Tensor;
  readonly taps: Readonly<Record<string, Tensor>>;
  /** Weights and statistics with their values. */
  readonly weights: ReadonlyMap<Tensor, HostArray>;
  /** Weights by their names in the file. */
  readonly parameters: Readonly<Record<string, { readonly tensor: Tensor; readonly value: HostArray }>>;
}

/** Reads a model of one picture input for a fixed number of inputs. */
export function differentiable(model: OnnxModel, taps: readonly string[], batch: number): DifferentiableEncoder {
  const [fed] = fedInputs(model.graph);
  const shape = [batch, ...(fed.shape ?? []).slice(1).map(Number)];
  if (typeof fed.shape?.[0] === 'number' && fed.shape[0] !== batch) {
    throw new SondeError('graph/unsupported', `the model takes ${fed.shape[0]} inputs at once, not ${batch}`);
  }
  const { inputs, outputs, values, parameters } = fromOnnx(model, { shapes: { [fed.name]: shape } });
  return {
    batch,
    input: inputs[fed.name],
    taps: Object.fromEntries(taps.map((tap) => [tap, outputs[tap] ?? values[tap]])),
    weights: new Map([...parameters.values()].map(({ tensor, value }) => [tensor, value])),
    parameters: Object.fromEntries([...parameters].map(([name, { tensor, value }]) => [name, { tensor, value }])),
  };
}
