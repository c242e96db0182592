/**
 * A small network as a run exports it, and labelled pictures that it can learn in seconds.
 * @module
 */
import { Random } from '../../src/base/random.ts';
import type { FrameStore, Label, MediaItem, SplitPart } from '../../src/data/media.ts';
import type { Presentation } from '../../src/data/transform/presentation.ts';
import { windowOf } from '../../src/data/window.ts';
import type { OnnxModel } from '../../src/graph/onnx/model.ts';
import { trunkById } from '../../src/nn/trunks/index.ts';
import { exportEncoder } from '../../src/training/encoder-file.ts';
import { encoderProgram } from '../../src/training/model.ts';

export const side = 16;

/** Taps `conv1` … `conv5`, `pool5` of pictures of 16 x 16; or `stage1` … `stage4` of volumes of 16 x 16 x 16. */
export function smallModel(rank: 2 | 3 = 2, seed = 0, shown: Partial<Presentation> = {}): OnnxModel {
  const trunk = trunkById(rank === 2 ? 'alexnet-bn' : 'unet3d');
  const options = trunk.options.parse(rank === 2 ? { width: 0.125, stemKernel: 3, stemStride: 1 } : { width: 2 });
  const presentation: Presentation = {
    channels: 1,
    frames: rank === 2 ? 1 : side,
    stride: 1,
    size: side,
    mask: 'none',
    intensity: 'standardise',
    ...(rank === 2 ? {} : { whole: true }),
    ...shown,
  };
  const { parameters } = encoderProgram(trunk, options, [1, 1, ...(rank === 2 ? [] : [side]), side, side]);
  const random = new Random(seed);
  const state = new Map(
    parameters.map(({ name, tensor, initialise }) => [name, initialise(tensor.shape, random.split(name))]),
  );
  return exportEncoder({ trunk, trunkOptions: options, presentation, state, origin: 'test' });
}

export interface DrawnItem {
  readonly patient: string;
  readonly part: SplitPart;
  readonly labels?: Readonly<Record<string, Label>>;
  readonly changes?: Partial<MediaItem>;
  /** Values 0 to 1, `[T, S, S]`. */
  readonly data: Float32Array;
}

/** A store of drawn pictures, in memory. */
export function drawnStore(drawn: readonly DrawnItem[], size = side): FrameStore {
  const frames = drawn.map(({ data }) => data.length / size ** 2);
  const items = drawn.map(
    ({ patient, labels = {}, changes = {} }, i): MediaItem => ({
      id: `item ${i}`,
      patient,
      kind: frames[i] === 1 ? 'image' : 'clip',
      frames: frames[i],
      height: size,
      width: size,
      channels: 1,
      intensityRange: [0, 1],
      labels,
      format: 'drawn',
      ...changes,
    }),
  );
  return {
    index: {
      version: 1,
      name: 'drawn pictures',
      items,
      problems: [],
      split: { name: 'drawn', seed: 0, parts: Object.fromEntries(drawn.map(({ patient, part }) => [patient, part])) },
      hash: 'drawn',
    },
    sizeOf: (i) => [frames[i], size, size, 1],
    read: (i, window) => {
      const { data, shape } = windowOf({ data: drawn[i].data, shape: [frames[i], size, size, 1] }, window);
      return { data: data as Float32Array, shape };
    },
  };
}

/** Two items a patient, bright above (`up`) or at the left (`left`); `height` says how far down it is bright. */
export function halvesStore(patients = 12, frames = 1): FrameStore {
  const random = new Random(7);
  const drawn = Array.from({ length: 2 * patients }, (_, i): DrawnItem => {
    const patient = Math.floor(i / 2);
    const up = i % 2 === 0;
    const height = 4 + ((patient * 5) % 9);
    const data = new Float32Array(frames * side * side);
    for (let k = 0; k < data.length; k++) {
      const [y, x] = [Math.floor(k / side) % side, k % side];
      data[k] = Math.min(1, Math.max(0, ((up ? y : x) < height ? 0.8 : 0.2) + random.normal(0, 0.05)));
    }
    return {
      patient: `patient ${patient}`,
      part: (['train', 'train', 'validation', 'test'] as const)[patient % 4],
      labels: { half: up ? 'up' : 'left', height: height + i / 1000, same: 'always' },
      data,
    };
  });
  return drawnStore(drawn);
}
