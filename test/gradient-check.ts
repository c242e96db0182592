/**
 * Checks a gradient rule against central differences along a random direction, in float32 through the runtime.
 * @module
 */
import assert from 'node:assert/strict';
import { Random } from '../src/base/random.ts';
import { sizeOf } from '../src/base/shape.ts';
import { gradients, multiply, placeholder, reduceSum, type Tensor } from '../src/graph/index.ts';
import { constant } from '../src/graph/tensor.ts';
import { processor } from '../src/runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../src/runtime/evaluate.ts';
import { float32, type HostArray } from '../src/tensor/host-array.ts';

export interface CheckOptions {
  readonly seed?: string;
  /** Step of the difference. */
  readonly step?: number;
  readonly tolerance?: number;
  /** Draws the input values; default normal. */
  readonly draw?: (random: Random) => number;
}

/**
 * ⟨∇f, v⟩ against (f(x + hv) − f(x − hv)) / 2h, for f = ⟨output, w⟩ with a fixed random w, one input at a time.
 * Sums are taken in float64 outside the graph, so that the difference keeps its digits.
 */
export async function checkGradient(
  build: (inputs: readonly Tensor[]) => Tensor,
  shapes: readonly (readonly number[])[],
  { seed = 'check', step = 1e-2, tolerance = 5e-3, draw = (random) => random.normal() }: CheckOptions = {},
): Promise<void> {
  const random = new Random(seed);
  const inputs = shapes.map((shape, i) => placeholder(`x${i}`, 'float32', shape));
  const values = shapes.map((shape) =>
    float32(
      shape,
      Array.from({ length: sizeOf(shape) }, () => draw(random)),
    ),
  );
  const output = build(inputs);
  const weights = float32(
    output.shape,
    Array.from({ length: sizeOf(output.shape) }, () => random.normal()),
  );
  const loss = reduceSum(multiply(output, constant(weights)));
  const feeds = new Map(inputs.map((input, i) => [input, values[i]]));
  const computed = await evaluate(gradients(loss, inputs), feeds, processor);
  for (let i = 0; i < inputs.length; i++) {
    const direction = Float32Array.from({ length: sizeOf(shapes[i]) }, () => random.normal());
    const moved = async (h: number): Promise<number> => {
      const shifted = float32(
        shapes[i],
        values[i].data.map((x, k) => x + h * direction[k]),
      );
      const fed = new Map<Tensor, HostArray>([...feeds].map(([t, v]) => [t, t === inputs[i] ? shifted : v]));
      const [y] = await evaluate([output], fed, processor);
      return dot(y.data as Float32Array, weights.data);
    };
    const numeric = ((await moved(step)) - (await moved(-step))) / (2 * step);
    const analytic = dot(computed[i].data as Float32Array, direction);
    const scale = Math.max(1, norm(computed[i].data as Float32Array) * norm(direction) * 0.1);
    assert.ok(
      Math.abs(numeric - analytic) <= tolerance * scale,
      `input ${i}: analytic ${analytic}, numeric ${numeric} (scale ${scale})`,
    );
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));
