/**
 * p values adjusted for how many were looked at.
 * @module
 */

/** Holm's step-down adjustment: reject where the result is at most α and no false rejection at all is likelier than α. */
export function adjustHolm(p: ArrayLike<number>): number[] {
  const order = ascending(p);
  const adjusted = new Array<number>(p.length);
  let largest = 0;
  order.forEach((index, i) => {
    largest = Math.max(largest, Math.min(1, (order.length - i) * p[index]));
    adjusted[index] = largest;
  });
  return adjusted;
}

/** Benjamini and Hochberg's step-up adjustment: the share of false ones among rejections is at most α on average. */
export function adjustBenjaminiHochberg(p: ArrayLike<number>): number[] {
  const order = ascending(p);
  const adjusted = new Array<number>(p.length);
  let smallest = 1;
  for (let i = order.length - 1; i >= 0; i--) {
    smallest = Math.min(smallest, (order.length * p[order[i]]) / (i + 1));
    adjusted[order[i]] = smallest;
  }
  return adjusted;
}

function ascending(p: ArrayLike<number>): number[] {
  for (let i = 0; i < p.length; i++) {
    if (!(p[i] >= 0 && p[i] <= 1)) throw new RangeError(`p values lie in [0, 1], got ${p[i]}`);
  }
  return Array.from({ length: p.length }, (_, i) => i).sort((a, b) => p[a] - p[b]);
}
