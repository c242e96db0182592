/**
 * Interleaving of partial results along spatial axes: what is computed for each residue of a stride is woven together.
 * @module
 */
import { concat, reshape, transpose } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/**
 * `result[…, q·s + r, …] = parts[r][…, q, …]` on all spatial axes at once.
 *
 * @param parts one tensor a residue, residues counted row-major over the spatial axes; all of one shape `[N, C, …]`
 */
export function interleave(parts: readonly Tensor[], strides: readonly number[]): Tensor {
  const [{ shape }] = parts;
  if (parts.length === 1) return parts[0];
  const rank = strides.length;
  const stacked = concat(
    parts.map((part) => reshape(part, [1, ...shape])),
    0,
  );
  // [s…, N, C, n…] → [N, C, n, s, n, s, …]
  const split = reshape(stacked, [...strides, ...shape]);
  const order = [rank, rank + 1];
  for (let axis = 0; axis < rank; axis++) order.push(rank + 2 + axis, axis);
  const woven = transpose(split, order);
  return reshape(woven, [shape[0], shape[1], ...strides.map((stride, i) => stride * shape[i + 2])]);
}
