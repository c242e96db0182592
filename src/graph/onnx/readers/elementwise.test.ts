// Readers of functions of entries and of reductions against ONNX Runtime's own kernels, gradients against differences.
import { spaced } from '../../../../test/operator-check.ts';
import { absent, type Case, counting, list, one, testReaders } from '../../../../test/reader-check.ts';
import { float, int, ints, string } from '../attributes.ts';

const positive: Pick<Case, 'draw'> = { draw: (random) => random.uniform(0.2, 0.9) };
const apart = () => ({ draw: spaced() });

testReaders({
  Sin: [['of every entry', {}]],
  Cos: [['of every entry', {}]],
  Tan: [['of every entry', positive]],
  Asin: [['of every entry', positive]],
  Acos: [['of every entry', positive]],
  Atan: [['of every entry', {}]],
  Sinh: [['of every entry', {}]],
  Cosh: [['of every entry', {}]],
  Asinh: [['of every entry', {}]],
  Acosh: [['above 1', { draw: (random) => random.uniform(1.2, 3) }]],
  Atanh: [['of every entry', positive]],
  Floor: [['of every entry', apart()]],
  Ceil: [['of every entry', apart()]],
  Round: [['of every entry', { draw: (random) => random.uniform(-3, 3) }]],
  IsNaN: [['of every entry', { differentiable: false }]],
  IsInf: [['of one sign', { differentiable: false, attributes: { detect_negative: int(0) } }]],
  Mod: [['with the sign of the dividend', { more: { b: counting(4) }, attributes: { fmod: int(1) }, ...apart() }]],
  Clip: [
    ['between numbers', { more: { low: one(-0.4), high: one(0.7) } }],
    ['below a number', { more: { none: absent, high: one(0.3) } }],
  ],
  Shrink: [['with a bias', { attributes: { lambd: float(0.4), bias: float(0.1) } }]],
  Celu: [['with a slope', { attributes: { alpha: float(0.7) } }]],
  Selu: [['by default', {}]],
  ThresholdedRelu: [['above 0.3', { attributes: { alpha: float(0.3) } }]],
  HardSigmoid: [['by default', {}]],
  HardSwish: [['of every entry', {}]],
  Mish: [['of every entry', { opset: 18 }]],
  Gelu: [
    ['exact', { opset: 20 }],
    ['by the tangent', { opset: 20, attributes: { approximate: string('tanh') } }],
  ],
  Softplus: [['of every entry', {}]],
  Softsign: [['of every entry', {}]],
  Hardmax: [['last axis', { ...apart() }]],
  ReduceProd: [
    ['some axes', { attributes: { axes: ints([1]), keepdims: int(0) } }],
    ['all axes', { opset: 18 }],
  ],
  ReduceL1: [['axes as an input', { opset: 18, more: { axes: list(-1) } }]],
  ReduceL2: [['one axis', { attributes: { axes: ints([0, 2]) } }]],
  ReduceLogSum: [['one axis', { attributes: { axes: ints([1]) }, ...positive }]],
  ReduceLogSumExp: [['all', {}]],
  ReduceSumSquare: [['none of the axes', { opset: 18, attributes: { noop_with_empty_axes: int(1) } }]],
  ReduceMax: [['one axis', { opset: 18, more: { axes: list(1) }, ...apart() }]],
  ReduceMin: [['one axis', { opset: 13, attributes: { axes: ints([-2]), keepdims: int(0) }, ...apart() }]],
});
