/**
 * What a property of an operator draws: shapes and attributes, and the operator built on them.
 * @module
 */
import type { Random } from '../../src/base/random.ts';
import type { Shape } from '../../src/base/shape.ts';
import type { Tensor } from '../../src/graph/index.ts';
import type { Draw } from '../operator-check.ts';

export interface Drawn {
  readonly shapes: readonly Shape[];
  readonly build: (inputs: readonly Tensor[]) => Tensor | readonly Tensor[];
  /** Values of the inputs, default normal. */
  readonly draw?: Draw | readonly Draw[];
  /** Whether the operator is linear in its first input, the others held fixed: the adjoint identity is asked too. */
  readonly linear?: boolean;
  readonly tolerance?: number;
}

/** One drawing for each run. */
export type Property = (random: Random) => Drawn;

/** A whole number from `low` to `high`. */
export const between = (random: Random, low: number, high: number): number => low + random.integer(high - low + 1);

/** A shape of the ranks, lengths 1 to `longest`. */
export function anyShape(random: Random, leastRank: number, mostRank: number, longest = 4): number[] {
  return Array.from({ length: between(random, leastRank, mostRank) }, () => between(random, 1, longest));
}

/** Shapes that broadcast together. */
export function broadcastable(random: Random, count: number): number[][] {
  const full = anyShape(random, 0, 4);
  return Array.from({ length: count }, () =>
    full.map((length) => (random.bernoulli(0.3) ? 1 : length)).slice(between(random, 0, full.length)),
  );
}

/** Some of the axes, at least one. */
export function someAxes(random: Random, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const chosen = axes.filter(() => random.bernoulli());
  return chosen.length > 0 ? chosen : [random.integer(rank)];
}

export const positions = (random: Random, count: number, length: number): number[] =>
  Array.from({ length: count }, () => random.integer(length));
