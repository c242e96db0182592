/**
 * Arithmetic beyond `elementwise.ts`: trigonometry, rounding, limits, remainders, sums of many, tests of values.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { broadcastShapes } from '../../base/shape.ts';
import { add, cast, divide, equal, multiply, negate, reciprocal, sqrt, subtract, unbroadcast } from '../primitives.ts';
import { checkSameType, defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

export const sin = (x: Tensor): Tensor => emit('Sin', [x]);
export const cos = (x: Tensor): Tensor => emit('Cos', [x]);
export const tan = (x: Tensor): Tensor => emit('Tan', [x]);
export const asin = (x: Tensor): Tensor => emit('Asin', [x]);
export const acos = (x: Tensor): Tensor => emit('Acos', [x]);
export const atan = (x: Tensor): Tensor => emit('Atan', [x]);
export const sinh = (x: Tensor): Tensor => emit('Sinh', [x]);
export const cosh = (x: Tensor): Tensor => emit('Cosh', [x]);
export const asinh = (x: Tensor): Tensor => emit('Asinh', [x]);
export const acosh = (x: Tensor): Tensor => emit('Acosh', [x]);
export const atanh = (x: Tensor): Tensor => emit('Atanh', [x]);

/** The integer below, above, nearest (halves to the even one); no gradient passes. */
export const floor = (x: Tensor): Tensor => emit('Floor', [x]);
export const ceil = (x: Tensor): Tensor => emit('Ceil', [x]);
export const round = (x: Tensor): Tensor => emit('Round', [x]);

const largest = 3.4028234663852886e38;

/** x kept within limits, either of which may be left out; outside them no gradient passes. */
export function clip(x: Tensor, { min = -largest, max = largest }: { min?: number; max?: number }): Tensor {
  return emit('Clip', [x], { min, max });
}

/** The remainder of a / b with the sign of a, as C's `fmod`. */
export const remainder = (a: Tensor, b: Tensor): Tensor => emit('Mod', [a, b], { fmod: 1 });

export const isNotANumber = (x: Tensor): Tensor => emit('IsNaN', [x]);
export const isInfinite = (x: Tensor): Tensor => emit('IsInf', [x], { detectPositive: 1, detectNegative: 1 });
export const xor = (a: Tensor, b: Tensor): Tensor => emit('Xor', [a, b]);

/** Sum and mean of any number of tensors that broadcast together. */
export const sumOfTensors = (tensors: readonly Tensor[]): Tensor => emit('Sum', tensors);
export const meanOfTensors = (tensors: readonly Tensor[]): Tensor => emit('Mean', tensors);

type Derivative = (x: Tensor, y: Tensor) => Tensor;

function unary(type: string, derivative: Derivative): Operator {
  return defineOperator({
    type,
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: ({ inputs: [x], outputs: [y], gradients: [dy] }) => [multiply(dy!, derivative(x, y))],
  });
}

/** Constant between its jumps: what depends on it has a gradient of zeros. */
function stepwise(type: string): Operator {
  return defineOperator({
    type,
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: { none: '' },
  });
}

function predicate(type: string): Operator {
  return defineOperator({
    type,
    domain: '',
    infer: (inputs) => {
      checkSameType(inputs);
      return [{ dtype: 'bool', shape: broadcastShapes(...inputs.map((input) => input.shape)) }];
    },
    gradient: { none: 'a test has no derivative' },
  });
}

/** A sum of any number of operands, times a factor that depends on how many there are. */
function variadic(type: string, factor: (count: number) => number): Operator {
  return defineOperator({
    type,
    domain: '',
    infer: (inputs) => {
      if (inputs.length === 0)
        throw new SondeError('shape/mismatch', 'at least one operand is needed', { hint: 'give one tensor or more' });
      checkSameType(inputs);
      return [{ dtype: inputs[0].dtype, shape: broadcastShapes(...inputs.map((input) => input.shape)) }];
    },
    gradient: ({ inputs, gradients: [dy], wanted }) => {
      const share = multiply(dy!, factor(inputs.length));
      return inputs.map((input, i) => (wanted[i] ? unbroadcast(share, input.shape) : undefined));
    },
  });
}

const onePlusSquare = (x: Tensor): Tensor => add(multiply(x, x), 1);
const oneMinusSquare = (x: Tensor): Tensor => subtract(1, multiply(x, x));

export const arithmeticOperators: readonly Operator[] = [
  unary('Sin', (x) => cos(x)),
  unary('Cos', (x) => negate(sin(x))),
  unary('Tan', (_, y) => onePlusSquare(y)),
  unary('Asin', (x) => reciprocal(sqrt(oneMinusSquare(x)))),
  unary('Acos', (x) => negate(reciprocal(sqrt(oneMinusSquare(x))))),
  unary('Atan', (x) => reciprocal(onePlusSquare(x))),
  unary('Sinh', (x) => cosh(x)),
  unary('Cosh', (x) => sinh(x)),
  unary('Asinh', (x) => reciprocal(sqrt(onePlusSquare(x)))),
  unary('Acosh', (x) => reciprocal(sqrt(negate(oneMinusSquare(x))))),
  unary('Atanh', (x) => reciprocal(oneMinusSquare(x))),
  stepwise('Floor'),
  stepwise('Ceil'),
  stepwise('Round'),
  defineOperator<{ min: number; max: number }>({
    type: 'Clip',
    domain: '',
    infer: ([x], { min, max }) => {
      if (x.dtype !== 'float32') {
        throw new SondeError('graph/unsupported', `limits are for float32, not ${x.dtype}`, {
          hint: 'use maximum and minimum',
        });
      }
      if (!(min <= max))
        throw new SondeError('usage', `the lower limit ${min} is above the upper limit ${max}`, {
          hint: 'exchange the two',
        });
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    // What was not changed lies inside, its limits included.
    gradient: ({ inputs: [x], outputs: [y], gradients: [dy] }) => [multiply(dy!, cast(equal(x, y), dy!.dtype))],
    onnx: { inputAttributes: { 1: { attribute: 'min', dtype: 'float32' }, 2: { attribute: 'max', dtype: 'float32' } } },
  }),
  defineOperator<{ fmod: number }>({
    type: 'Mod',
    domain: '',
    infer: ([a, b], { fmod }) => {
      checkSameType([a, b]);
      if (a.dtype.startsWith('float') && !fmod) {
        throw new SondeError(
          'graph/unsupported',
          'the remainder of floating-point numbers is the one with the sign of a',
          {
            hint: 'set fmod to 1',
          },
        );
      }
      return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
    },
    // a − b k with the whole number k = (a − y) / b
    gradient: ({ inputs: [a, b], outputs: [y], gradients: [dy], wanted }) => [
      wanted[0] ? unbroadcast(dy!, a.shape) : undefined,
      wanted[1] ? unbroadcast(multiply(dy!, divide(subtract(y, a), b)), b.shape) : undefined,
    ],
  }),
  variadic('Sum', () => 1),
  variadic('Mean', (count) => 1 / count),
  predicate('IsNaN'),
  predicate('IsInf'),
  predicate('Xor'),
];
