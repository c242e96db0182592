/**
 * What a network is trained for: a head on its taps, what is fed, and what it is told.
 * @module
 */
import type { Tensor } from '../../graph/tensor.ts';
import type { Scope } from '../../nn/parameters.ts';
import type { InputSpec } from '../../pretext/method.ts';
import type { HostArray } from '../../tensor/host-array.ts';

/** What a head is given. */
export interface HeadParts {
  /** Tapped maps, `[B, C, …]` or `[B, F]`. */
  readonly taps: Readonly<Record<string, Tensor>>;
  /** The pictures themselves, `[B, C, H, W]` or `[B, C, T, H, W]`. */
  readonly pictures: Tensor;
  /** What is fed beside the pictures. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Absent while the network answers. */
  readonly targets: Readonly<Record<string, Tensor>> | undefined;
  readonly scope: Scope;
}

export interface HeadOutput {
  /** What the network answers, a row (or map) an input. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Present where there are targets. */
  readonly loss?: Tensor;
}

/** A head and what it learns from. Shapes are of one example. */
export interface FitTask {
  readonly taps: readonly string[];
  readonly inputs?: Readonly<Record<string, InputSpec>>;
  readonly targets: Readonly<Record<string, InputSpec>>;
  head(parts: HeadParts): HeadOutput;
  /** First values of weights of the head that come from elsewhere, by name below the head. */
  readonly given?: ReadonlyMap<string, HostArray>;
}

/** Name of the pictures among a batch's arrays. */
export const picturesInput = 'pictures';
