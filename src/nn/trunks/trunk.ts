/**
 * A trunk is the network that is kept: it turns pictures into features and names a tap at every stage.
 * @module
 */
import type { z } from 'zod';
import type { Tensor } from '../../graph/tensor.ts';
import type { Scope } from '../parameters.ts';

export interface TrunkOutput {
  /** The last map, `[B, C, …]`. */
  readonly map: Tensor;
  /** The head's input, `[B, F]`. */
  readonly features: Tensor;
  /** Every stage from first to last. */
  readonly taps: Readonly<Record<string, Tensor>>;
  /** Maps of two halves that never see each other, where a trunk is made of such. */
  readonly halves?: readonly [first: Tensor, second: Tensor];
}

export interface Trunk<O = unknown> {
  readonly id: string;
  readonly title: string;
  readonly paper: string;
  /** Spatial rank: 2 for `[B, C, H, W]`, 3 for `[B, C, T, H, W]` and `[B, C, D, H, W]`. */
  readonly rank: 2 | 3;
  /** Channels a picture must have at the least. Default 1. */
  readonly fewestChannels?: number;
  readonly options: z.ZodType<O>;
  /** Named settings; `paper` is the published one, `tiny` fits a processor and minutes. */
  readonly presets: Readonly<Record<string, Partial<O>>>;
  /** Parameter whose filters a person can look at, e.g. `stem.weight`. */
  readonly firstFilters: string;
  build(scope: Scope, x: Tensor, options: O): TrunkOutput;
}

/** Keeps the option type while a trunk is written, and gives it the common type afterwards. */
export function defineTrunk<O>(trunk: Trunk<O>): Trunk {
  return trunk as unknown as Trunk;
}
