/**
 * Whether a map of the plane may be believed: are its neighbours neighbours (trustworthiness), and are neighbours kept
 * together (continuity)? Venna and Kaski, ICANN 2001.
 * @module
 */
import { type Cloud, squaredDistances } from './geometry.ts';

export interface MapQuality {
  /** 1 where no stranger was brought near. */
  readonly trustworthiness: number;
  /** 1 where no neighbour was torn away. */
  readonly continuity: number;
}

/** For neighbourhoods of `k`, smaller than half the number of points. */
export function mapQuality(original: Cloud, map: Cloud, k: number): MapQuality {
  const n = original.rows;
  if (!(k >= 1 && k < n / 2))
    throw new RangeError(`mapQuality: ${k} neighbours of ${n} points are not fewer than half`);
  const high = ranks(squaredDistances(original), n);
  const low = ranks(squaredDistances(map), n);
  let [strangers, torn] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const [own, drawn] = [high[i * n + j], low[i * n + j]];
      if (drawn <= k && own > k) strangers += own - k;
      if (own <= k && drawn > k) torn += drawn - k;
    }
  }
  const scale = 2 / (n * k * (2 * n - 3 * k - 1));
  return { trustworthiness: 1 - scale * strangers, continuity: 1 - scale * torn };
}

/** `[n, n]`: of row i, the rank of each other point by distance, the nearest 1. */
function ranks(distances: Float64Array, n: number): Uint32Array {
  const out = new Uint32Array(n * n);
  for (let i = 0; i < n; i++) {
    const order = Array.from({ length: n }, (_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => distances[i * n + a] - distances[i * n + b] || a - b);
    order.forEach((j, rank) => {
      out[i * n + j] = rank + 1;
    });
  }
  return out;
}
