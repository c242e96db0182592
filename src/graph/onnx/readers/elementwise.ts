/**
 * Elementwise operators and activations.
 * @module
 */
import * as graph from '../../primitives.ts';
import { constantValue, type Tensor } from '../../tensor.ts';
import { readAttribute, readInt } from '../attributes.ts';
import { dtypeFromNumber } from '../data-types.ts';
import { knownNumbers, type NodeReader, nameOf, type Reading, required, unsupported } from './reading.ts';

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
  const bound = (name: string, position: number) =>
    opset < 11 ? readAttribute(node, name, 'float') : inputs[position];
  const [low, high] = [bound('min', 1), bound('max', 2)];
  const x = required(reading, 0);
  const raised = low === undefined ? x : graph.maximum(x, low);
  return high === undefined ? raised : graph.minimum(raised, high);
};

const cast: NodeReader = (reading) => {
  const to = readAttribute(reading.node, 'to', 'int');
  if (to === undefined) throw unsupported(reading.node, 'the type to cast to is not a number');
  return graph.cast(required(reading, 0), dtypeFromNumber(Number(to), nameOf(reading.node)));
};

/** Rounding has no gradient rule yet, but shapes are rounded on their way to becoming one. */
const onKnown =
  (apply: (...values: number[]) => number): NodeReader =>
  (reading) => {
    if (reading.inputs.some((input) => input === undefined || constantValue(input) === undefined)) {
      throw unsupported(reading.node, `${reading.node.operator} is known on constants only`);
    }
    const x = required(reading, 0);
    const [first, ...others] = reading.inputs.map((_, i) => knownNumbers(reading, i)!);
    const values = first.map((value, i) => apply(value, ...others.map((list) => list[list.length === 1 ? 0 : i])));
    return graph.cast(graph.reshape(graph.indices(values), x.shape), x.dtype);
  };

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
  Floor: onKnown(Math.floor),
  Ceil: onKnown(Math.ceil),
  Mod: onKnown((a, b) => ((a % b) + b) % b),
};
