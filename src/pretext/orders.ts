/**
 * Every order of a few things, for puzzles that ask among all of them.
 * @module
 */

/** All permutations of 0 … count − 1 in lexicographic order; `order[place]` is the thing that lies there. */
export function allOrders(count: number): number[][] {
  const arrange = (left: readonly number[]): number[][] =>
    left.length === 0
      ? [[]]
      : left.flatMap((thing) => arrange(left.filter((other) => other !== thing)).map((rest) => [thing, ...rest]));
  return arrange(Array.from({ length: count }, (_, thing) => thing));
}
