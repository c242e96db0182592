/**
 * Retrieval: how many of a gallery come before the first that is wanted.
 * @module
 */
import type { MatrixProduct } from './matrix-product.ts';
import type { Directions } from './neighbours.ts';

/**
 * For every query, how many entries of the gallery are more similar (by cosine) than the most similar wanted one; ∞ where
 * none is wanted. Equal cosines go by the gallery's order.
 *
 * @param wanted whether an entry is what a query looks for; `undefined` where the entry is not in this query's gallery
 */
export async function firstHits(
  gallery: Directions,
  queries: Directions,
  wanted: (entry: number, query: number) => boolean | undefined,
  product: MatrixProduct,
): Promise<Float64Array> {
  const { count, columns } = gallery;
  const cosines = await product(queries.data, gallery.data, queries.count, count, columns);
  return Float64Array.from({ length: queries.count }, (_, query) => {
    const own = cosines.subarray(query * count, (query + 1) * count);
    let best = -1;
    for (let entry = 0; entry < count; entry++) {
      if (wanted(entry, query) === true && (best < 0 || own[entry] > own[best])) best = entry;
    }
    if (best < 0) return Number.POSITIVE_INFINITY;
    let before = 0;
    for (let entry = 0; entry < count; entry++) {
      if (wanted(entry, query) === undefined || entry === best) continue;
      if (own[entry] > own[best] || (own[entry] === own[best] && entry < best)) before++;
    }
    return before;
  });
}
