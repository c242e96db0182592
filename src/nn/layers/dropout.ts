/**
 * Dropout whose choices are a function of the step, the layer and the place, so that a resumed run makes the same ones.
 * Srivastava et al., "Dropout", JMLR 2014; whole channels: Tompson et al., CVPR 2015.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { add, cast, greaterOrEqual, indices, multiply, reshape, scalar } from '../../graph/primitives.ts';
import { emit, type Tensor } from '../../graph/tensor.ts';
import type { Scope } from '../parameters.ts';

export interface DropoutOptions {
  /** Share of entries that are set to zero, from 0 to below 1. */
  readonly rate: number;
  /** Number of the training step, a scalar that is fed. */
  readonly step: Tensor;
  /** Drop whole channels of `[B, C, …]` instead of entries. Default false. */
  readonly channels?: boolean;
}

/** The Mersenne prime 2³¹ − 1: products of two remainders fit 63 bits, and x ↦ x⁵ permutes the remainders. */
const prime = 2 ** 31 - 1;

/** In training, zero with probability `rate` and x / (1 − rate) otherwise; in evaluation x. */
export function dropout(scope: Scope, name: string, x: Tensor, options: DropoutOptions): Tensor {
  const { rate, step, channels = false } = options;
  if (!(rate >= 0 && rate < 1)) throw new SondeError('usage', `a share of ${rate} cannot be dropped`, { where: name });
  if (!scope.training || rate === 0) return x;
  return scope.layer(name, ({ path }) => {
    const shape = channels ? x.shape.map((length, axis) => (axis < 2 ? length : 1)) : x.shape;
    return dropBy(x, keepMask(shape, rate, step, path), rate);
  });
}

/** x where the mask is 1, made larger by what was dropped; zero where it is 0. */
export function dropBy(x: Tensor, mask: Tensor, rate: number): Tensor {
  return multiply(x, multiply(mask, 1 / (1 - rate)));
}

/** Zeros with probability `rate` and ones otherwise, float32. */
export function keepMask(shape: readonly number[], rate: number, step: Tensor, layer: string): Tensor {
  const columns = shape[shape.length - 1] ?? 1;
  const rows = sizeOf(shape) / columns;
  const numbers = (count: number, factor: number, as: readonly number[]) =>
    indices(
      Array.from({ length: count }, (_, k) => Number((BigInt(k + 1) * BigInt(factor)) % BigInt(prime))),
      as,
    );
  // Of the step and the layer, of the row, of the entry: a fifth power mixes each with what came before.
  const key = mixed(add(multiply(cast(step, 'int64'), scalar(1_103_515_245, 'int64')), scalar(hashOf(layer), 'int64')));
  const row = mixed(add(numbers(rows, 1_299_709, [rows, 1]), reshape(key, [1, 1])));
  const entry = mixed(add(numbers(columns, 472_882_027, [1, columns]), row));
  const kept = cast(greaterOrEqual(entry, scalar(Math.round(rate * prime), 'int64')), 'float32');
  return reshape(kept, shape);
}

function mixed(x: Tensor): Tensor {
  const remainder = (value: Tensor) => emit('Mod', [value, scalar(prime, 'int64')], { fmod: 0 });
  const base = remainder(x);
  const square = remainder(multiply(base, base));
  return remainder(multiply(remainder(multiply(square, square)), base));
}

/** FNV-1a, within 31 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % prime;
}
