/**
 * Turns a measurement into classes of equal share, so that it can be told apart as classes are.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Label, SplitPart } from '../data/media.ts';
import { quantile } from '../statistics/descriptive.ts';

/** Names of classes, and the class of each row (NaN where it has no label). */
export interface ClassTargets {
  readonly classes: readonly string[];
  readonly targets: Float64Array;
}

/**
 * Cuts a numeric label at quantiles of its training rows into `bins` classes, lowest first.
 * Throws `evaluation/labels` for values that are not numbers or too few to cut.
 */
export function binNumbers(
  values: readonly (Label | undefined)[],
  parts: readonly SplitPart[],
  bins: number,
  label: string,
): ClassTargets {
  const numbers = values.map((value) => {
    if (value === undefined || typeof value === 'number') return value;
    throw new SondeError('evaluation/labels', `label '${label}' holds '${value}', so it cannot be cut into bins`, {
      hint: 'leave the option bins out',
    });
  });
  const train = numbers.filter((value, row): value is number => value !== undefined && parts[row] === 'train');
  const inner = Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins);
  const cuts = train.length === 0 ? [] : [...new Set(inner.map((share) => quantile(train, share)))];
  if (cuts.length < bins - 1 || cuts[0] <= Math.min(...train)) {
    throw new SondeError('evaluation/labels', `label '${label}' takes too few values to be cut into ${bins} bins`, {
      hint: 'ask for fewer bins',
    });
  }
  const shown = cuts.map((cut) => String(Number(cut.toPrecision(3))));
  return {
    classes: [
      `below ${shown[0]}`,
      ...shown.slice(1).map((upper, i) => `${shown[i]} to ${upper}`),
      `${shown[shown.length - 1]} and above`,
    ],
    targets: Float64Array.from(numbers, (value) =>
      value === undefined ? Number.NaN : cuts.filter((cut) => value >= cut).length,
    ),
  };
}
