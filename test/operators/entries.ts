/**
 * Functions of entries: arithmetic, comparison, selection, activations.
 * @module
 */
import * as graph from '../../src/graph/index.ts';
import { emit, type Tensor } from '../../src/graph/tensor.ts';
import { type Draw, spaced } from '../operator-check.ts';
import { anyShape, broadcastable, type Property } from './property.ts';

const within =
  (low: number, high: number): Draw =>
  (random) =>
    random.uniform(low, high);
/** Away from whole numbers and halves, where steps and kinks are. */
const offGrid: Draw = (random) => random.integer(7) - 3 + random.uniform(0.05, 0.45);

const unary =
  (apply: string | ((x: Tensor) => Tensor), draw?: Draw | (() => Draw), linear = false): Property =>
  (random) => ({
    shapes: [anyShape(random, 0, 5, 3)],
    build: ([x]) => (typeof apply === 'string' ? emit(apply, [x]) : apply(x)),
    ...(draw === undefined ? {} : { draw: draw.length === 0 ? (draw as () => Draw)() : (draw as Draw) }),
    linear,
  });

const broadcast =
  (apply: string | ((inputs: readonly Tensor[]) => Tensor), draw?: Draw | readonly Draw[], count = 2): Property =>
  (random) => ({
    shapes: broadcastable(random, count),
    build: (inputs) => (typeof apply === 'string' ? emit(apply, inputs) : apply(inputs)),
    ...(draw === undefined ? {} : { draw }),
  });

/** Truth values as numbers; they have no derivative, and none is found. */
const asNumber = (x: Tensor): Tensor => graph.cast(x, 'float32');
const compared = (type: string): Property => broadcast((inputs) => asNumber(emit(type, inputs)));
const combined = (type: string): Property =>
  broadcast((inputs) =>
    asNumber(
      emit(
        type,
        inputs.map((x) => graph.greater(x, 0)),
      ),
    ),
  );

const positive = within(0.3, 3);
const inner = within(-0.9, 0.9);

export const entryProperties: Readonly<Record<string, Property>> = {
  Add: broadcast('Add'),
  Sub: broadcast('Sub'),
  Mul: broadcast('Mul'),
  Div: broadcast('Div', [within(-2, 2), positive]),
  Pow: broadcast('Pow', [positive, within(-2, 2)]),
  Max: (random) => ({ ...broadcast('Max')(random), draw: spaced() }),
  Min: (random) => ({ ...broadcast('Min')(random), draw: spaced() }),
  Sum: broadcast('Sum', undefined, 3),
  Mean: broadcast('Mean', undefined, 3),
  Mod: broadcast((inputs) => emit('Mod', inputs, { fmod: 1 }), [within(1.05, 1.95), within(2, 3)]),
  Neg: unary('Neg', undefined, true),
  Exp: unary('Exp'),
  Log: unary('Log', positive),
  Sqrt: unary('Sqrt', positive),
  Abs: unary('Abs', offGrid),
  Sign: unary('Sign', offGrid),
  Reciprocal: unary('Reciprocal', positive),
  Identity: unary('Identity', undefined, true),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tan: unary('Tan', inner),
  Asin: unary('Asin', inner),
  Acos: unary('Acos', inner),
  Atan: unary('Atan'),
  Sinh: unary('Sinh'),
  Cosh: unary('Cosh'),
  Asinh: unary('Asinh'),
  Acosh: unary('Acosh', within(1.2, 3)),
  Atanh: unary('Atanh', inner),
  Floor: unary('Floor', offGrid),
  Ceil: unary('Ceil', offGrid),
  Round: unary('Round', offGrid),
  Clip: (random) =>
    unary((x) => emit('Clip', [x], { min: -1 - random.integer(2), max: 1 + random.integer(2) }), offGrid)(random),
  Equal: compared('Equal'),
  Greater: compared('Greater'),
  Less: compared('Less'),
  GreaterOrEqual: compared('GreaterOrEqual'),
  LessOrEqual: compared('LessOrEqual'),
  And: combined('And'),
  Or: combined('Or'),
  Xor: combined('Xor'),
  Not: unary((x) => asNumber(graph.not(graph.greater(x, 0)))),
  IsNaN: unary((x) => asNumber(emit('IsNaN', [x]))),
  IsInf: unary((x) => asNumber(emit('IsInf', [graph.divide(x, 0)], { detectPositive: 1, detectNegative: 0 }))),
  Where: broadcast(([c, a, b]) => graph.where(graph.greater(c, 0), a, b), undefined, 3),
  Cast: unary((x) => graph.cast(graph.cast(x, 'float64'), 'float32'), undefined, true),
  Step: unary('Step', offGrid),
  Erf: unary('Erf'),
  Relu: unary('Relu', offGrid),
  // The gradient operator itself, and its own derivative.
  ReluGradient: broadcastSame(([g, x]) => emit('ReluGradient', [g, graph.stopGradient(graph.relu(x))]), offGrid),
  Sigmoid: unary('Sigmoid'),
  Tanh: unary('Tanh'),
  Softplus: unary('Softplus'),
  LeakyRelu: unary((x) => graph.leakyRelu(x, 0.2), offGrid),
  PRelu: (random) => {
    const [channels, ...rest] = anyShape(random, 1, 3);
    return {
      shapes: [
        [2, channels, ...rest],
        [channels, ...rest.map(() => 1)],
      ],
      build: ([x, a]) => graph.prelu(x, a),
      draw: offGrid,
    };
  },
  Elu: unary((x) => graph.elu(x, 0.7), offGrid),
  Selu: unary((x) => graph.selu(x), offGrid),
  Celu: unary((x) => graph.celu(x, 1.3), offGrid),
  Gelu: (random) => unary((x) => graph.gelu(x, random.choice(['none', 'tanh'])))(random),
  Silu: unary('Silu'),
  HardSigmoid: unary((x) => graph.hardSigmoid(x, 0.25, 0.4), offGrid),
  HardSwish: unary('HardSwish', offGrid),
  Mish: unary('Mish'),
  Softsign: unary('Softsign', offGrid),
  ThresholdedRelu: unary((x) => graph.thresholdedRelu(x, 1), offGrid),
  SigmoidCrossEntropy: broadcastSame((inputs) => emit('SigmoidCrossEntropy', inputs)),
};

function broadcastSame(apply: (inputs: readonly Tensor[]) => Tensor, draw?: Draw): Property {
  return (random) => {
    const shape = anyShape(random, 0, 4);
    return { shapes: [shape, shape], build: apply, ...(draw === undefined ? {} : { draw }) };
  };
}
