/**
 * What a map explains: one number for each input, which can be asked for again, differentiated, and asked of the same
 * network with some of its weights shuffled.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import type { Attentions } from './attention.ts';

/** How one input lies in memory: `[views, channels, frames, height, width]`; pictures have one frame, most tasks one view. */
export interface InputLayout {
  readonly views: number;
  readonly channels: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/** Activations of a tap and the slopes of the numbers with respect to them, `[n · views, C, …]`. */
export interface TapSlopes {
  readonly shape: readonly number[];
  readonly activations: Float32Array;
  readonly slopes: Float32Array;
}

export interface AttributionTarget {
  /** As captions call it: `the logit of the right turn`. */
  readonly name: string;
  readonly layout: InputLayout;
  /** Inputs at once; `values` and `gradients` take that many. */
  readonly batch: number;
  /** Taps with maps, first layer to last. */
  readonly taps: readonly string[];
  /** Cells of each tap's map along frames, rows and columns. */
  readonly mapSizes: Readonly<Record<string, readonly number[]>>;
  /** Why there is no attention to show, as the end of a sentence; `undefined` where there is. */
  readonly unattended: string | undefined;
  values(data: Float32Array): Promise<Float32Array>;
  /** Slopes of each number with respect to its own input, laid out like the input. */
  gradients(data: Float32Array): Promise<{ readonly values: Float32Array; readonly gradients: Float32Array }>;
  tapSlopes(tap: string, data: Float32Array): Promise<TapSlopes>;
  /** What tokens take from one another in every layer. Throws `graph/unsupported` where there is no attention to show. */
  attentions(data: Float32Array): Promise<Attentions>;
  /** The same question to the same network with the last `share` of its weight tensors shuffled. */
  shuffled(share: number): Promise<AttributionTarget>;
  release(): Promise<void>;
}

/**
 * How an input of a network of 2-D or 3-D pictures lies: further axes in front are views (tiles, frames of a tuple, turns).
 * Throws `shape/mismatch` for shapes with fewer axes than such a picture has.
 */
export function layoutOf(shape: readonly number[], rank: 2 | 3): InputLayout {
  const own = shape.slice(-(rank + 1));
  if (own.length < rank + 1) {
    throw new SondeError('shape/mismatch', `an input of shape [${shape.join(', ')}] is no picture of ${rank} axes`);
  }
  const [channels, ...spatial] = own;
  const [frames, height, width] = rank === 3 ? spatial : [1, ...spatial];
  const views = shape.slice(0, -(rank + 1)).reduce((product, length) => product * length, 1);
  return { views, channels, frames, height, width };
}

export function inputLength({ views, channels, frames, height, width }: InputLayout): number {
  return views * channels * frames * height * width;
}

/** Positions of one map: a value for each place of each frame of each view. */
export function mapLength({ views, frames, height, width }: InputLayout): number {
  return views * frames * height * width;
}

/**
 * Weight tensors with two axes or more from the last on, as many as `share` says, each with its own numbers in another
 * order: the same spread, nothing learned. Adebayo et al., "Sanity checks for saliency maps", NeurIPS 2018.
 */
export function withShuffledWeights<K>(
  weights: ReadonlyMap<K, HostArray>,
  share: number,
  seed: string | number,
): Map<K, HostArray> {
  const entries = [...weights];
  const learned = entries.flatMap(([, value], i) => (value.shape.length >= 2 ? [i] : []));
  const chosen = new Set(learned.slice(learned.length - Math.ceil(share * learned.length)));
  const random = new Random(seed).split('shuffled weights');
  return new Map(
    entries.map(([key, value], i): [K, HostArray] => {
      if (!chosen.has(i)) return [key, value];
      const order = random.split(i).permutation(value.data.length);
      const data = value.data.slice() as typeof value.data;
      for (let k = 0; k < order.length; k++) data[k] = value.data[order[k]];
      return [key, { ...value, data } as HostArray];
    }),
  );
}
