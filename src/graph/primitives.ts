/**
 * The vocabulary in which networks, losses and gradient rules are written: one function an ONNX operator, numbers
 * accepted where a tensor is.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { normaliseAxis, type Shape, sizeOf } from '../base/shape.ts';
import { type DType, float32, type HostArray, int64, zeros } from '../tensor/host-array.ts';
import { constant, emit, type Tensor } from './tensor.ts';

export type Operand = Tensor | number;

/** A constant scalar of the dtype. */
export function scalar(value: number, dtype: DType = 'float32'): Tensor {
  if (dtype === 'float16') {
    throw new SondeError('graph/unsupported', 'constants of half precision cannot be made', {
      hint: 'cast to float32 first',
    });
  }
  const array = zeros(dtype, []);
  if (array.data instanceof BigInt64Array || array.data instanceof BigUint64Array) array.data[0] = BigInt(value);
  else array.data[0] = value;
  return constant(array);
}

export function fill(shape: Shape, value: number): Tensor {
  return constant(float32(shape, value));
}

export function indices(values: readonly number[], shape: Shape = [values.length]): Tensor {
  return constant(int64(shape, values));
}

export function literal(value: HostArray): Tensor {
  return constant(value);
}

function binary(type: string) {
  return (a: Operand, b: Operand): Tensor => {
    const dtype = typeof a !== 'number' ? a.dtype : typeof b !== 'number' ? b.dtype : 'float32';
    const operand = (value: Operand) => (typeof value === 'number' ? scalar(value, dtype) : value);
    return emit(type, [operand(a), operand(b)]);
  };
}

function unary(type: string) {
  return (x: Tensor): Tensor => emit(type, [x]);
}

export const add = binary('Add');
export const subtract = binary('Sub');
export const multiply = binary('Mul');
export const divide = binary('Div');
export const power = binary('Pow');
export const maximum = binary('Max');
export const minimum = binary('Min');
export const equal = binary('Equal');
export const greater = binary('Greater');
export const less = binary('Less');
export const greaterOrEqual = binary('GreaterOrEqual');
export const lessOrEqual = binary('LessOrEqual');
export const and = binary('And');
export const or = binary('Or');

export const negate = unary('Neg');
export const exp = unary('Exp');
export const log = unary('Log');
export const sqrt = unary('Sqrt');
export const abs = unary('Abs');
export const sign = unary('Sign');
export const reciprocal = unary('Reciprocal');
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const tanh = unary('Tanh');
export const softplus = unary('Softplus');
export const not = unary('Not');
export const identity = unary('Identity');
/** The same value, through which no gradient flows. */
export const stopGradient = unary('StopGradient');

export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : emit('Cast', [x], { to: dtype });
}

export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  return emit('Where', [condition, a, b]);
}

interface ReductionOptions {
  axes?: readonly number[];
  /** Keep the reduced axes with length 1 (default: drop them). */
  keep?: boolean;
}

function reduction(type: string) {
  return (x: Tensor, { axes, keep = false }: ReductionOptions = {}): Tensor => {
    const chosen = new Set((axes ?? x.shape.map((_, axis) => axis)).map((axis) => normaliseAxis(axis, x.shape.length)));
    // To ONNX no axes means all of them.
    if (chosen.size === 0) return type === 'ReduceSumSquare' ? multiply(x, x) : x;
    return emit(type, [x], { axes: [...chosen], keepdims: keep ? 1 : 0 });
  };
}

export const reduceSum = reduction('ReduceSum');
export const reduceMean = reduction('ReduceMean');
export const reduceMax = reduction('ReduceMax');
export const reduceMin = reduction('ReduceMin');
export const reduceSumSquare = reduction('ReduceSumSquare');

export function matmul(a: Tensor, b: Tensor, { transposeA = false, transposeB = false } = {}): Tensor {
  return emit('MatMul', [a, b], { transposeA, transposeB });
}

/** `x wᵀ + b` for x `[N, I]`, weight `[O, I]`, bias `[O]`. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  return emit('Gemm', inputs, { transA: 0, transB: 1, alpha: 1, beta: 1 });
}

/** One length may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter((length) => length !== -1));
  return emit('Reshape', [x], { shape: shape.map((length) => (length === -1 ? sizeOf(x.shape) / known : length)) });
}

export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return emit('Transpose', [x], { perm: permutation });
}

export function expand(x: Tensor, shape: Shape): Tensor {
  return emit('Expand', [x], { shape });
}

export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  return tensors.length === 1
    ? tensors[0]
    : emit('Concat', tensors, { axis: normaliseAxis(axis, tensors[0].shape.length) });
}

/** `x[start:end:step]` along one axis; negative steps walk backwards from `start` down to, not including, `end`. */
export function slice(x: Tensor, axis: number, start: number, end: number, step = 1): Tensor {
  return sliceAxes(x, [axis], [start], [end], [step]);
}

export function sliceAxes(
  x: Tensor,
  axes: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[] = axes.map(() => 1),
): Tensor {
  // What stands for the far end is often beyond what a number holds exactly, or an int64 after rounding.
  const exact = (value: number) => Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  return emit('Slice', [x], {
    starts: starts.map(exact),
    ends: ends.map(exact),
    axes: axes.map((axis) => normaliseAxis(axis, x.shape.length)),
    steps,
  });
}

/** Reverses the given axes. */
export function flip(x: Tensor, axes: readonly number[]): Tensor {
  const last = axes.map((axis) => x.shape[normaliseAxis(axis, x.shape.length)] - 1);
  return sliceAxes(
    x,
    axes,
    last,
    axes.map(() => Number.MIN_SAFE_INTEGER),
    axes.map(() => -1),
  );
}

export function pad(x: Tensor, before: readonly number[], after: readonly number[], value = 0): Tensor {
  return emit('Pad', [x], { pads: [...before, ...after], value, mode: 'constant' });
}

/** Entries of `x` along an axis; `index` is an int64 tensor whose shape replaces the axis. */
export function gather(x: Tensor, index: Tensor, axis = 0): Tensor {
  return emit('Gather', [x, index], { axis: normaliseAxis(axis, x.shape.length) });
}

export function softmax(x: Tensor, axis = -1): Tensor {
  return emit('Softmax', [x], { axis: normaliseAxis(axis, x.shape.length) });
}

export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return emit('LogSoftmax', [x], { axis: normaliseAxis(axis, x.shape.length) });
}

/** Sums a gradient back to the shape that was broadcast to it. */
export function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  const extra = gradient.shape.length - shape.length;
  const axes: number[] = [];
  gradient.shape.forEach((length, axis) => {
    if (axis < extra || (shape[axis - extra] === 1 && length !== 1)) axes.push(axis);
  });
  if (axes.length === 0) return gradient;
  return reshape(reduceSum(gradient, { axes, keep: true }), shape);
}

/** Shape with the given axes of length 1, as a reduction that keeps them makes it. */
export function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}
