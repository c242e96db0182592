/**
 * The pass of support vector machines over their features as one run of a compiled program, for all problems at once:
 * two matrix products, as wide as there are problems.
 * @module
 */
import { linear, matmul, multiply, placeholder, reduceSum, relu, scalar, subtract } from '../graph/index.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../runtime/compile.ts';
import { State } from '../runtime/state.ts';
import { float32, hostArray } from '../tensor/host-array.ts';
import type { Matrix } from './linear-scores.ts';
import type { HingePass, Margins } from './squared-hinge.ts';

/** Multiplications of one pass from which compiling pays: a path of costs takes hundreds of passes. */
const worthwhile = 2e6;

export function runtimePays({ rows, columns }: Matrix, { problems }: Margins): boolean {
  return rows * columns * problems >= worthwhile;
}

/** To the accuracy of float32 products. */
export async function hingePassByRuntime(features: Matrix, margins: Margins): Promise<HingePass> {
  const { rows, columns } = features;
  const { problems } = margins;
  const inputs = {
    x: placeholder('x', 'float32', [rows, columns]),
    sides: placeholder('sides', 'float32', [rows, problems]),
    errors: placeholder('errors', 'float32', [rows, problems]),
    weights: placeholder('weights', 'float32', [problems, columns]),
    biases: placeholder('biases', 'float32', [problems]),
  };
  const { x, sides, errors, weights, biases } = inputs;
  const short = relu(subtract(scalar(1), multiply(sides, linear(x, weights, biases))));
  const weighted = multiply(errors, short);
  const residuals = multiply(multiply(weighted, sides), scalar(-2));
  const outputs = {
    losses: multiply(weighted, short),
    weightGradient: matmul(residuals, x, { transposeA: true }),
    biasGradient: reduceSum(residuals, { axes: [0] }),
  };
  const program = await compile({ name: 'hinge', inputs, state: [], outputs }, new State(), processor);
  const feeds = {
    x: hostArray('float32', [rows, columns], Float32Array.from(features.data)),
    sides: hostArray('float32', [rows, problems], margins.sides),
    errors: hostArray('float32', [rows, problems], margins.weights),
    weights: float32([problems, columns], 0),
    biases: float32([problems], 0),
  };
  return {
    settings: { tolerance: 1e-6, valueTolerance: 1e-8 },
    dispose: () => program.dispose(),
    evaluate: async (asked) => {
      for (const { problem, point } of asked) {
        feeds.weights.data.set(point.subarray(0, columns), problem * columns);
        feeds.biases.data[problem] = point[columns];
      }
      const { losses, weightGradient, biasGradient } = await program.run(feeds);
      const gradients = weightGradient.data as Float32Array;
      return asked.map(({ problem }) => {
        const gradient = new Float64Array(columns + 1);
        gradient.set(gradients.subarray(problem * columns, (problem + 1) * columns));
        gradient[columns] = Number(biasGradient.data[problem]);
        // Summed in float64: the line search tells small falls apart.
        let value = 0;
        for (let at = problem; at < losses.data.length; at += problems) value += Number(losses.data[at]);
        return { value, gradient };
      });
    },
  };
}
