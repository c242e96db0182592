/**
 * Results of protocols that find places (masks, boxes, points) rather than name items: what all of them say.
 * @module
 */
import { countExamples, type Examples } from './examples.ts';
import type { ProbeResult, TapScore } from './probe-result.ts';
import type { IntervalOptions, NetworkInput } from './protocols/protocol.ts';

export interface Found {
  readonly protocol: string;
  readonly label: string;
  readonly measure: ProbeResult['measure'];
  readonly classes: readonly string[];
  readonly examples: Examples;
  readonly notes: readonly string[];
  readonly taps: readonly TapScore[];
}

/** Nothing is found by guessing. */
export function placeResult(
  { encoder }: Pick<NetworkInput, 'encoder'>,
  { level, resamples, seed }: IntervalOptions,
  { examples, notes, taps, ...named }: Found,
): ProbeResult {
  return {
    version: 1,
    ...named,
    chance: 0,
    encoder,
    counts: countExamples(examples),
    interval: { method: 'bootstrap over patients', level, resamples, seed },
    notes,
    taps,
  };
}
