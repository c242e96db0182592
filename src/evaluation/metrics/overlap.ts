/**
 * How far two masks cover each other.
 * @module
 */

export interface Overlap {
  /** 2 |A ∩ B| / (|A| + |B|); NaN where both are empty. */
  readonly dice: number;
  /** |A ∩ B| / |A ∪ B|; NaN where both are empty. */
  readonly iou: number;
}

/** Of the places that hold `code` in two arrays of class numbers of the same shape. */
export function overlapOf(truth: ArrayLike<number>, answer: ArrayLike<number>, code: number): Overlap {
  let both = 0;
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const [a, b] = [truth[i] === code, answer[i] === code];
    if (a && b) both++;
    total += (a ? 1 : 0) + (b ? 1 : 0);
  }
  return { dice: (2 * both) / total, iou: both / (total - both) };
}
