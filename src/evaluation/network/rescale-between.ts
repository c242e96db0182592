/**
 * Layers brought to one relative gradient: the scale of a convolution is moved to those that read it, or taken from them,
 * until an equal step changes every layer by an equal share of itself, while the network answers as before. Krähenbühl,
 * Doersch, Donahue and Darrell, "Data-dependent initializations of convolutional neural networks", ICLR 2016, section 3.2:
 * gradients are those of a random linear function of the network's answer, so that no label is asked. A layer times s,
 * undone elsewhere, has a gradient divided by s: its relative gradient is divided by s².
 * @module
 */
import type { Random } from '../../base/random.ts';
import { sizeOf } from '../../base/shape.ts';
import { gradients } from '../../graph/gradient.ts';
import { add, multiply, reduceSum } from '../../graph/primitives.ts';
import { placeholder, type Tensor, topologicalOrder } from '../../graph/tensor.ts';
import type { CompiledProgram, Feeds, Program } from '../../runtime/program.ts';
import type { State } from '../../runtime/state.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { solvePositiveDefinite } from '../cholesky.ts';
import { picturesInput } from './fit-task.ts';
import type { LearningNetwork, NetworkWeight } from './learning-network.ts';
import { applyScales, type Rescalable, rescalable } from './rescale.ts';

/** Response normalisation makes one round fall short. */
const mostRounds = 10;

/** A convolution that is to change as fast as the others. */
export interface Paced {
  readonly weight: NetworkWeight;
  /** Number of its own scale among those that are free, and of the scale it reads; undefined where there is none. */
  readonly own: number | undefined;
  readonly read: number | undefined;
}

/** The free scales, of layers that other convolutions read, and all convolutions that they are shared between. */
export function pacedLayers(network: Pick<LearningNetwork, 'taps' | 'weights'>): {
  readonly free: readonly Rescalable[];
  readonly paced: readonly Paced[];
} {
  const free = rescalable(network).filter(({ readers }) => readers.length > 0);
  const weights = new Set(free.flatMap(({ weight, readers }) => [weight, ...readers.map((reader) => reader.weight)]));
  const numbered = (found: number) => (found < 0 ? undefined : found);
  const paced = [...weights].map((weight) => ({
    weight,
    own: numbered(free.findIndex((layer) => layer.weight === weight)),
    read: numbered(free.findIndex(({ readers }) => readers.some((reader) => reader.weight === weight))),
  }));
  return { free, paced };
}

/**
 * Rescales the weights of `state`, in rounds, until the relative gradients |∂ℓ/∂W| / |W| are equal within a hundredth, or
 * as equal as the network allows. A network of which no convolution reads another stays as it is.
 *
 * @param compiled makes a program ready to run over `state`
 * @param feeds batches of training pictures, the same ones every time
 */
export async function rescaleLayers(
  network: LearningNetwork,
  state: State,
  compiled: (program: Program) => Promise<CompiledProgram>,
  feeds: () => Iterable<Feeds>,
  random: Random,
): Promise<void> {
  const { free, paced } = pacedLayers(network);
  if (free.length === 0) return;
  const { program, noise } = gradientProgram(network, paced);
  const ready = await compiled(program);
  for (let round = 0; round < mostRounds; round++) {
    const squares = new Float64Array(paced.length);
    let batch = 0;
    for (const shown of feeds()) {
      const drawn = random.split(batch++);
      const values = noise.map(({ name, shape }) => [name, normal(shape, drawn.split(name))]);
      const outputs = await ready.run({ ...shown, ...Object.fromEntries(values) });
      paced.forEach((_, i) => {
        squares[i] += Number(outputs[`gradient ${i}`].data[0]);
      });
    }
    const ratios = paced.map(({ weight }, i) =>
      Math.log(Math.sqrt(squares[i] / batch) / norm(state.get(weight.name) as HostArray)),
    );
    // A layer without a gradient has no pace: nothing can be shared with it.
    if (!ratios.every(Number.isFinite)) return;
    const { scales, pace } = equalisingScales(paced, ratios, free.length);
    if (ratios.every((ratio) => Math.abs(ratio - pace) < 0.01)) return;
    const divisors = free.map(({ output }, i) => new Float64Array(output.shape[1]).fill(Math.exp(-scales[i])));
    applyScales(free, divisors, state);
  }
}

/**
 * Logarithms of the scales that bring logarithms of relative gradients to one value, the pace; in the least-squares sense
 * where branches share too few scales.
 */
export function equalisingScales(
  paced: readonly Pick<Paced, 'own' | 'read'>[],
  ratios: readonly number[],
  free: number,
): { readonly scales: Float64Array; readonly pace: number } {
  // ratio − 2 (own − read) = pace, an equation a layer.
  const unknowns = free + 1;
  const gram = new Float64Array(unknowns * unknowns);
  const wanted = new Float64Array(unknowns);
  paced.forEach(({ own, read }, i) => {
    const terms: [number, number][] = [[free, 1]];
    if (own !== undefined) terms.push([own, 2]);
    if (read !== undefined) terms.push([read, -2]);
    for (const [a, x] of terms) {
      wanted[a] += x * ratios[i];
      for (const [b, y] of terms) gram[a * unknowns + b] += x * y;
    }
  });
  const solution = solvePositiveDefinite(gram, wanted, unknowns);
  return { scales: solution.subarray(0, free), pace: solution[free] };
}

/** Sums of squared gradients of Σ noise · answer, over all answers that no other layer reads. */
function gradientProgram(
  { input, taps, weights }: LearningNetwork,
  paced: readonly Paced[],
): { program: Program; noise: { name: string; shape: readonly number[] }[] } {
  const read = new Set(topologicalOrder(Object.values(taps)).flatMap((node) => node.inputs));
  const answers = [...new Set(Object.values(taps))].filter((tap) => !read.has(tap));
  const noise = answers.map((answer, i) => ({ name: `noise ${i}`, shape: answer.shape }));
  const drawn = noise.map(({ name, shape }) => placeholder(name, 'float32', shape));
  const loss = answers
    .map((answer, i) => reduceSum(multiply(answer, drawn[i])))
    .reduce((sum: Tensor, part: Tensor) => add(sum, part));
  const derivatives = gradients(
    loss,
    paced.map(({ weight }) => weight.tensor),
  );
  return {
    program: {
      name: 'relative gradients',
      inputs: { [picturesInput]: input, ...Object.fromEntries(noise.map(({ name }, i) => [name, drawn[i]])) },
      state: weights.map(({ name, tensor }) => ({ name, tensor })),
      outputs: Object.fromEntries(derivatives.map((own, i) => [`gradient ${i}`, reduceSum(multiply(own, own))])),
    },
    noise,
  };
}

function normal(shape: readonly number[], random: Random): HostArray {
  return float32(
    shape,
    Array.from({ length: sizeOf(shape) }, () => random.normal()),
  );
}

function norm({ data }: HostArray): number {
  let sum = 0;
  for (const value of data) sum += Number(value) ** 2;
  return Math.sqrt(sum);
}
