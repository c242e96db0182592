/**
 * Arithmetic, reductions and tests of single entries beyond the elementary ones.
 * @module
 */
import { entrywise } from './elementwise.ts';
import { reduction } from './reduction.ts';
import type { Kernel } from './values.ts';

const sum = (entries: readonly number[]): number => entries.reduce((a, b) => a + b, 0);
const truth = (value: boolean): number => (value ? 1 : 0);

const roundHalfToEven = (x: number): number => {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
};

const clip: Kernel<{ min: number; max: number }> = ([x], { min, max }) => ({
  shape: x.shape,
  data: x.data.map((value) => Math.min(Math.max(value, min), max)),
});

const isInfinite: Kernel<{ detectPositive: number; detectNegative: number }> = ([x], which) => ({
  shape: x.shape,
  data: x.data.map((value) =>
    truth(
      (which.detectPositive === 1 && value === Number.POSITIVE_INFINITY) ||
        (which.detectNegative === 1 && value === Number.NEGATIVE_INFINITY),
    ),
  ),
});

export const arithmeticKernels: Record<string, Kernel> = {
  Sin: entrywise(Math.sin),
  Cos: entrywise(Math.cos),
  Tan: entrywise(Math.tan),
  Asin: entrywise(Math.asin),
  Acos: entrywise(Math.acos),
  Atan: entrywise(Math.atan),
  Sinh: entrywise(Math.sinh),
  Cosh: entrywise(Math.cosh),
  Asinh: entrywise(Math.asinh),
  Acosh: entrywise(Math.acosh),
  Atanh: entrywise(Math.atanh),
  Floor: entrywise(Math.floor),
  Ceil: entrywise(Math.ceil),
  Round: entrywise(roundHalfToEven),
  Mod: entrywise((a, b) => a % b),
  Sum: entrywise((...operands) => sum(operands)),
  Mean: entrywise((...operands) => sum(operands) / operands.length),
  IsNaN: entrywise((x) => truth(Number.isNaN(x))),
  IsInf: isInfinite,
  Xor: entrywise((a, b) => truth((a !== 0) !== (b !== 0))),
  Clip: clip,
  ReduceProd: reduction((entries) => entries.reduce((a, b) => a * b, 1)),
  ReduceLogSumExp: reduction((entries) => {
    const largest = Math.max(...entries);
    return largest + Math.log(sum(entries.map((value) => Math.exp(value - largest))));
  }),
  ReduceLogSum: reduction((entries) => Math.log(sum(entries))),
  ReduceL1: reduction((entries) => sum(entries.map(Math.abs))),
  ReduceL2: reduction((entries) => Math.sqrt(sum(entries.map((value) => value * value)))),
};
