/**
 * How a convolution along depth is made of few convolutions of single slices: slices are combined, convolved with
 * combined kernels, and combined again.
 * @module
 */
import { type FastCorrelation, fastCorrelation, type Matrix, mostPoints } from './toom-cook.ts';

/** The depth axis of a convolution. */
export interface DepthAxis {
  readonly length: number;
  readonly taps: number;
  readonly outputs: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/**
 * Each of `tiles` has `products` convolutions, each of `parts` slices side by side.
 * `parts · products · tiles` slices are convolved in all.
 */
export interface DepthPlan {
  readonly tiles: number;
  readonly products: number;
  readonly parts: number;
  /** `[tiles · products · parts, length]`: the combined slices. */
  readonly input: Matrix;
  /** `[products · parts, taps]`: the combined kernels. */
  readonly kernel: Matrix;
  /** `[outputs, tiles · products]`; ones in the first product of every tile. `undefined`: the products are the outputs. */
  readonly output: Matrix | undefined;
}

/** The plan of the fewest slices; of equal ones the simplest. */
export function planDepth(axis: DepthAxis): DepthPlan {
  const plans = [direct(axis)];
  if (axis.stride === 1 && axis.dilation === 1) {
    if (axis.length + axis.outputs - 1 <= mostPoints) plans.push(byLength(axis));
    for (let taps = 2; taps <= axis.taps; taps++) {
      const most = Math.min(axis.outputs, mostPoints + 1 - taps);
      for (let outputs = 2; outputs <= most; outputs++) plans.push(tiled(axis, outputs, taps));
    }
  }
  const cost = ({ tiles, products, parts }: DepthPlan) => tiles * products * parts;
  return plans.reduce((best, plan) => (cost(plan) < cost(best) ? plan : best));
}

function matrix(rows: number, columns: number, entry: (row: number, column: number) => number): Matrix {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => entry(row, column)));
}

/** The slices that each output meets, side by side; taps that meet nothing but padding are left out. */
function direct({ length, taps, outputs, stride, dilation, before }: DepthAxis): DepthPlan {
  const met = (output: number, tap: number) => output * stride - before + tap * dilation;
  const used = Array.from({ length: taps }, (_, tap) => tap).filter((tap) =>
    Array.from({ length: outputs }, (_, output) => met(output, tap)).some((i) => i >= 0 && i < length),
  );
  const kept = used.length === 0 ? [0] : used;
  const parts = kept.length;
  return {
    tiles: outputs,
    products: 1,
    parts,
    input: matrix(outputs * parts, length, (row, i) => Number(met(Math.floor(row / parts), kept[row % parts]) === i)),
    kernel: matrix(parts, taps, (part, tap) => Number(kept[part] === tap)),
    output: undefined,
  };
}

/** Tiles of outputs, the taps in parts that share the points. */
function tiled({ length, taps, outputs, before }: DepthAxis, tile: number, together: number): DepthPlan {
  const fast = fastCorrelation(tile, together);
  const products = fast.input.length;
  const parts = Math.ceil(taps / together);
  const tiles = Math.ceil(outputs / tile);
  return {
    tiles,
    products,
    parts,
    input: matrix(tiles * products * parts, length, (row, i) => {
      const part = row % parts;
      const product = Math.floor(row / parts) % products;
      const first = Math.floor(row / (parts * products)) * tile - before + part * together;
      return fast.input[product][i - first] ?? 0;
    }),
    kernel: matrix(products * parts, taps, (row, tap) => {
      return fast.kernel[Math.floor(row / parts)][tap - (row % parts) * together] ?? 0;
    }),
    output: outputMatrix(outputs, tiles, tile, fast, (within) => within),
  };
}

/** For few slices: the slices take the place of the taps, and every output counts them back to front. */
function byLength({ length, taps, outputs, before }: DepthAxis): DepthPlan {
  const fast = fastCorrelation(outputs, length);
  const products = fast.input.length;
  return {
    tiles: 1,
    products,
    parts: 1,
    input: fast.kernel,
    // Output d meets slice i through tap i − d + before: entry i + (outputs − 1 − d) of the kernel with zeros around.
    kernel: matrix(products, taps, (product, tap) => fast.input[product][tap - before + outputs - 1] ?? 0),
    output: outputMatrix(outputs, 1, outputs, fast, (within) => outputs - 1 - within),
  };
}

function outputMatrix(
  outputs: number,
  tiles: number,
  tile: number,
  { output }: FastCorrelation,
  order: (within: number) => number,
): Matrix {
  const products = output.length;
  return matrix(outputs, tiles * products, (row, column) => {
    const own = Math.floor(row / tile) === Math.floor(column / products);
    return own ? output[column % products][order(row % tile)] : 0;
  });
}
