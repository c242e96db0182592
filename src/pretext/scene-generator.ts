/**
 * Clips out of noise: a moving foreground through a mask over a background that stands still.
 * Vondrick, Pirsiavash and Torralba, NIPS 2016: x = m f + (1 − m) b. Values from 0 to 1 where the paper has −1 to 1.
 * @module
 */
import { convolutionTranspose } from '../graph/operators/convolution.ts';
import { add, multiply, relu, reshape, sigmoid, subtract } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { normalInitialiser } from '../nn/initialisers.ts';
import { batchNorm } from '../nn/layers/batch-norm.ts';
import { zeroBias } from '../nn/layers/convolution.ts';
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

/** @param noise `[B, Z]` */
export function generateScene(scope: Scope, noise: Tensor, wanted: SceneSize): Scene {
  const { frames, size, channels, streams } = wanted;
  const [batch, length] = noise.shape;
  const moving = scope.layer('foreground', (inner) =>
    stream(
      inner,
      reshape(noise, [batch, length, 1, 1, 1]),
      [frames / 2 ** doublings(size), firstSide, firstSide],
      wanted,
    ),
  );
  const foreground = sigmoid(enlarged(scope, 'foreground_head', moving, channels));
  if (streams === 'one') return { clip: foreground };
  const mask = sigmoid(enlarged(scope, 'mask_head', moving, 1));
  const still = scope.layer('background', (inner) =>
    stream(inner, reshape(noise, [batch, length, 1, 1]), [firstSide, firstSide], wanted),
  );
  const picture = sigmoid(enlarged(scope, 'background_head', still, channels));
  const background = reshape(picture, [batch, channels, 1, size, size]);
  const clip = add(multiply(mask, foreground), multiply(subtract(1, mask), background));
  return { clip, mask, background };
}

/** From noise to the map before the heads. */
function stream(scope: Scope, noise: Tensor, first: readonly number[], { size, width }: SceneSize): Tensor {
  const steps = doublings(size);
  const normalised = (name: string, x: Tensor) => relu(batchNorm(scope, name, x));
  let channels = width * 2 ** (steps - 1);
  let x = normalised('bn0', transposed(scope, 'up0', noise, channels, first, 1, 0));
  for (let step = 1; step < steps; step++) {
    channels /= 2;
    x = normalised(`bn${step}`, enlarged(scope, `up${step}`, x, channels));
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
