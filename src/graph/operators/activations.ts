/**
 * Functions that networks put between layers, beyond those of `elementwise.ts`.
 *
 * Where a derivative needs a mask it is made by clamping a steep line: on the CPU a clamp runs at memory speed, the
 * sign of a number six times slower, a selection four times.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { broadcastShapes, formatShape, sameShape } from '../../base/shape.ts';
import {
  abs,
  add,
  divide,
  exp,
  minimum,
  multiply,
  negate,
  sigmoid,
  subtract,
  tanh,
  unbroadcast,
} from '../primitives.ts';
import { type Attributes, defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

/** The derivative of a function of one entry, out of its input and its output. */
type Derivative<A> = (x: Tensor, y: Tensor, attributes: A) => Tensor;

interface Activation<A> {
  readonly derivative: Derivative<A>;
  /** The same out of simpler operators, for those that operator set 17 lacks. */
  readonly expand?: (x: Tensor, attributes: A) => Tensor;
  /** Attributes, all floating-point numbers in ONNX. */
  readonly floats?: readonly string[];
}

function activation<A extends Attributes>(type: string, { derivative, expand, floats }: Activation<A>): Operator {
  return defineOperator<A>({
    type,
    domain: expand === undefined ? '' : 'sonde',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: ({ inputs: [x], outputs: [y], attributes, gradients: [dy] }) => [
      multiply(dy!, derivative(x, y, attributes)),
    ],
    ...(expand === undefined ? {} : { expand: ([x], attributes: A) => [expand(x, attributes)] }),
    ...(floats === undefined ? {} : { onnx: { floats } }),
  });
}

/** 1 where x > 0 and 0 elsewhere, through which no gradient flows. */
export const step = (x: Tensor): Tensor => emit('Step', [x]);
export const erf = (x: Tensor): Tensor => emit('Erf', [x]);

/** x for x > 0, `slope` · x elsewhere (Maas, Hannun and Ng, 2013). */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => emit('LeakyRelu', [x], { alpha: slope });

/** Leaky ReLU with a learnt slope, broadcastable to x: `[C, 1, 1]` for one a channel of a picture (He et al., 2015). */
export const prelu = (x: Tensor, slope: Tensor): Tensor => emit('PRelu', [x, slope]);

/** x for x > 0, `alpha` (eˣ − 1) elsewhere (Clevert, Unterthiner and Hochreiter, 2016). */
export const elu = (x: Tensor, alpha = 1): Tensor => emit('Elu', [x], { alpha });

/** ELU scaled to keep mean 0 and variance 1 (Klambauer et al., 2017). */
export const selu = (x: Tensor): Tensor => emit('Selu', [x], { alpha: 1.6732632423543772, gamma: 1.0507009873554805 });

/** ELU whose slope is continuous for every `alpha` (Barron, 2017). */
export const celu = (x: Tensor, alpha = 1): Tensor => emit('Celu', [x], { alpha });

/** x Φ(x) with the normal distribution Φ, or the tanh form that GPT and BERT's first code use (Hendrycks, 2016). */
export const gelu = (x: Tensor, approximate: 'none' | 'tanh' = 'none'): Tensor => emit('Gelu', [x], { approximate });

/** x σ(x), also called swish (Elfwing, Uchibe and Doya, 2018). */
export const silu = (x: Tensor): Tensor => emit('Silu', [x]);

/** `alpha` x + `beta`, kept within 0 and 1; the defaults are PyTorch's. */
export const hardSigmoid = (x: Tensor, alpha = 1 / 6, beta = 0.5): Tensor => emit('HardSigmoid', [x], { alpha, beta });

/** x · hardSigmoid(x) (Howard et al., MobileNetV3, 2019). */
export const hardSwish = (x: Tensor): Tensor => emit('HardSwish', [x]);

/** x tanh(softplus(x)) (Misra, 2020). */
export const mish = (x: Tensor): Tensor => emit('Mish', [x]);

/** x / (1 + |x|). */
export const softsign = (x: Tensor): Tensor => emit('Softsign', [x]);

/** x for x > `threshold`, 0 elsewhere. */
export const thresholdedRelu = (x: Tensor, threshold = 1): Tensor => emit('ThresholdedRelu', [x], { alpha: threshold });

type Alpha = { alpha: number };

/** The steepest line that float32 holds: only numbers below 1e-38 are not sent to 0 or 1. */
const steep = { alpha: 3e38, beta: 0 };
const onePlus = (x: Tensor): Tensor => add(x, 1);
const oneMinus = (x: Tensor): Tensor => subtract(1, x);
const square = (x: Tensor): Tensor => multiply(x, x);

/** Slope of a function that is `right` for x > 0 and `left` + min(y, 0) elsewhere. */
const exponentialSlope = (x: Tensor, y: Tensor, left: number, right: number): Tensor => {
  const below = add(minimum(y, 0), left);
  return left === right ? below : add(below, multiply(step(x), right - left));
};

const rootTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

function geluExpanded(x: Tensor, approximate: string): Tensor {
  if (approximate === 'tanh') {
    const inner = multiply(multiply(x, onePlus(multiply(square(x), cubic))), rootTwoOverPi);
    return multiply(multiply(x, 0.5), onePlus(tanh(inner)));
  }
  return multiply(multiply(x, onePlus(erf(divide(x, Math.SQRT2)))), 0.5);
}

function geluSlope(x: Tensor, approximate: string): Tensor {
  if (approximate === 'tanh') {
    const squared = square(x);
    const t = tanh(multiply(multiply(x, onePlus(multiply(squared, cubic))), rootTwoOverPi));
    const inner = multiply(x, add(multiply(squared, 1.5 * cubic * rootTwoOverPi), 0.5 * rootTwoOverPi));
    return add(hardSigmoid(t, 0.5, 0.5), multiply(oneMinus(square(t)), inner));
  }
  // Φ(x) + x φ(x); (1 + erf) / 2 never leaves 0…1, so a clamp computes it in one pass.
  const normal = hardSigmoid(erf(multiply(x, Math.SQRT1_2)), 0.5, 0.5);
  const density = exp(multiply(multiply(x, -0.5), x));
  return add(normal, multiply(multiply(x, density), 1 / Math.sqrt(2 * Math.PI)));
}

/** tanh(softplus(x)) out of q = σ(−x) = e^−softplus(x), which overflows nowhere. */
function tanhOfSoftplus(x: Tensor): Tensor {
  const squared = square(sigmoid(negate(x)));
  return divide(oneMinus(squared), onePlus(squared));
}

export const activationFunctionOperators: readonly Operator[] = [
  defineOperator({
    type: 'Step',
    domain: 'sonde',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: { none: '' },
    expand: ([x]) => [emit('HardSigmoid', [x], steep)],
  }),
  activation('Erf', { derivative: (x) => multiply(exp(negate(square(x))), 2 / Math.sqrt(Math.PI)) }),
  activation<Alpha>('LeakyRelu', {
    derivative: (x, _, { alpha }) => add(multiply(step(x), 1 - alpha), alpha),
    floats: ['alpha'],
  }),
  defineOperator({
    type: 'PRelu',
    domain: '',
    infer: ([x, slope]) => {
      if (!sameShape(broadcastShapes(x.shape, slope.shape), x.shape)) {
        throw new SondeError('shape/mismatch', 'the slope broadcasts to the input', {
          expected: `a shape that broadcasts to ${formatShape(x.shape)}`,
          found: formatShape(slope.shape),
          hint: 'one slope a channel of a picture is [C, 1, 1]',
        });
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    // dx = dy (a + (1 − a) [x > 0]), da = Σ dy min(x, 0)
    gradient: ({ inputs: [x, slope], gradients: [dy], wanted }) => [
      wanted[0] ? multiply(dy!, add(multiply(step(x), oneMinus(slope)), slope)) : undefined,
      wanted[1] ? unbroadcast(multiply(dy!, minimum(x, 0)), slope.shape) : undefined,
    ],
  }),
  activation<Alpha>('Elu', {
    derivative: (x, y, { alpha }) => exponentialSlope(x, y, alpha, 1),
    floats: ['alpha'],
  }),
  activation<Alpha & { gamma: number }>('Selu', {
    derivative: (x, y, { alpha, gamma }) => exponentialSlope(x, y, alpha * gamma, gamma),
    floats: ['alpha', 'gamma'],
  }),
  activation<Alpha>('Celu', {
    derivative: (_, y, { alpha }) => add(divide(minimum(y, 0), alpha), 1),
    floats: ['alpha'],
  }),
  activation<{ approximate: string }>('Gelu', {
    derivative: (x, _, { approximate }) => geluSlope(x, approximate),
    expand: (x, { approximate }) => geluExpanded(x, approximate),
  }),
  activation('Silu', {
    // σ + x σ (1 − σ) = y + σ (1 − y)
    derivative: (x, y) => add(y, multiply(sigmoid(x), oneMinus(y))),
    expand: (x) => multiply(x, sigmoid(x)),
  }),
  activation<Alpha & { beta: number }>('HardSigmoid', {
    derivative: (_, y, { alpha }) => multiply(step(multiply(y, oneMinus(y))), alpha),
    floats: ['alpha', 'beta'],
  }),
  activation('HardSwish', {
    derivative: (x) => {
      const gate = hardSigmoid(x);
      return add(gate, multiply(multiply(x, 1 / 6), step(multiply(gate, oneMinus(gate)))));
    },
  }),
  activation('Mish', {
    derivative: (x) => {
      const t = tanhOfSoftplus(x);
      return add(t, multiply(multiply(x, sigmoid(x)), oneMinus(square(t))));
    },
    expand: (x) => multiply(x, tanhOfSoftplus(x)),
  }),
  activation('Softsign', { derivative: (_, y) => square(oneMinus(abs(y))) }),
  activation<Alpha>('ThresholdedRelu', {
    derivative: (x, _, { alpha }) => step(subtract(x, alpha)),
    floats: ['alpha'],
  }),
];
