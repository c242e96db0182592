/**
 * Functions of single entries, broadcast.
 * @module
 */
import type { DType } from '../../src/tensor/host-array.ts';
import { broadcastReader, broadcastShape, type Kernel, tabulate } from './values.ts';

/** Applies a function of as many numbers as there are inputs. */
export function entrywise(apply: (...operands: number[]) => number): Kernel {
  return (inputs) => {
    const read = inputs.map(broadcastReader);
    const shape = broadcastShape(inputs.map((input) => input.shape));
    return tabulate(shape, (index) => apply(...read.map((reader) => reader(index))));
  };
}

const same = entrywise((x) => x);
const truth = (value: boolean): number => (value ? 1 : 0);

const cast: Kernel<{ to: DType }> = ([x], { to }) => {
  if (to.startsWith('float')) return x;
  return { shape: x.shape, data: x.data.map((value) => (to === 'bool' ? truth(value !== 0) : Math.trunc(value))) };
};

export const elementwiseKernels: Record<string, Kernel> = {
  Add: entrywise((a, b) => a + b),
  Sub: entrywise((a, b) => a - b),
  Mul: entrywise((a, b) => a * b),
  Div: entrywise((a, b) => a / b),
  Pow: entrywise((a, b) => a ** b),
  Max: entrywise((a, b) => Math.max(a, b)),
  Min: entrywise((a, b) => Math.min(a, b)),
  Neg: entrywise((x) => -x),
  Exp: entrywise(Math.exp),
  Log: entrywise(Math.log),
  Sqrt: entrywise(Math.sqrt),
  Abs: entrywise(Math.abs),
  Sign: entrywise(Math.sign),
  Reciprocal: entrywise((x) => 1 / x),
  Relu: entrywise((x) => Math.max(x, 0)),
  ReluGradient: entrywise((dy, y) => (y > 0 ? dy : 0)),
  Sigmoid: entrywise((x) => 1 / (1 + Math.exp(-x))),
  Tanh: entrywise(Math.tanh),
  Softplus: entrywise((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Equal: entrywise((a, b) => truth(a === b)),
  Greater: entrywise((a, b) => truth(a > b)),
  Less: entrywise((a, b) => truth(a < b)),
  GreaterOrEqual: entrywise((a, b) => truth(a >= b)),
  LessOrEqual: entrywise((a, b) => truth(a <= b)),
  And: entrywise((a, b) => truth(a !== 0 && b !== 0)),
  Or: entrywise((a, b) => truth(a !== 0 || b !== 0)),
  Not: entrywise((x) => truth(x === 0)),
  Where: entrywise((condition, a, b) => (condition !== 0 ? a : b)),
  Identity: same,
  StopGradient: same,
  Cast: cast,
};
