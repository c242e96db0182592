/**
 * Elementwise operators and activations.
 * @module
 */
import * as arithmetic from '../../operators/arithmetic.ts';
import * as graph from '../../primitives.ts';
import { constantValue, emit, type Tensor } from '../../tensor.ts';
import { readAttribute, readInt } from '../attributes.ts';
import { dtypeFromNumber } from '../data-types.ts';
import { type NodeReader, nameOf, type Reading, required, unsupported } from './reading.ts';

const unary =
  (apply: (x: Tensor) => Tensor): NodeReader =>
  (reading) =>
    apply(required(reading, 0));

const binary =
  (apply: (a: Tensor, b: Tensor) => Tensor): NodeReader =>
  (reading) => {
    const a = required(reading, 0);
    return apply(a, legacyOperand(reading, a, required(reading, 1)));
  };

/** Before version 7 the second operand was laid along the first from `axis` on, if at all. */
function legacyOperand({ node, opset }: Reading, a: Tensor, b: Tensor): Tensor {
  const axis = opset < 7 ? readInt(node, 'axis', undefined) : undefined;
  if (axis === undefined) return b;
  const first = axis < 0 ? axis + a.shape.length : axis;
  return graph.reshape(b, [...b.shape, ...new Array<number>(a.shape.length - first - b.shape.length).fill(1)]);
}

/** Any number of operands, two at a time. */
const variadic =
  (apply: (a: Tensor, b: Tensor) => Tensor): NodeReader =>
  (reading) =>
    reading.inputs.map((_, i) => required(reading, i)).reduce((sum, operand) => apply(sum, operand));

/** Bounds are attributes before version 11 and inputs since; either may be left out. */
const clip: NodeReader = (reading) => {
  const { node, inputs, opset } = reading;
  const x = required(reading, 0);
  const bound = (name: string, position: number) =>
    opset < 11 ? readAttribute(node, name, 'float') : inputs[position];
  const [low, high] = [bound('min', 1), bound('max', 2)];
  const numbers = [low, high].map((value) =>
    typeof value === 'object' ? Number(constantValue(value)?.data[0] ?? Number.NaN) : value,
  );
  if (x.dtype === 'float32' && numbers.every((value) => !Number.isNaN(value))) {
    return arithmetic.clip(x, { min: numbers[0], max: numbers[1] });
  }
  const raised = low === undefined ? x : graph.maximum(x, low);
  return high === undefined ? raised : graph.minimum(raised, high);
};

const cast: NodeReader = (reading) => {
  const to = readAttribute(reading.node, 'to', 'int');
  if (to === undefined) throw unsupported(reading.node, 'the type to cast to is not a number');
  return graph.cast(required(reading, 0), dtypeFromNumber(Number(to), nameOf(reading.node)));
};

/** Of the sign of the divisor, or with `fmod` of the dividend. */
const mod: NodeReader = (reading) =>
  emit('Mod', [required(reading, 0), required(reading, 1)], { fmod: readInt(reading.node, 'fmod', 0) });

const isInf: NodeReader = (reading) =>
  emit('IsInf', [required(reading, 0)], {
    detectPositive: readInt(reading.node, 'detect_positive', 1),
    detectNegative: readInt(reading.node, 'detect_negative', 1),
  });

export const elementwiseReaders: Readonly<Record<string, NodeReader>> = {
  Add: binary(graph.add),
  Sub: binary(graph.subtract),
  Mul: binary(graph.multiply),
  Div: binary(graph.divide),
  Pow: binary((a, b) => graph.power(a, graph.cast(b, a.dtype))),
  Equal: binary(graph.equal),
  Greater: binary(graph.greater),
  Less: binary(graph.less),
  GreaterOrEqual: binary(graph.greaterOrEqual),
  LessOrEqual: binary(graph.lessOrEqual),
  And: binary(graph.and),
  Or: binary(graph.or),
  Max: variadic(graph.maximum),
  Min: variadic(graph.minimum),
  Sum: variadic(graph.add),
  Mean: (reading) => graph.divide(variadic(graph.add)(reading) as Tensor, reading.inputs.length),
  Neg: unary(graph.negate),
  Exp: unary(graph.exp),
  Log: unary(graph.log),
  Sqrt: unary(graph.sqrt),
  Abs: unary(graph.abs),
  Sign: unary(graph.sign),
  Reciprocal: unary(graph.reciprocal),
  Not: unary(graph.not),
  Relu: unary(graph.relu),
  Sigmoid: unary(graph.sigmoid),
  Tanh: unary(graph.tanh),
  Softplus: unary(graph.softplus),
  Identity: unary((x) => x),
  // Inference: nothing is dropped.
  Dropout: unary((x) => x),
  Where: (reading) => graph.where(required(reading, 0), required(reading, 1), required(reading, 2)),
  Clip: clip,
  Cast: cast,
  CastLike: (reading) => graph.cast(required(reading, 0), required(reading, 1).dtype),
  Mod: mod,
  Floor: unary(arithmetic.floor),
  Ceil: unary(arithmetic.ceil),
  Round: unary(arithmetic.round),
  IsNaN: unary(arithmetic.isNotANumber),
  IsInf: isInf,
  Xor: binary(arithmetic.xor),
  Sin: unary(arithmetic.sin),
  Cos: unary(arithmetic.cos),
  Tan: unary(arithmetic.tan),
  Asin: unary(arithmetic.asin),
  Acos: unary(arithmetic.acos),
  Atan: unary(arithmetic.atan),
  Sinh: unary(arithmetic.sinh),
  Cosh: unary(arithmetic.cosh),
  Asinh: unary(arithmetic.asinh),
  Acosh: unary(arithmetic.acosh),
  Atanh: unary(arithmetic.atanh),
};
