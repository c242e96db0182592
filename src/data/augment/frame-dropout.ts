/**
 * Frames that were lost: the one before is shown again, as a player does.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import type { Augmented } from './augmentation.ts';

/** Each frame but the first is lost with `probability` (default 0.1). Draws `dropped`: their numbers. */
export function randomFrameDropout(
  { data, shape }: Pixels<Float32Array>,
  random: Random,
  { probability = 0.1 }: { readonly probability?: number } = {},
): Augmented {
  const [frames] = shape;
  const size = data.length / frames;
  const dropped = Array.from({ length: frames - 1 }, (_, i) => i + 1).filter(() => random.bernoulli(probability));
  const out = Float32Array.from(data);
  for (const frame of dropped) out.copyWithin(frame * size, (frame - 1) * size, frame * size);
  return { pixels: { data: out, shape }, drawn: { dropped } };
}
