/**
 * Everything a differentiable operator promises, checked at one place and shape:
 * its gradient against central differences in float64, its lowered forms against itself, the runtime against both.
 * @module
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../src/base/random.ts';
import { type Shape, sizeOf } from '../src/base/shape.ts';
import { add, gradients, multiply, placeholder, reduceSum, type Tensor } from '../src/graph/index.ts';
import { rewrite } from '../src/graph/passes/rewrite.ts';
import { constant } from '../src/graph/tensor.ts';
import { processor } from '../src/runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../src/runtime/evaluate.ts';
import { processorLowerings, standardLowerings } from '../src/runtime/lowering/index.ts';
import { float32, type HostArray } from '../src/tensor/host-array.ts';
import { interpret } from './interpreter/interpret.ts';
import { fromHost, type Values } from './interpreter/values.ts';

/** Draws one entry of an input; inputs may differ. */
export type Draw = (random: Random) => number;

export interface OperatorCheckOptions {
  readonly seed?: string;
  /** Default normal. Keep values away from kinks and poles. */
  readonly draw?: Draw | readonly Draw[];
  /** Whether to run the graph through ONNX Runtime too; default true. */
  readonly runtime?: boolean;
  /** Largest error of a directional derivative relative to the gradient's length. */
  readonly tolerance?: number;
}

const step = 1e-5;
const directions = 2;

/** @param build the operator on placeholders of the given shapes; several outputs are checked together */
export async function checkOperator(
  build: (inputs: readonly Tensor[]) => Tensor | readonly Tensor[],
  shapes: readonly Shape[],
  {
    seed = 'operator',
    draw = (random) => random.normal(),
    runtime = true,
    tolerance = 1e-6,
  }: OperatorCheckOptions = {},
): Promise<void> {
  const random = new Random(seed);
  const draws = typeof draw === 'function' ? shapes.map(() => draw) : draw;
  const inputs = shapes.map((shape, i) => placeholder(`x${i}`, 'float32', shape));
  const arrays = shapes.map((shape, i) =>
    float32(
      shape,
      drawn(sizeOf(shape), () => draws[i](random)),
    ),
  );
  const feeds = new Map(inputs.map((input, i) => [input, fromHost(arrays[i])]));
  const built = build(inputs);
  const outputs = Array.isArray(built) ? (built as readonly Tensor[]) : [built as Tensor];
  const weights = outputs.map(({ shape }) =>
    float32(
      shape,
      drawn(sizeOf(shape), () => random.normal()),
    ),
  );
  const loss = outputs
    .map((output, i) => reduceSum(multiply(output, constant(weights[i]))))
    .reduce((sum, part) => add(sum, part));
  const all = [...outputs, ...gradients(loss, inputs)];
  const exact = interpret(all, feeds);

  for (const lowerings of [[], standardLowerings, processorLowerings]) {
    interpret(rewrite(all, lowerings), feeds).forEach((value, i) => {
      assertClose(value.data, exact[i].data, 1e-6, `lowered ${describe(i, outputs)}`);
    });
  }
  const lossAt = (fed: ReadonlyMap<Tensor, Values>): number =>
    interpret(outputs, fed).reduce((sum, value, i) => sum + dot(value.data, weights[i].data), 0);
  inputs.forEach((input, i) => {
    const gradient = exact[outputs.length + i].data;
    for (let k = 0; k < directions; k++) {
      const direction = drawn(gradient.length, () => random.normal());
      const at = (distance: number) =>
        lossAt(new Map([...feeds, [input, moved(feeds.get(input)!, direction, distance)]]));
      const numeric = (at(step) - at(-step)) / (2 * step);
      const analytic = dot(gradient, direction);
      const scale = Math.sqrt(dot(gradient, gradient)) + 1e-3;
      assert.ok(
        Math.abs(numeric - analytic) <= tolerance * scale,
        `gradient of input ${i}: analytic ${analytic}, difference ${numeric}, length ${scale}`,
      );
    }
  });
  if (!runtime) return;
  const fed = new Map<Tensor, HostArray>(inputs.map((input, i) => [input, arrays[i]]));
  const computed = await evaluate(all, fed, processor, { threads: 1 });
  computed.forEach((array, i) => {
    assertClose(array.data as Float32Array, exact[i].data, 2e-5, `runtime's ${describe(i, outputs)}`);
  });
}

/** ⟨A x, g⟩ = ⟨x, Aᵀ g⟩ for a linear operator, both sides from ONNX Runtime. */
export async function checkAdjoint(build: (x: Tensor) => Tensor, shape: Shape, seed = 'adjoint'): Promise<void> {
  const random = new Random(seed);
  const x = placeholder('x', 'float32', shape);
  const value = float32(
    shape,
    drawn(sizeOf(shape), () => random.normal()),
  );
  const y = build(x);
  const g = float32(
    y.shape,
    drawn(sizeOf(y.shape), () => random.normal()),
  );
  const [image, back] = await evaluate([y, gradients(y, [x], constant(g))[0]], new Map([[x, value]]), processor, {
    threads: 1,
  });
  const forward = dot(image.data as Float32Array, g.data);
  const backward = dot(value.data, back.data as Float32Array);
  const scale = Math.sqrt(dot(image.data as Float32Array, image.data as Float32Array) * dot(g.data, g.data));
  assert.ok(Math.abs(forward - backward) <= 1e-5 * scale + 1e-9, `⟨Ax, g⟩ = ${forward}, ⟨x, Aᵀg⟩ = ${backward}`);
}

/** Runs an asynchronous property over drawn cases, the same ones every time. */
export function forAll<T>(cases: fc.Arbitrary<T>, check: (drawn: T) => Promise<void>, runs = 12): Promise<void> {
  return fc.assert(fc.asyncProperty(cases, check), { numRuns: runs, seed: 20240229, includeErrorInReport: true });
}

/** Shapes of rank 0 to `rank` that broadcast together. */
export function broadcastable(count: number, rank = 4): fc.Arbitrary<number[][]> {
  return fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: rank }).chain((full) => {
    const operand = fc
      .tuple(fc.integer({ min: 0, max: full.length }), fc.array(fc.boolean(), { minLength: rank, maxLength: rank }))
      .map(([skip, single]) => full.map((length, axis) => (single[axis] ? 1 : length)).slice(skip));
    return fc.tuple(...Array.from({ length: count }, () => operand));
  });
}

/** A shape of the ranks, lengths 1 to `longest`. */
export function anyShape(leastRank: number, mostRank: number, longest = 4): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: 1, max: longest }), { minLength: leastRank, maxLength: mostRank });
}

/** Up to 1009 values no two of which are closer than 0.05: none changes places with another within a step. */
export function spaced(): Draw {
  let k = 0;
  return () => {
    k = (k + 389) % 1009;
    return (k - 504) / 20;
  };
}

function drawn(length: number, next: () => number): Float64Array {
  return Float64Array.from({ length }, next);
}

function moved({ shape, data }: Values, direction: Float64Array, distance: number): Values {
  return { shape, data: data.map((value, k) => value + distance * direction[k]) };
}

function describe(position: number, outputs: readonly Tensor[]): string {
  return position < outputs.length ? `output ${position}` : `gradient of input ${position - outputs.length}`;
}

/** Differences are measured against the largest entry, or 1 where all are smaller: sums of such numbers made them. */
export function assertClose(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(found.length, expected.length, what);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    assert.ok(difference <= tolerance * scale, `${what}[${i}]: ${found[i]} instead of ${expected[i]}`);
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
