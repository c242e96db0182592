/**
 * Mirror images, along the axes where anatomy allows: left and right of a retina or a histology slide may be exchanged,
 * those of a chest may not.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { flipHorizontally, flipVertically } from '../transform/quarter-turn.ts';
import type { Augmented } from './augmentation.ts';

/** `columns` exchanges left and right, `rows` up and down, `frames` first and last: time of a clip, slices of a volume. */
export type FlipAxis = 'columns' | 'rows' | 'frames';

/** Each axis is turned round with the given probability. Draws `flipped`: the axes that were. */
export function randomFlip(
  pixels: Pixels<Float32Array>,
  random: Random,
  { axes, probability = 0.5 }: { readonly axes: readonly FlipAxis[]; readonly probability?: number },
): Augmented {
  const turned = axes.filter(() => random.bernoulli(probability));
  let result = pixels;
  for (const axis of turned) {
    if (axis === 'columns') result = flipHorizontally(result);
    else if (axis === 'rows') result = flipVertically(result);
    else result = reversed(result);
  }
  return { pixels: result, drawn: { flipped: turned.join(' ') } };
}

function reversed({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  const [frames] = shape;
  const size = data.length / frames;
  const out = new Float32Array(data.length);
  for (let frame = 0; frame < frames; frame++) {
    out.set(data.subarray(frame * size, (frame + 1) * size), (frames - 1 - frame) * size);
  }
  return { data: out, shape };
}
