/**
 * Shortens a tap's activation to about a given number of features, keeping the layout of space and time coarsely:
 * adaptive pooling to a small grid, as the per-layer linear probes of the literature do (their sizes, about 9 000 a
 * layer, are those of Zhang et al., "Colorful image colorization", ECCV 2016, and of RotNet).
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, type Shape, sizeOf } from '../base/shape.ts';

/** Features a tap, by preset: as in the papers, and for minutes on a CPU. */
export const poolingTargets = { paper: 9216, lab: 1024 } as const;

export interface PoolingPlan {
  /** Shape of one activation, `[C, …grid]`. */
  readonly shape: Shape;
  /** Cells along each axis after the channels. */
  readonly grid: readonly number[];
  /** Channels times cells. */
  readonly dimensions: number;
  readonly kind: 'average' | 'max';
}

/**
 * The grid whose features come closest to `target`: all axes shrink in proportion, none below one cell, none above its
 * length. With a target of 9216 it gives the grids of the papers (12 × 12 for 64 channels, 7 × 7 for 192, 5 × 5 for
 * 384, 6 × 6 for 256). For activations `[C]`, `[C, L]`, `[C, H, W]` and `[C, T, H, W]`.
 */
export function planPooling(
  shape: Shape,
  target: number = poolingTargets.lab,
  kind: PoolingPlan['kind'] = 'average',
): PoolingPlan {
  if (shape.length < 1 || shape.length > 4 || shape.some((length) => !(length >= 1))) {
    throw new SondeError('shape/mismatch', `an activation of shape ${formatShape(shape)} cannot be pooled`, {
      expected: '[C], [C, L], [C, H, W] or [C, T, H, W]',
    });
  }
  const [channels, ...axes] = shape;
  let grid = axes.map(() => 1);
  // Every grid on the way from one cell to full resolution, one step of the longest axis at a time.
  const longest = Math.max(1, ...axes);
  for (let step = 1; step <= longest; step++) {
    const candidate = axes.map((length) => Math.max(1, Math.round((length * step) / longest)));
    const gap = Math.abs(channels * sizeOf(candidate) - target);
    if (gap < Math.abs(channels * sizeOf(grid) - target)) grid = candidate;
  }
  return { shape, grid, dimensions: channels * sizeOf(grid), kind };
}

/**
 * Pools `rows` activations, row-major `[rows, C, …]`, to `[rows, dimensions]`. Cell i of n covers the positions
 * ⌊i·L/n⌋ … ⌈(i+1)·L/n⌉ − 1 of an axis of length L, as adaptive pooling does elsewhere.
 */
export function poolActivations(activations: Float32Array, rows: number, plan: PoolingPlan): Float32Array {
  const { shape, grid, dimensions, kind } = plan;
  const size = sizeOf(shape);
  if (activations.length !== rows * size) {
    throw new SondeError('shape/mismatch', `activations do not fit ${rows} rows of ${formatShape(shape)}`, {
      expected: `${rows * size} numbers`,
      found: String(activations.length),
    });
  }
  const channels = shape[0];
  const depth = shape.length > 3 ? shape[1] : 1;
  const spatial = shape.slice(Math.max(1, shape.length - 2));
  const [height, width] = [spatial[0] ?? 1, spatial[1] ?? 1];
  const cells = [...new Array<number>(3 - grid.length).fill(1), ...grid];
  // A one-dimensional axis `[C, L]` lies along the height.
  if (grid.length === 1) [cells[1], cells[2]] = [grid[0], 1];
  const bounds = [depth, height, width].map((length, axis) => cellBounds(length, cells[axis]));
  const out = new Float32Array(rows * dimensions);
  let o = 0;
  for (let plane = 0; plane < rows * channels; plane++) {
    const base = plane * depth * height * width;
    for (const [t0, t1] of bounds[0]) {
      for (const [y0, y1] of bounds[1]) {
        for (const [x0, x1] of bounds[2]) {
          let sum = 0;
          let most = Number.NEGATIVE_INFINITY;
          for (let t = t0; t < t1; t++) {
            for (let y = y0; y < y1; y++) {
              const line = base + (t * height + y) * width;
              for (let x = x0; x < x1; x++) {
                const value = activations[line + x];
                sum += value;
                if (value > most) most = value;
              }
            }
          }
          out[o++] = kind === 'max' ? most : sum / ((t1 - t0) * (y1 - y0) * (x1 - x0));
        }
      }
    }
  }
  return out;
}

function cellBounds(length: number, cells: number): [number, number][] {
  return Array.from({ length: cells }, (_, i) => [
    Math.floor((i * length) / cells),
    Math.ceil(((i + 1) * length) / cells),
  ]);
}
