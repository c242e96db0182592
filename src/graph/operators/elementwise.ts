/**
 * Elementwise arithmetic, comparison and selection, with NumPy broadcasting.
 * @module
 */
import { broadcastShapes } from '../../base/shape.ts';
import type { DType } from '../../tensor/host-array.ts';
import {
  add,
  cast,
  divide,
  equal,
  exp,
  greater,
  less,
  log,
  multiply,
  negate,
  power,
  scalar,
  sign,
  subtract,
  unbroadcast,
  where,
} from '../primitives.ts';
import { checkSameType, defineOperator, emit, type GradientRule, type Operator, type Tensor } from '../tensor.ts';

type Derivative = (gradient: Tensor, inputs: readonly Tensor[], output: Tensor) => Tensor;

/** A function of broadcast operands: one derivative an operand, un-broadcast here. */
function elementwise(type: string, derivatives: readonly Derivative[] | string, result?: DType): Operator {
  const gradient: GradientRule | { none: string } =
    typeof derivatives === 'string'
      ? { none: derivatives }
      : ({ inputs, outputs, gradients: [dy], wanted }) =>
          inputs.map((input, i) =>
            wanted[i] ? unbroadcast(derivatives[i](dy!, inputs, outputs[0]), input.shape) : undefined,
          );
  return defineOperator({
    type,
    domain: '',
    infer: (inputs) => {
      checkSameType(inputs);
      return [{ dtype: result ?? inputs[0].dtype, shape: broadcastShapes(...inputs.map((input) => input.shape)) }];
    },
    gradient,
  });
}

const comparison = 'a comparison has no derivative';

/** Share of the gradient of a maximum that an operand receives: all where it wins, half where both are equal. */
function winnerShare(dy: Tensor, own: Tensor, other: Tensor, wins: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const share = add(cast(wins(own, other), dy.dtype), multiply(cast(equal(own, other), dy.dtype), 0.5));
  return multiply(dy, share);
}

export const elementwiseOperators: readonly Operator[] = [
  elementwise('Add', [(dy) => dy, (dy) => dy]),
  elementwise('Sub', [(dy) => dy, (dy) => negate(dy)]),
  elementwise('Mul', [(dy, [, b]) => multiply(dy, b), (dy, [a]) => multiply(dy, a)]),
  elementwise('Div', [(dy, [, b]) => divide(dy, b), (dy, [, b], y) => negate(divide(multiply(dy, y), b))]),
  // d/da a^b = b a^(b−1); d/db a^b = a^b ln a, which is 0 at a = 0
  elementwise('Pow', [
    (dy, [a, b]) => multiply(dy, multiply(b, power(a, subtract(b, 1)))),
    (dy, [a], y) => multiply(dy, multiply(y, log(where(equal(a, 0), scalar(1, a.dtype), a)))),
  ]),
  elementwise('Max', [(dy, [a, b]) => winnerShare(dy, a, b, greater), (dy, [a, b]) => winnerShare(dy, b, a, greater)]),
  elementwise('Min', [(dy, [a, b]) => winnerShare(dy, a, b, less), (dy, [a, b]) => winnerShare(dy, b, a, less)]),
  elementwise('Neg', [(dy) => negate(dy)]),
  elementwise('Exp', [(dy, _, y) => multiply(dy, y)]),
  elementwise('Log', [(dy, [x]) => divide(dy, x)]),
  elementwise('Sqrt', [(dy, _, y) => divide(multiply(dy, 0.5), y)]),
  elementwise('Abs', [(dy, [x]) => multiply(dy, sign(x))]),
  elementwise('Sign', [(dy) => multiply(dy, 0)]),
  elementwise('Reciprocal', [(dy, _, y) => negate(multiply(dy, multiply(y, y)))]),
  elementwise('Identity', [(dy) => dy]),
  elementwise('Equal', comparison, 'bool'),
  elementwise('Greater', comparison, 'bool'),
  elementwise('Less', comparison, 'bool'),
  elementwise('GreaterOrEqual', comparison, 'bool'),
  elementwise('LessOrEqual', comparison, 'bool'),
  elementwise('And', comparison, 'bool'),
  elementwise('Or', comparison, 'bool'),
  elementwise('Not', comparison, 'bool'),
  defineOperator({
    type: 'Where',
    domain: '',
    infer: ([condition, a, b]) => {
      checkSameType([a, b]);
      return [{ dtype: a.dtype, shape: broadcastShapes(condition.shape, a.shape, b.shape) }];
    },
    gradient: ({ inputs: [condition, a, b], gradients: [dy] }) => {
      const chosen = cast(condition, dy!.dtype);
      const rest = subtract(1, chosen);
      return [undefined, unbroadcast(multiply(dy!, chosen), a.shape), unbroadcast(multiply(dy!, rest), b.shape)];
    },
  }),
  defineOperator<{ to: DType }>({
    type: 'Cast',
    domain: '',
    infer: ([x], { to }) => [{ dtype: to, shape: x.shape }],
    gradient: ({ inputs: [x], gradients: [dy] }) => [x.dtype.startsWith('float') ? cast(dy!, x.dtype) : undefined],
  }),
  defineOperator({
    type: 'StopGradient',
    domain: 'sonde',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: { none: '' },
    expand: ([x]) => [x],
  }),
];

/** Functions of one tensor that networks use between layers. */
export const activationOperators: readonly Operator[] = [
  defineOperator({
    type: 'Relu',
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: ({ outputs: [y], gradients: [dy] }) => [emit('ReluGradient', [dy, y])],
  }),
  defineOperator({
    type: 'ReluGradient',
    domain: 'sonde',
    infer: ([dy]) => [{ dtype: dy.dtype, shape: dy.shape }],
    gradient: ({ inputs: [, y], gradients: [g] }) => [emit('ReluGradient', [g, y]), undefined],
    // The sign of a rectified value is 1 where it passed and 0 elsewhere.
    expand: ([dy, y]) => [multiply(dy, sign(y))],
  }),
  elementwise('Sigmoid', [(dy, _, y) => multiply(dy, multiply(y, subtract(1, y)))]),
  elementwise('Tanh', [(dy, _, y) => multiply(dy, subtract(1, multiply(y, y)))]),
  // sigmoid(x) = exp(x − softplus(x)), which keeps its digits where x is far below zero
  elementwise('Softplus', [(dy, [x], y) => multiply(dy, exp(subtract(x, y)))]),
];
