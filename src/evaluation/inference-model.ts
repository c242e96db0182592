/**
 * A network made ready for the processor: normalisation folded into weights, convolutions along depth as fewer ones of
 * slices, what depends on weights alone computed once. One model serves every batch size.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { sameShape } from '../base/shape.ts';
import { inputShape } from '../data/transform/presentation.ts';
import { toOnnx } from '../graph/onnx/export.ts';
import { fromOnnx } from '../graph/onnx/import.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { withOpenBatch } from '../graph/onnx/open-batch.ts';
import { constantValue, type Tensor } from '../graph/tensor.ts';
import {
  computedConstants,
  inPlaceOf,
  valuesOf,
  type WithConstants,
} from '../runtime/backends/onnxruntime/constant-values.ts';
import type { SessionOptions } from '../runtime/backends/onnxruntime/session.ts';
import { lowerForProcessor } from '../runtime/lowering/index.ts';
import type { HostArray } from '../tensor/host-array.ts';
import type { EncoderCard } from './encoder.ts';

/** Primes, so that no other length of a network is taken for the batch. */
const triedBatches = [101, 103] as const;

/**
 * The same taps for the same input; `undefined` where the network holds an operator that is not read, or more than shapes
 * depends on the batch. Its outputs are the taps alone.
 */
export async function inferenceModel(
  model: OnnxModel,
  card: EncoderCard,
  options: Pick<SessionOptions, 'threads'>,
): Promise<OnnxModel | undefined> {
  try {
    return card.fixedBatch === undefined
      ? await ofAnyBatch(model, card, options)
      : await ofOneBatch(model, card, card.fixedBatch, options);
  } catch (error) {
    if (error instanceof SondeError) return undefined;
    throw error;
  }
}

async function ofOneBatch(model: OnnxModel, card: EncoderCard, batch: number, options: SessionOptions) {
  const lowered = lower(model, card, batch);
  const computed = computedConstants(lowered);
  return written(lowered, computed, await valuesOf(computed, lowered.constants, options), card);
}

async function ofAnyBatch(model: OnnxModel, card: EncoderCard, options: SessionOptions) {
  const [first, second] = triedBatches.map((batch) => lower(model, card, batch));
  const [ours, theirs] = [first, second].map(computedConstants);
  if (ours.length !== theirs.length) return undefined;
  // What is made of weights for a batch, such as a token repeated, is left to the runtime.
  const same = alike();
  const [kept, others] = [ours, theirs].map((all) => all.filter((_, i) => same(ours[i], theirs[i])));
  const values = await valuesOf(kept, first.constants, options);
  const opened = withOpenBatch(
    { batch: triedBatches[0], model: written(first, kept, values, card) },
    { batch: triedBatches[1], model: written(second, others, values, card) },
  );
  if (opened === undefined) return undefined;
  // Of a tap the batch may be another axis than the first, or part of one.
  const outputs = opened.graph.outputs.map(({ name, dtype }) => ({ name, dtype }));
  return { ...opened, graph: { ...opened.graph, outputs } };
}

interface Lowered extends WithConstants {
  readonly input: Tensor;
}

function lower(model: OnnxModel, { input, presentation, rank, taps }: EncoderCard, batch: number): Lowered {
  const shape = [batch, ...inputShape(presentation, rank)];
  const { inputs, outputs, values, parameters } = fromOnnx(model, { shapes: { [input]: shape } });
  const constants = new Map([...parameters.values()].map(({ tensor, value }) => [tensor, value]));
  return {
    input: inputs[input],
    outputs: lowerForProcessor(
      taps.map((tap) => outputs[tap] ?? values[tap]),
      constants,
    ),
    constants,
  };
}

function written(lowered: Lowered, computed: readonly Tensor[], values: readonly HostArray[], { taps }: EncoderCard) {
  const { outputs, constants } = inPlaceOf(computed, values, lowered);
  const named = Object.fromEntries(taps.map((tap, i) => [tap, outputs[i]]));
  return toOnnx([lowered.input], named, { name: 'encoder', initialisers: constants });
}

/** Tells whether tensors of two graphs over the same weights have the same value, by how they are computed. */
function alike(): (a: Tensor | undefined, b: Tensor | undefined) => boolean {
  const known = new Map<Tensor, Map<Tensor, boolean>>();
  const same = (a: Tensor | undefined, b: Tensor | undefined): boolean => {
    if (a === undefined || b === undefined) return a === b;
    const found = known.get(a)?.get(b);
    if (found !== undefined) return found;
    const answer =
      a.node.operator === b.node.operator &&
      a.node.outputs.indexOf(a) === b.node.outputs.indexOf(b) &&
      sameShape(a.shape, b.shape) &&
      sameAttributes(a, b) &&
      a.node.inputs.length === b.node.inputs.length &&
      a.node.inputs.every((input, i) => same(input, b.node.inputs[i]));
    known.set(a, (known.get(a) ?? new Map<Tensor, boolean>()).set(b, answer));
    return answer;
  };
  return same;
}

function sameAttributes(a: Tensor, b: Tensor): boolean {
  const [left, right] = [constantValue(a), constantValue(b)];
  if (left === undefined || right === undefined) {
    return JSON.stringify(a.node.attributes) === JSON.stringify(b.node.attributes);
  }
  if (left.dtype !== right.dtype || left.data.length !== right.data.length) return false;
  if (left.data === right.data) return true;
  for (let i = 0; i < left.data.length; i++) if (!Object.is(left.data[i], right.data[i])) return false;
  return true;
}
