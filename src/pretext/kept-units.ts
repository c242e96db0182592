/**
 * Dropout in a method's head. Which units are kept is drawn with the sample and fed as an input, so that a graph stays pure
 * and a resumed run drops the same ones.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import { split } from '../graph/layout.ts';
import { reshape } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { dropBy } from '../nn/layers/dropout.ts';
import type { Scope } from '../nn/parameters.ts';
import { type HostArray, hostArray } from '../tensor/host-array.ts';
import type { InputSpec } from './method.ts';

export const dropoutField = z.number().min(0).max(0.9).default(0);

/** The input `keptUnits` of a sample: 0 for units that are left out; none where nothing is dropped. */
export function drawKeptUnits(random: Random, count: number, rate: number): Record<string, HostArray> {
  if (rate === 0) return {};
  const kept = Float32Array.from({ length: count }, () => (random.bernoulli(rate) ? 0 : 1));
  return { keptUnits: hostArray('float32', [count], kept) };
}

export function keptUnitsSpec(count: number, rate: number): Record<string, InputSpec> {
  return rate === 0 ? {} : { keptUnits: { dtype: 'float32', shape: [count] } };
}

/**
 * What drops units of layers, one function a layer, as wide as `widths` say; in evaluation they change nothing.
 *
 * @param kept the input `keptUnits` of the batch, `[B, …]`: rows of all the layers' units side by side
 */
export function unitDrops(
  scope: Scope,
  kept: Tensor | undefined,
  rate: number,
  widths: readonly number[],
): readonly ((x: Tensor) => Tensor)[] {
  if (kept === undefined || !scope.training) return widths.map(() => (x) => x);
  const units = widths.reduce((sum, width) => sum + width, 0);
  const rows = reshape(kept, [sizeOf(kept.shape) / units, units]);
  return split(rows, widths, 1).map((mask) => (x) => dropBy(x, mask, rate));
}
