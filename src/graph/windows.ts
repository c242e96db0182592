/**
 * Windows sliding over padded axes: the arithmetic convolution and pooling share.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape } from '../base/shape.ts';

export interface WindowGeometry {
  readonly strides: readonly number[];
  /** Before each axis, then after each. */
  readonly pads: readonly number[];
  readonly dilations?: readonly number[];
}

/** How many positions a window takes along each axis. */
export function windowCounts(
  lengths: readonly number[],
  kernel: readonly number[],
  { strides, pads, dilations = kernel.map(() => 1) }: WindowGeometry,
): number[] {
  const rank = lengths.length;
  return lengths.map((length, i) => {
    const room = length + pads[i] + pads[i + rank] - dilations[i] * (kernel[i] - 1) - 1;
    if (room < 0) {
      throw new SondeError('shape/mismatch', `a kernel of ${formatShape(kernel)} is larger than its padded input`, {
        hint: 'use a larger input, a smaller kernel or more padding',
      });
    }
    return Math.floor(room / strides[i]) + 1;
  });
}
