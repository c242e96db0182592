/**
 * What a check says of an item.
 * @module
 */

export type CheckName = 'black' | 'frozen' | 'freeze' | 'repeats' | 'cut' | 'clipped' | 'text' | 'colour';

export interface Finding {
  readonly check: CheckName;
  /** `warning` asks for a decision; `note` is good to know. */
  readonly severity: 'warning' | 'note';
  /** What was found, in words that follow the item's name: `frames 12 to 30 are all the same`. */
  readonly text: string;
}

/** `frame 3` or `frames 3 to 7`, counted from 1 as people do. */
export function framesFrom(first: number, last: number): string {
  return first === last ? `frame ${first + 1}` : `frames ${first + 1} to ${last + 1}`;
}

export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return 'less than 0.1 %';
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}
