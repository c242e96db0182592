/**
 * Named changes of a picture, each by a fixed amount: what a layer may be blind to, or follow. Frames `[T, H, W, C]`,
 * values 0 to 1; the same change for all frames.
 * @module
 */

import { Random } from '../base/random.ts';
import { mapped } from '../data/augment/augmentation.ts';
import { blurred } from '../data/augment/blur.ts';
import type { FrameStore } from '../data/media.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { flipHorizontally, flipVertically, quarterTurn } from '../data/transform/quarter-turn.ts';

type Frames = Pixels<Float32Array>;

export interface Transform {
  readonly id: string;
  /** As figures call it. */
  readonly title: string;
  /** As figures of volumes call it, where that is otherwise. */
  readonly ofVolumes?: string;
  /** Whether it needs more than one frame. */
  readonly ofClips?: boolean;
  apply(frames: Frames): Frames;
}

export const transforms: readonly Transform[] = [
  { id: 'quarter-turn', title: 'quarter turn', apply: (frames) => quarterTurn(frames, 1) },
  { id: 'half-turn', title: 'half turn', apply: (frames) => quarterTurn(frames, 2) },
  { id: 'mirror', title: 'left and right exchanged', apply: flipHorizontally },
  { id: 'upside-down', title: 'up and down exchanged', apply: flipVertically },
  { id: 'shift', title: 'moved by a tenth', apply: (frames) => moved(frames, 0.1) },
  { id: 'zoom', title: 'a fifth larger', apply: (frames) => enlarged(frames, 1.2) },
  { id: 'brighter', title: 'gamma 0.7', apply: (frames) => mapped(frames, (value) => value ** 0.7) },
  { id: 'darker', title: 'gamma 1.5', apply: (frames) => mapped(frames, (value) => value ** 1.5) },
  { id: 'contrast', title: 'contrast × 0.6', apply: (frames) => mapped(frames, (value) => 0.2 + 0.6 * value) },
  { id: 'blur', title: 'blurred', apply: (frames) => blurred(frames, Math.max(0.8, frames.shape[1] / 64)) },
  { id: 'noise', title: 'noise of 0.08', apply: noisy },
  { id: 'inverted', title: 'black and white exchanged', apply: (frames) => mapped(frames, (value) => 1 - value) },
  { id: 'backwards', title: 'time backwards', ofVolumes: 'slices turned round', ofClips: true, apply: backwards },
  { id: 'still', title: 'one frame only', ofVolumes: 'one slice only', ofClips: true, apply: still },
];

/** A store whose pictures are all changed in the same way; windows are changed as they are read. */
export function changedStore(store: FrameStore, { apply }: Transform): FrameStore {
  return {
    index: store.index,
    sizeOf: (item) => store.sizeOf(item),
    read(item, window) {
      const changed = apply(store.read(item, window));
      const [frames, height, width, channels] = changed.shape;
      return { data: changed.data, shape: [frames, height, width, channels] };
    },
  };
}

/** Moved right and down by a share of its size; what comes in is the edge's own value. */
function moved({ data, shape }: Frames, share: number): Frames {
  const [count, height, width, channels] = shape;
  const [dy, dx] = [Math.round(height * share), Math.round(width * share)];
  const out = new Float32Array(data.length);
  for (let t = 0; t < count; t++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = ((t * height + Math.max(0, y - dy)) * width + Math.max(0, x - dx)) * channels;
        out.set(data.subarray(from, from + channels), ((t * height + y) * width + x) * channels);
      }
    }
  }
  return { data: out, shape };
}

/** Enlarged about its middle by linear interpolation, in the same frame. */
function enlarged({ data, shape }: Frames, factor: number): Frames {
  const [count, height, width, channels] = shape;
  const out = new Float32Array(data.length);
  const place = (i: number, length: number): [number, number, number] => {
    const at = Math.min(length - 1, Math.max(0, (length - 1) / 2 + (i - (length - 1) / 2) / factor));
    const low = Math.min(Math.floor(at), Math.max(0, length - 2));
    return [low, Math.min(low + 1, length - 1), at - low];
  };
  for (let t = 0; t < count; t++) {
    for (let y = 0; y < height; y++) {
      const [y0, y1, wy] = place(y, height);
      for (let x = 0; x < width; x++) {
        const [x0, x1, wx] = place(x, width);
        for (let c = 0; c < channels; c++) {
          const value = (yy: number, xx: number) => data[((t * height + yy) * width + xx) * channels + c];
          const top = value(y0, x0) * (1 - wx) + value(y0, x1) * wx;
          const bottom = value(y1, x0) * (1 - wx) + value(y1, x1) * wx;
          out[((t * height + y) * width + x) * channels + c] = top * (1 - wy) + bottom * wy;
        }
      }
    }
  }
  return { data: out, shape };
}

function noisy(frames: Frames): Frames {
  const random = new Random('noise of a transform');
  return mapped(frames, (value) => value + 0.08 * random.normal());
}

function backwards({ data, shape }: Frames): Frames {
  const [count] = shape;
  const length = data.length / count;
  const out = new Float32Array(data.length);
  for (let t = 0; t < count; t++) out.set(data.subarray(t * length, (t + 1) * length), (count - 1 - t) * length);
  return { data: out, shape };
}

function still({ data, shape }: Frames): Frames {
  const [count] = shape;
  const length = data.length / count;
  const middle = data.subarray((count >> 1) * length, ((count >> 1) + 1) * length);
  const out = new Float32Array(data.length);
  for (let t = 0; t < count; t++) out.set(middle, t * length);
  return { data: out, shape };
}
