/**
 * Rearrangements, entry by entry.
 * @module
 */
import { flatIndex, type Kernel, tabulate } from './values.ts';

const split: Kernel<{ axis: number; lengths: readonly number[] }> = ([x], { axis, lengths }) => {
  let start = 0;
  return lengths.map((length) => {
    const from = start;
    start += length;
    return tabulate(
      x.shape.map((n, k) => (k === axis ? length : n)),
      (index) => {
        const source = index.map((i, k) => (k === axis ? i + from : i));
        return x.data[flatIndex(x.shape, source)];
      },
    );
  });
};

const tile: Kernel<{ repeats: readonly number[] }> = ([x], { repeats }) =>
  tabulate(
    x.shape.map((n, k) => n * repeats[k]),
    (index) => {
      const source = index.map((i, k) => i % x.shape[k]);
      return x.data[flatIndex(x.shape, source)];
    },
  );

const depthToSpace: Kernel<{ blocksize: number; mode: string }> = ([x], { blocksize: r, mode }) => {
  const [batch, channels, height, width] = x.shape;
  const count = channels / (r * r);
  return tabulate([batch, count, height * r, width * r], ([n, c, h, w]) => {
    const place = (h % r) * r + (w % r);
    const channel = mode === 'CRD' ? c * r * r + place : place * count + c;
    return x.data[flatIndex(x.shape, [n, channel, Math.floor(h / r), Math.floor(w / r)])];
  });
};

const spaceToDepth: Kernel<{ blocksize: number }> = ([x], { blocksize: r }) => {
  const [batch, channels, height, width] = x.shape;
  return tabulate([batch, channels * r * r, height / r, width / r], ([n, channel, h, w]) => {
    const place = Math.floor(channel / channels);
    const source = [n, channel % channels, h * r + Math.floor(place / r), w * r + (place % r)];
    return x.data[flatIndex(x.shape, source)];
  });
};

const triangle: Kernel<{ upper: number; k: number }> = ([x], { upper, k }) =>
  tabulate(x.shape, (index) => {
    const [row, column] = index.slice(-2);
    const kept = upper ? column - row >= k : column - row <= k;
    return kept ? x.data[flatIndex(x.shape, index)] : 0;
  });

export const rearrangementKernels: Record<string, Kernel> = {
  Split: split,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: triangle,
};
