import test from 'node:test';
import { anyShape, broadcastable, checkOperator, type Draw, forAll } from '../../../test/operator-check.ts';
import { gradients, multiply, reduceSum, type Tensor } from '../index.ts';
import * as activations from './activations.ts';

const normal: Draw = (random) => 2 * random.normal();
/** Away from the kinks at 0 (and at ±3 for the hard ones). */
const offKinks: Draw = (random) =>
  (random.bernoulli() ? 1 : -1) * (random.bernoulli() ? random.uniform(0.1, 2.9) : random.uniform(3.1, 5));

const functions: Record<string, { apply: (x: Tensor) => Tensor; draw?: Draw }> = {
  erf: { apply: activations.erf },
  leakyRelu: { apply: (x) => activations.leakyRelu(x, 0.2), draw: offKinks },
  'leakyRelu, steeper below': { apply: (x) => activations.leakyRelu(x, 3), draw: offKinks },
  elu: { apply: (x) => activations.elu(x), draw: offKinks },
  'elu, alpha 0.5': { apply: (x) => activations.elu(x, 0.5), draw: offKinks },
  selu: { apply: activations.selu, draw: offKinks },
  celu: { apply: (x) => activations.celu(x, 0.7), draw: offKinks },
  gelu: { apply: (x) => activations.gelu(x) },
  'gelu, tanh form': { apply: (x) => activations.gelu(x, 'tanh') },
  silu: { apply: activations.silu },
  hardSigmoid: { apply: (x) => activations.hardSigmoid(x), draw: offKinks },
  hardSwish: { apply: activations.hardSwish, draw: offKinks },
  mish: { apply: activations.mish },
  softsign: { apply: activations.softsign, draw: offKinks },
  thresholdedRelu: { apply: (x) => activations.thresholdedRelu(x, -3), draw: offKinks },
};

for (const [name, { apply, draw = normal }] of Object.entries(functions)) {
  test(`${name}, its gradient and the gradient of that`, () =>
    forAll(
      anyShape(0, 4),
      async (shape) => {
        await checkOperator(([x]) => apply(x), [shape], { draw });
        const slope = ([x]: readonly Tensor[]) => gradients(reduceSum(multiply(apply(x), apply(x))), [x])[0];
        await checkOperator(slope, [shape], { draw, runtime: false });
      },
      3,
    ));
}

test('prelu with a slope that broadcasts', () =>
  forAll(
    broadcastable(1),
    async ([slope]) => {
      const shape = [2, 3, ...slope.map((length) => (length === 1 ? 2 : length))].slice(-Math.max(4, slope.length));
      await checkOperator(([x, a]) => activations.prelu(x, a), [shape, slope], { draw: offKinks });
    },
    6,
  ));
