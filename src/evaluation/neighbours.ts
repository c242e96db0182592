/**
 * Classes by the votes of the nearest neighbours on the sphere of directions.
 * @module
 */
import type { MatrixProduct } from './matrix-product.ts';

/** Vectors of length 1, one a row: row-major `[count, columns]`. */
export interface Directions {
  readonly count: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/**
 * Shares of the votes for each class, row-major `[queries, classes]`, for every number of neighbours asked for: each of
 * the `k` most similar rows of the gallery votes with weight `exp(cosine / temperature)` (Wu et al., "Unsupervised
 * feature learning via non-parametric instance discrimination", CVPR 2018). Equal cosines go by the gallery's order.
 */
export async function voteOfNeighbours(
  gallery: Directions,
  galleryClasses: ArrayLike<number>,
  queries: Directions,
  classes: number,
  { neighbours, temperature }: { readonly neighbours: readonly number[]; readonly temperature: number },
  product: MatrixProduct,
): Promise<Float64Array[]> {
  const most = Math.min(gallery.count, Math.max(...neighbours));
  const cosines = await product(queries.data, gallery.data, queries.count, gallery.count, queries.columns);
  const votes = neighbours.map(() => new Float64Array(queries.count * classes));
  const order = new Int32Array(gallery.count);
  for (let query = 0; query < queries.count; query++) {
    const own = cosines.subarray(query * gallery.count, (query + 1) * gallery.count);
    for (let i = 0; i < order.length; i++) order[i] = i;
    order.sort((a, b) => own[b] - own[a] || a - b);
    const running = new Float64Array(classes);
    let total = 0;
    for (let rank = 0; rank < most; rank++) {
      // Against the nearest, so that no weight overflows; shares are the same.
      const weight = Math.exp((own[order[rank]] - own[order[0]]) / temperature);
      running[galleryClasses[order[rank]]] += weight;
      total += weight;
      neighbours.forEach((k, which) => {
        if (rank + 1 !== Math.min(k, most)) return;
        for (let c = 0; c < classes; c++) votes[which][query * classes + c] = running[c] / total;
      });
    }
  }
  return votes;
}

/** Whether the true class is among the `top` classes with most votes, one a query: 1 or 0. Equals go to the lower code. */
export function amongTop(votes: Float64Array, truth: ArrayLike<number>, classes: number, top: number): Uint8Array {
  return Uint8Array.from(truth, (target, query) => {
    const own = votes.subarray(query * classes, (query + 1) * classes);
    let better = 0;
    for (let c = 0; c < classes; c++) if (own[c] > own[target] || (own[c] === own[target] && c < target)) better++;
    return better < top ? 1 : 0;
  });
}
