/**
 * Data-dependent rescaling: every channel of a convolution that no normalisation follows is brought to unit variance on
 * training pictures, and what reads it is scaled back, so that the network answers as before while its layers learn at
 * comparable rates. Krähenbühl, Doersch, Donahue and Darrell, "Data-dependent initializations of convolutional neural
 * networks", ICLR 2016, within layers; `rescale-between.ts` is its second half.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { multiply, reduceMean, subtract } from '../../graph/primitives.ts';
import { type Node, type Tensor, topologicalOrder } from '../../graph/tensor.ts';
import type { CompiledProgram, Feeds, Program } from '../../runtime/program.ts';
import type { State } from '../../runtime/state.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { picturesInput } from './fit-task.ts';
import type { LearningNetwork, NetworkWeight } from './learning-network.ts';

/** A convolution whose channels can be rescaled. */
export interface Rescalable {
  readonly output: Tensor;
  readonly weight: NetworkWeight;
  readonly bias: NetworkWeight | undefined;
  /** Weights of the convolutions that read it, with their numbers of groups. */
  readonly readers: readonly { readonly weight: NetworkWeight; readonly groups: number }[];
}

/** Operators that answer to a channel twice as large with one twice as large; response normalisation nearly does. */
const passing = new Set(['Relu', 'MaxPool', 'AveragePool', 'Identity', 'LRN']);

/** Convolutions that learn, that nothing normalises, and whose readers learn; in the order of the network. */
export function rescalable({ taps, weights }: Pick<LearningNetwork, 'taps' | 'weights'>): Rescalable[] {
  const order = topologicalOrder(Object.values(taps));
  const readersOf = new Map<Tensor, Node[]>();
  for (const node of order) {
    for (const input of node.inputs)
      if (input !== undefined) readersOf.set(input, [...(readersOf.get(input) ?? []), node]);
  }
  const learning = new Map(weights.filter(({ learns }) => learns).map((weight) => [weight.tensor, weight]));
  const learned = (tensor: Tensor | undefined) => (tensor === undefined ? undefined : learning.get(tensor));
  /** Convolutions that read a tensor through passing operators; `undefined` where something else does too. */
  const reached = (tensor: Tensor): Node[] | undefined => {
    const found: Node[] = [];
    for (const node of readersOf.get(tensor) ?? []) {
      if (node.operator.type === 'Conv' && node.inputs[0] === tensor) {
        found.push(node);
        continue;
      }
      const further = passing.has(node.operator.type) ? reached(node.outputs[0]) : undefined;
      if (further === undefined) return undefined;
      found.push(...further);
    }
    return found;
  };
  // A weight that is used twice cannot follow two scales.
  const usedOnce = (tensor: Tensor) => readersOf.get(tensor)?.length === 1;
  return order.flatMap(({ operator, inputs: [, kernel, shift], outputs: [output] }): Rescalable[] => {
    const weight = operator.type === 'Conv' ? learned(kernel) : undefined;
    const bias = learned(shift);
    if (weight === undefined || !usedOnce(weight.tensor) || (shift !== undefined && bias === undefined)) return [];
    const nodes = reached(output);
    const readers = nodes?.map((node) => ({
      weight: learned(node.inputs[1]),
      groups: Number(node.attributes.group ?? 1),
    }));
    if (readers === undefined || readers.some((reader) => reader.weight === undefined)) return [];
    return [{ output, weight, bias, readers: readers as Rescalable['readers'] }];
  });
}

/** Response normalisation, which is nearly but not quite indifferent to scale, makes one round fall short. */
const mostRounds = 5;

/** Deviation of a channel that does not vary. */
const still = 1e-6;

/**
 * Rescales the weights of `state`, in rounds, until every channel has unit variance within a hundredth. Throws `usage` where there is nothing to rescale.
 *
 * @param compiled makes a program ready to run over `state`
 * @param feeds batches of training pictures
 */
export async function rescaleChannels(
  network: LearningNetwork,
  state: State,
  compiled: (program: Program) => Promise<CompiledProgram>,
  feeds: () => Iterable<Feeds>,
): Promise<void> {
  const layers = rescalable(network);
  if (layers.length === 0) {
    throw usageError('there is nothing to rescale', {
      found: 'no convolution that learns and is not normalised',
      hint: 'leave rescale=true out',
    });
  }
  const program = await compiled(varianceProgram(network, layers));
  for (let round = 0; round < mostRounds; round++) {
    const found: Readonly<Record<string, Float64Array>>[] = [];
    for (const batch of feeds()) {
      const outputs = await program.run(batch);
      found.push(
        Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Float64Array.from(data, Number)])),
      );
    }
    const deviations = layers.map(({ output }, i) =>
      Float64Array.from({ length: output.shape[1] }, (_, c) => {
        const means = found.map((batch) => batch[`mean ${i}`][c]);
        const within = meanOf(found.map((batch) => batch[`variance ${i}`][c]));
        const mean = meanOf(means);
        return Math.sqrt(within + meanOf(means.map((value) => (value - mean) ** 2)));
      }),
    );
    applyScales(layers, deviations, state);
    if (deviations.every((own) => own.every((deviation) => deviation <= still || Math.abs(deviation - 1) < 0.01)))
      break;
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

/** Mean and variance of every rescalable channel over the pictures of a batch. */
function varianceProgram({ input, weights }: LearningNetwork, layers: readonly Rescalable[]): Program {
  const outputs = layers.flatMap(({ output }, i) => {
    const axes = output.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const centred = subtract(output, reduceMean(output, { axes, keep: true }));
    return [
      [`mean ${i}`, reduceMean(output, { axes })],
      [`variance ${i}`, reduceMean(multiply(centred, centred), { axes })],
    ] as const;
  });
  return {
    name: 'variance of channels',
    inputs: { [picturesInput]: input },
    state: weights.map(({ name, tensor }) => ({ name, tensor })),
    outputs: Object.fromEntries(outputs),
  };
}

/** Divides every channel by its deviation and undoes it where it is read; channels that do not vary stay as they are. */
export function applyScales(layers: readonly Rescalable[], deviations: readonly Float64Array[], state: State): void {
  layers.forEach(({ weight, bias, readers }, i) => {
    const factors = deviations[i].map((deviation) => (deviation > still ? 1 / deviation : 1));
    scaled(state, weight, (value, [out]) => value * factors[out]);
    if (bias !== undefined) scaled(state, bias, (value, [out]) => value * factors[out]);
    for (const { weight: reader, groups } of readers) {
      const outputs = reader.tensor.shape[0] / groups;
      const inputs = reader.tensor.shape[1];
      scaled(state, reader, (value, [out, own]) => value / factors[Math.floor(out / outputs) * inputs + own]);
    }
  });
}

/** A new value of a weight `[O, I, …]` or `[O]`, each entry by its first two places. */
function scaled(
  state: State,
  { name }: NetworkWeight,
  change: (value: number, place: readonly [number, number]) => number,
) {
  const { shape, data } = state.get(name) as HostArray & { data: Float32Array };
  const perOutput = sizeOf(shape.slice(1));
  const perInput = sizeOf(shape.slice(2));
  const next = data.map((value, i) =>
    change(value, [Math.floor(i / perOutput), Math.floor((i % perOutput) / perInput)]),
  );
  state.set(name, float32(shape, next as Float32Array<ArrayBuffer>));
}
