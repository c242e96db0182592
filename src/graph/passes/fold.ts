/**
 * Computes small constants while a graph is built: the arithmetic of shapes that exporters leave in their files.
 * @module
 */
import { sizeOf, stridesOf } from '../../base/shape.ts';
import { type HostArray, zeros } from '../../tensor/host-array.ts';
import { sliceExtent } from '../operators/movement.ts';
import { type Attributes, constantValue, type Tensor } from '../tensor.ts';

/** Constants beyond this many entries stay in the graph. */
const largest = 65536;

type Numbers = Float64Array;
interface Operand {
  readonly shape: readonly number[];
  readonly numbers: Numbers;
}
type Evaluate = (inputs: readonly Operand[], attributes: Attributes, output: Tensor) => Numbers;

const memory = new WeakMap<Tensor, { readonly value: HostArray | undefined }>();

/** The value of a tensor that depends on small constants alone; `undefined` for any other. */
export function foldedValue(tensor: Tensor): HostArray | undefined {
  const known = memory.get(tensor);
  if (known !== undefined) return known.value;
  const value = constantValue(tensor) ?? computed(tensor);
  memory.set(tensor, { value });
  return value;
}

function computed(tensor: Tensor): HostArray | undefined {
  const { operator, inputs, attributes } = tensor.node;
  const evaluate = evaluators[operator.type];
  if (evaluate === undefined || inputs.length === 0 || sizeOf(tensor.shape) > largest) return undefined;
  const operands: Operand[] = [];
  for (const input of inputs) {
    const value = input === undefined ? undefined : foldedValue(input);
    const operand = value && operandOf(value);
    if (operand === undefined) return undefined;
    operands.push(operand);
  }
  return tensor.dtype === 'float16' ? undefined : stored(tensor, evaluate(operands, attributes, tensor));
}

/** `undefined` for what is large, or has whole numbers that float64 does not hold. */
function operandOf({ dtype, shape, data }: HostArray): Operand | undefined {
  if (data.length > largest || dtype === 'float16') return undefined;
  const numbers = Float64Array.from(data as ArrayLike<number | bigint>, Number);
  return dtype.startsWith('float') || numbers.every(Number.isSafeInteger) ? { shape, numbers } : undefined;
}

function stored({ dtype, shape }: Tensor, numbers: Numbers): HostArray {
  const array = zeros(dtype, shape);
  if (array.data instanceof BigInt64Array || array.data instanceof BigUint64Array) {
    numbers.forEach((value, i) => {
      (array.data as BigInt64Array)[i] = BigInt(value);
    });
  } else array.data.set(numbers);
  return array;
}

/** Entry by entry of the result, from its index. */
function tabulate(shape: readonly number[], entry: (index: readonly number[]) => number): Numbers {
  const strides = stridesOf(shape);
  return Float64Array.from({ length: sizeOf(shape) }, (_, flat) =>
    entry(shape.map((length, axis) => Math.floor(flat / strides[axis]) % length)),
  );
}

const at = ({ shape, numbers }: Operand, index: readonly number[]): number =>
  numbers[index.reduce((flat, i, axis) => flat * shape[axis] + i, 0)];

const broadcastAt = (operand: Operand, index: readonly number[]): number => {
  const skip = index.length - operand.shape.length;
  return at(
    operand,
    operand.shape.map((length, axis) => (length === 1 ? 0 : index[axis + skip])),
  );
};

const entrywise =
  (apply: (...values: number[]) => number): Evaluate =>
  (inputs, _, { shape }) =>
    tabulate(shape, (index) => apply(...inputs.map((input) => broadcastAt(input, index))));

/** Entries that differ in the reduced axes only, gathered one after the other. */
const reduced =
  (join: (a: number, b: number) => number, first: number): Evaluate =>
  ([{ shape, numbers }], { axes }, output) => {
    const result = new Float64Array(sizeOf(output.shape)).fill(first);
    const kept = shape.map((length, axis) => ((axes as readonly number[]).includes(axis) ? 1 : length));
    const strides = stridesOf(shape);
    const places = stridesOf(kept);
    numbers.forEach((value, flat) => {
      const at = kept.reduce(
        (sum, length, axis) =>
          sum + (length === 1 ? 0 : (Math.floor(flat / strides[axis]) % shape[axis]) * places[axis]),
        0,
      );
      result[at] = join(result[at], value);
    });
    return result;
  };

const evaluators: Readonly<Record<string, Evaluate>> = {
  Add: entrywise((a, b) => a + b),
  Sub: entrywise((a, b) => a - b),
  Mul: entrywise((a, b) => a * b),
  Div: (inputs, attributes, output) => {
    const quotient = entrywise((a, b) => a / b)(inputs, attributes, output);
    return output.dtype.startsWith('float') ? quotient : quotient.map(Math.trunc);
  },
  Max: entrywise(Math.max),
  Min: entrywise(Math.min),
  Pow: entrywise((a, b) => a ** b),
  Mod: (inputs, attributes, output) =>
    entrywise((a, b) => (attributes.fmod ? a % b : ((a % b) + b) % b))(inputs, attributes, output),
  Floor: entrywise(Math.floor),
  Ceil: entrywise(Math.ceil),
  Round: entrywise((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))),
  Sign: entrywise(Math.sign),
  Neg: entrywise((x) => -x),
  Abs: entrywise(Math.abs),
  Sqrt: entrywise(Math.sqrt),
  Equal: entrywise((a, b) => Number(a === b)),
  Greater: entrywise((a, b) => Number(a > b)),
  Less: entrywise((a, b) => Number(a < b)),
  GreaterOrEqual: entrywise((a, b) => Number(a >= b)),
  LessOrEqual: entrywise((a, b) => Number(a <= b)),
  ReduceSum: reduced((a, b) => a + b, 0),
  ReduceProd: reduced((a, b) => a * b, 1),
  ReduceMax: reduced(Math.max, Number.NEGATIVE_INFINITY),
  ReduceMin: reduced(Math.min, Number.POSITIVE_INFINITY),
  And: entrywise((a, b) => a && b),
  Or: entrywise((a, b) => a || b),
  Not: entrywise((x) => Number(x === 0)),
  Where: entrywise((condition, a, b) => (condition !== 0 ? a : b)),
  Identity: ([x]) => x.numbers,
  Reshape: ([x]) => x.numbers,
  Expand: entrywise((x) => x),
  Cast: ([{ numbers }], { to }) => {
    if (to === 'bool') return numbers.map((x) => Number(x !== 0));
    return (to as string).startsWith('float') ? numbers : numbers.map(Math.trunc);
  },
  Tile: ([x], _, { shape }) =>
    tabulate(shape, (index) =>
      at(
        x,
        index.map((i, axis) => i % x.shape[axis]),
      ),
    ),
  Transpose: ([x], attributes, { shape }) => {
    const perm = attributes.perm as readonly number[];
    return tabulate(shape, (index) =>
      at(
        x,
        perm.map((_, axis) => index[perm.indexOf(axis)]),
      ),
    );
  },
  Concat: (inputs, attributes, { shape }) => {
    const axis = attributes.axis as number;
    return tabulate(shape, (index) => {
      let part = 0;
      let position = index[axis];
      while (position >= inputs[part].shape[axis]) position -= inputs[part++].shape[axis];
      return at(inputs[part], index.with(axis, position));
    });
  },
  Gather: ([x, chosen], attributes, { shape }) => {
    const axis = attributes.axis as number;
    const rank = chosen.shape.length;
    return tabulate(shape, (index) => {
      const position = at(chosen, index.slice(axis, axis + rank));
      const wrapped = position < 0 ? position + x.shape[axis] : position;
      return at(x, [...index.slice(0, axis), wrapped, ...index.slice(axis + rank)]);
    });
  },
  Slice: ([x], attributes, { shape }) => {
    const { axes, starts, ends, steps } = attributes as Record<string, readonly number[]>;
    const extents = x.shape.map((length, axis) => {
      const i = axes.indexOf(axis);
      return i < 0 ? { first: 0, step: 1 } : sliceExtent(length, starts[i], ends[i], steps[i]);
    });
    return tabulate(shape, (index) =>
      at(
        x,
        index.map((i, axis) => extents[axis].first + i * extents[axis].step),
      ),
    );
  },
};
