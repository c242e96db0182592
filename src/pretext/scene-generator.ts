/**
 * Clips out of noise, or out of their first frame: a moving foreground through a mask over a background that stands still.
 * Vondrick, Pirsiavash and Torralba, NIPS 2016: x = m f + (1 − m) b, with the released main.lua and main_conditional.lua.
 * Values from 0 to 1 where the paper has −1 to 1.
 * @module
 */
import { convolutionTranspose } from '../graph/operators/convolution.ts';
import { add, multiply, relu, reshape, sigmoid, subtract } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { normalInitialiser } from '../nn/initialisers.ts';
import { batchNorm } from '../nn/layers/batch-norm.ts';
import { convolutionLayer, zeroBias } from '../nn/layers/convolution.ts';
import type { Scope } from '../nn/parameters.ts';

/** Side of the first map; each later one has twice the side and half the channels. */
const firstSide = 4;

export interface SceneSize {
  readonly frames: number;
  readonly size: number;
  readonly channels: number;
  /** Channels before the last layer. */
  readonly width: number;
  readonly streams: 'two' | 'one';
}

export interface Scene {
  /** `[B, C, T, S, S]`. */
  readonly clip: Tensor;
  /** `[B, 1, T, S, S]`; absent with one stream. */
  readonly mask?: Tensor;
  /** `[B, C, 1, S, S]`; absent with one stream. */
  readonly background?: Tensor;
}

/** How often the first map is doubled to reach the size. */
export function doublings(size: number): number {
  return Math.log2(size / firstSide);
}

/** @param source noise `[B, Z]`, or a still frame `[B, C, S, S]`, which a network of its own encodes */
export function generateScene(scope: Scope, source: Tensor, wanted: SceneSize): Scene {
  const { frames, size, channels, streams } = wanted;
  const [batch] = source.shape;
  const frame = source.shape.length > 2 ? encodeFrame(scope.child('encoder'), source, wanted) : undefined;
  const depth = frames / 2 ** doublings(size);
  const moving = scope.layer('foreground', (inner) => {
    const [start, kernel] =
      frame === undefined
        ? [reshape(source, [batch, source.shape[1], 1, 1, 1]), [depth, firstSide, firstSide]]
        : [reshape(frame, [batch, frame.shape[1], 1, firstSide, firstSide]), [depth, 1, 1]];
    return stream(inner, firstMap(inner, start, kernel, wanted), wanted);
  });
  const foreground = sigmoid(enlarged(scope, 'foreground_head', moving, channels));
  if (streams === 'one') return { clip: foreground };
  const mask = sigmoid(enlarged(scope, 'mask_head', moving, 1));
  const still = scope.layer('background', (inner) => {
    const noise = () => reshape(source, [batch, source.shape[1], 1, 1]);
    return stream(inner, frame ?? firstMap(inner, noise(), [firstSide, firstSide], wanted), wanted);
  });
  const picture = sigmoid(enlarged(scope, 'background_head', still, channels));
  const background = reshape(picture, [batch, channels, 1, size, size]);
  const clip = add(multiply(mask, foreground), multiply(subtract(1, mask), background));
  return { clip, mask, background };
}

const aboutOne = normalInitialiser(0.02, 1);

const normalised = (scope: Scope, name: string, x: Tensor, epsilon = 1e-5): Tensor =>
  relu(batchNorm(scope, name, x, { epsilon, initialiseScale: aboutOne }));

/** `[B, C, S, S]` to `[B, …, 4, 4]`, each convolution half as long and twice as wide; the first is not normalised. */
function encodeFrame(scope: Scope, frame: Tensor, { size, width }: SceneSize): Tensor {
  const initial = { initialise: normalInitialiser(0.01), initialiseBias: zeroBias };
  let x = frame;
  for (let step = 0; step < doublings(size); step++) {
    const geometry = { channels: width * 2 ** step, kernel: 4, stride: 2, padding: 1 };
    const y = convolutionLayer(scope, `conv${step}`, x, { ...geometry, ...initial });
    x = step === 0 ? relu(y) : normalised(scope, `bn${step}`, y, 1e-3);
  }
  return x;
}

/** The first map of a stream, from noise or from the encoded frame. */
function firstMap(scope: Scope, start: Tensor, kernel: readonly number[], { size, width }: SceneSize): Tensor {
  const channels = width * 2 ** (doublings(size) - 1);
  return normalised(scope, 'bn0', transposed(scope, 'up0', start, channels, kernel, 1, 0));
}

/** From the first map to the one before the heads. */
function stream(scope: Scope, first: Tensor, { size }: SceneSize): Tensor {
  let x = first;
  for (let step = 1; step < doublings(size); step++) {
    x = normalised(scope, `bn${step}`, enlarged(scope, `up${step}`, x, x.shape[1] / 2));
  }
  return x;
}

/** Twice as long on every axis. */
function enlarged(scope: Scope, name: string, x: Tensor, channels: number): Tensor {
  const kernel = x.shape.slice(2).map(() => 4);
  return transposed(scope, name, x, channels, kernel, 2, 1);
}

function transposed(
  scope: Scope,
  name: string,
  x: Tensor,
  channels: number,
  kernel: readonly number[],
  stride: number,
  padding: number,
): Tensor {
  return scope.layer(name, (inner) => {
    const weight = inner.parameter('weight', [x.shape[1], channels, ...kernel], normalInitialiser(0.01));
    const bias = inner.parameter('bias', [channels], zeroBias);
    return convolutionTranspose(x, weight, { stride, padding, bias });
  });
}
