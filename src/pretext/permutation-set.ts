/**
 * Sets of orders that are far from each other, for puzzles whose answer is the number of an order. Algorithm 1 of
 * Noroozi and Favaro, "Unsupervised learning of visual representations by solving jigsaw puzzles", ECCV 2016: from a
 * first order at random, the candidate farthest from those already chosen is added again and again. Distance is
 * Hamming's: the number of places that hold another tile.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';

/**
 * How far a candidate is from a set: `max_min` takes the nearest member (well separated sets, the default of every
 * method here), `max_avg` the mean over members (the paper's, which in large sets is no better than chance), `random`
 * chooses without looking.
 */
export type PermutationRule = 'max_min' | 'max_avg' | 'random';

export interface PermutationSet {
  readonly rule: PermutationRule;
  /** `orders[k][place]` is the tile that lies at `place` when the answer is k. */
  readonly orders: readonly (readonly number[])[];
  /** Over all pairs of the set; 0 for a single order. */
  readonly meanDistance: number;
  readonly smallestDistance: number;
}

export interface PermutationSetOptions {
  /** Number of tiles in one order, 2 to 255. */
  readonly tiles: number;
  /** Number of orders. */
  readonly count: number;
  readonly rule?: PermutationRule;
  /** Beyond 9 tiles candidates are drawn at random, this many, instead of listing every order. */
  readonly candidates?: number;
}

const listedUpTo = 9;

/**
 * Chooses `count` different orders of `tiles` tiles. One pass over all candidates for each order chosen: 1000 of the
 * 362 880 orders of 9 tiles take a few seconds.
 *
 * Throws `usage` where there are not that many orders.
 */
export function permutationSet(
  { tiles, count, rule = 'max_min', candidates = 20_000 }: PermutationSetOptions,
  random: Random,
): PermutationSet {
  const pool = tiles <= listedUpTo ? allOrders(tiles) : drawnOrders(tiles, Math.max(candidates, count), random);
  const available = pool.length / tiles;
  if (count < 1 || count > available) {
    throw new SondeError('usage', `${tiles} tiles have ${available} orders, and ${count} are asked for`, {
      hint: `choose between 1 and ${available}`,
    });
  }
  const chosen = rule === 'random' ? anyOf(available, count, random) : farthest(pool, tiles, count, rule, random);
  const orders = chosen.map((k) => Array.from(pool.subarray(k * tiles, (k + 1) * tiles)));
  return { rule, orders, ...distances(orders) };
}

/** The number of places at which two orders hold different tiles. */
export function hammingDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let distance = 0;
  for (let place = 0; place < a.length; place++) if (a[place] !== b[place]) distance++;
  return distance;
}

/** As people count: the first is 1. */
export const orderName = (order: readonly number[]): string => order.map((tile) => tile + 1).join(' ');

/** The order that undoes one: `inverse[tile]` is the place where the tile lies. */
export function inverseOrder(order: readonly number[]): number[] {
  const inverse = new Array<number>(order.length);
  order.forEach((tile, place) => {
    inverse[tile] = place;
  });
  return inverse;
}

/** Every order of 0 … n − 1 one after another, lexicographically. */
function allOrders(n: number): Uint8Array {
  let count = 1;
  for (let i = 2; i <= n; i++) count *= i;
  const out = new Uint8Array(count * n);
  const order = Uint8Array.from({ length: n }, (_, i) => i);
  for (let k = 0; k < count; k++) {
    out.set(order, k * n);
    advance(order);
  }
  return out;
}

/** The next order lexicographically, in place. */
function advance(order: Uint8Array): void {
  let falling = order.length - 1;
  while (falling > 0 && order[falling - 1] > order[falling]) falling--;
  if (falling === 0) return;
  let larger = order.length - 1;
  while (order[larger] < order[falling - 1]) larger--;
  [order[falling - 1], order[larger]] = [order[larger], order[falling - 1]];
  order.subarray(falling).reverse();
}

function drawnOrders(tiles: number, count: number, random: Random): Uint8Array {
  const out = new Uint8Array(count * tiles);
  const seen = new Set<string>();
  while (seen.size < count) {
    const order = random.permutation(tiles);
    const name = order.join();
    if (seen.has(name)) continue;
    out.set(order, seen.size * tiles);
    seen.add(name);
  }
  return out;
}

function anyOf(available: number, count: number, random: Random): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.integer(available));
  return [...chosen];
}

/** The sum or the minimum of the distances to what is chosen is kept for every candidate and updated with each choice. */
function farthest(
  pool: Uint8Array,
  tiles: number,
  count: number,
  rule: 'max_min' | 'max_avg',
  random: Random,
): number[] {
  const available = pool.length / tiles;
  const far = new Int32Array(available).fill(rule === 'max_min' ? tiles + 1 : 0);
  const chosen = [random.integer(available)];
  while (chosen.length < count) {
    const last = chosen[chosen.length - 1];
    const member = pool.slice(last * tiles, (last + 1) * tiles);
    far[last] = -1;
    let best = -1;
    for (let k = 0, at = 0; k < available; k++, at += tiles) {
      if (far[k] < 0) continue;
      let distance = 0;
      for (let place = 0; place < tiles; place++) if (pool[at + place] !== member[place]) distance++;
      if (rule === 'max_avg') far[k] += distance;
      else if (distance < far[k]) far[k] = distance;
      if (best < 0 || far[k] > far[best]) best = k;
    }
    chosen.push(best);
  }
  return chosen;
}

function distances(orders: readonly (readonly number[])[]): Pick<PermutationSet, 'meanDistance' | 'smallestDistance'> {
  let sum = 0;
  let pairs = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let a = 0; a < orders.length; a++) {
    for (let b = 0; b < a; b++, pairs++) {
      const distance = hammingDistance(orders[a], orders[b]);
      sum += distance;
      if (distance < smallest) smallest = distance;
    }
  }
  return pairs === 0
    ? { meanDistance: 0, smallestDistance: 0 }
    : { meanDistance: sum / pairs, smallestDistance: smallest };
}
