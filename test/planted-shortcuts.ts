/**
 * Worlds whose only answer is a shortcut: textures that look the same any way round and at any time, with one cue planted
 * in them. What an audit finds there, and what it clears, is known.
 * @module
 */
import { Random } from '../src/base/random.ts';
import type { FrameStore, MediaItem } from '../src/data/media.ts';
import { groupCoarseness, recompress } from '../src/data/phantom/recompression.ts';
import { itemsByPart, splitByPatient } from '../src/data/split.ts';
import { resolveWindow } from '../src/data/window.ts';
import { Laboratory } from '../src/explanation/laboratory.ts';
import { shortTraining } from '../src/explanation/shortcuts/short-training.ts';
import type { StudiedRun, Subject } from '../src/explanation/subject.ts';
import type { MethodContext } from '../src/pretext/method.ts';
import { configureRun, type RunRequest } from '../src/training/configuration.ts';
import { exportEncoder } from '../src/training/encoder-file.ts';
import { sampleView } from '../src/training/sampling/views.ts';

/** Changes one frame `[side, side, channels]`, values 0 to 1, in place. */
export type Plant = (frame: Float32Array, place: Place) => void;

export interface Place {
  readonly side: number;
  readonly channels: 1 | 3;
  readonly item: number;
  readonly patient: number;
  /** Frame, and how many there are. */
  readonly time: number;
  readonly frames: number;
  /** A stream of the item's own, the same for all its frames. */
  readonly random: Random;
}

export interface WorldOptions {
  readonly patients: number;
  readonly itemsEach?: number;
  readonly frames?: number;
  readonly side?: number;
  readonly channels?: 1 | 3;
  /** Pixels over which neighbours are alike. */
  readonly grain?: number;
  readonly plant?: Plant;
  /** Labels of an item, by position. */
  readonly labels?: (item: number) => MediaItem['labels'];
  readonly seed?: number;
}

/** Clips of smooth noise that is new in every frame and never black, with something planted in each. */
export function plantedWorld(options: WorldOptions): FrameStore {
  const { patients, itemsEach = 2, frames = 4, side = 32, channels = 1, grain = 1, plant, labels, seed = 0 } = options;
  const root = new Random('planted world').split(seed);
  const items = Array.from({ length: patients * itemsEach }, (_, item): MediaItem => {
    const patient = `patient-${Math.floor(item / itemsEach)}`;
    return {
      id: `${patient}/${item % itemsEach}`,
      patient,
      kind: 'clip',
      frames,
      height: side,
      width: side,
      channels,
      frameRateHz: 25,
      intensityRange: [0, 1],
      labels: labels?.(item) ?? {},
      format: 'made up',
    };
  });
  const drawn = items.map((_, item) => {
    const data = new Float32Array(frames * side * side * channels);
    const length = side * side * channels;
    for (let time = 0; time < frames; time++) {
      const frame = data.subarray(time * length, (time + 1) * length);
      frame.set(texture(side, channels, grain, root.split('texture', item, time)));
      const patient = Math.floor(item / itemsEach);
      plant?.(frame, { side, channels, item, patient, time, frames, random: root.split('plant', item) });
    }
    return data;
  });
  const split = splitByPatient(items, { fractions: [0.5, 0.1, 0.4] });
  return {
    index: { version: 1, name: 'planted', items, problems: [], split, hash: 'planted' },
    sizeOf: () => [frames, side, side, channels],
    read(item, window) {
      const { start, count, stride } = resolveWindow(window, frames);
      const length = side * side * channels;
      const data = new Float32Array(count * length);
      for (let i = 0; i < count; i++) {
        const from = (start + i * stride) * length;
        data.set(drawn[item].subarray(from, from + length), i * length);
      }
      return { data, shape: [count, side, side, channels] };
    },
  };
}

function texture(side: number, channels: number, grain: number, random: Random): Float32Array {
  const noise = random.fillUniform(new Float32Array(side * side));
  const at = (y: number, x: number) => noise[((y + side) % side) * side + ((x + side) % side)];
  const out = new Float32Array(side * side * channels);
  const reach = Math.max(0, grain);
  const count = (2 * reach + 1) ** 2;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) sum += at(y + dy, x + dx);
      // The mean of so many draws varies less: bring its spread back.
      const value = 0.5 + ((sum / count - 0.5) * Math.sqrt(count)) / 2.2;
      for (let c = 0; c < channels; c++) out[(y * side + x) * channels + c] = Math.max(0.1, Math.min(0.9, value));
    }
  }
  return out;
}

/** A method trained for a few steps on a world, as instruments are given it. */
export async function trainedSubject(store: FrameStore, request: RunRequest): Promise<Subject> {
  const configuration = configureRun(request);
  const { method, methodOptions, trunk, trunkOptions, steps, seed } = configuration;
  const parts = itemsByPart(store.index.split, store.index.items);
  const channels = store.sizeOf(0)[3] as 1 | 3;
  const views = parts.train.map((item) => sampleView(store, item, parts.train));
  const prepared = method.prepare?.(views, methodOptions, new Random(seed).split('prepare'));
  const context: MethodContext<unknown> = { options: methodOptions, prepared, channels };
  const state = await shortTraining({ configuration, context, store, items: parts.train, steps });
  const run: StudiedRun = {
    manifest: { id: method.card.id, chance: method.chance(methodOptions) } as unknown as StudiedRun['manifest'],
    configuration,
    context,
    metrics: [],
    state: () => state,
  };
  const items = [...parts.validation, ...parts.test];
  const presentation = method.presentation(context);
  return {
    name: method.card.id,
    trained: {
      name: method.card.id,
      role: 'trained',
      model: async () => exportEncoder({ trunk, trunkOptions, presentation, state, origin: 'planted' }),
    },
    untrained: undefined,
    snapshots: [],
    others: [],
    dense: undefined,
    run,
    store,
    items,
    laboratory: new Laboratory({ store, items, seed: 0, threads: 1 }),
  };
}

/** A mark of letters in the upper left corner that stands still. */
export const cornerText: Plant = (frame, { side, channels }) => {
  const rows = ['1.1.111', '111.1..', '1.1.11.', '1.1.111'];
  rows.forEach((row, y) => {
    [...row].forEach((bit, x) => {
      if (bit === '1') frame.fill(1, ((y + 6) * side + x + 6) * channels, ((y + 6) * side + x + 7) * channels);
    });
  });
};

/** A cross in the very middle: it is burnt in, and the same whichever way the picture stands. */
export const middleCross: Plant = (frame, { side, channels }) => {
  const middle = side / 2 - 1;
  for (let k = -3; k <= 4; k++) {
    for (const j of [0, 1]) {
      for (const [y, x] of [
        [middle + k, middle + j],
        [middle + j, middle + k],
      ]) {
        frame.fill(1, (y * side + x) * channels, (y * side + x + 1) * channels);
      }
    }
  }
};

/** Black outside a fan that opens downwards. */
export const fan: Plant = (frame, { side, channels }) => {
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (Math.abs(x + 0.5 - side / 2) > 0.15 * side + 0.4 * y) {
        frame.fill(0, (y * side + x) * channels, (y * side + x + 1) * channels);
      }
    }
  }
};

/** A gain that rises, or falls, over the clip. */
export const risingGain: Plant = (frame, { time, frames, random }) => {
  const direction = random.bernoulli() ? 1 : -1;
  const gain = 0.25 * direction * ((2 * time) / Math.max(1, frames - 1) - 1);
  for (let i = 0; i < frame.length; i++) frame[i] = Math.max(0.05, Math.min(1, frame[i] * 0.6 + 0.2 + gain));
};

/** A strip at the lower edge in which a bright trace is written from left to right. */
export const sweepingTrace: Plant = (frame, { side, channels, time, frames }) => {
  const height = Math.round(side / 7);
  frame.fill(0, (side - height) * side * channels);
  const reach = Math.round(((time + 1) / frames) * side);
  for (let x = 0; x < reach; x++) {
    const y = side - 2 - (x % 5 === 0 ? height - 3 : 0);
    for (let row = y; row <= side - 2; row++)
      frame.fill(0.8, (row * side + x) * channels, (row * side + x + 1) * channels);
  }
};

/** A strip at the lower edge in which a whole trace is printed, every item's its own. */
export const printedTrace: Plant = (frame, { side, channels, random }) => {
  const height = Math.round(side / 7);
  frame.fill(0, (side - height) * side * channels);
  const phase = random.split('phase').integer(5);
  for (let x = 0; x < side; x++) {
    const y = (x + phase) % 5 === 0 ? side - height + 1 : side - 2;
    for (let row = y; row <= side - 2; row++)
      frame.fill(0.8, (row * side + x) * channels, (row * side + x + 1) * channels);
  }
};

/** Brighter from the upper left to the lower right. */
export const slope: Plant = (frame, { side, channels }) => {
  for (let i = 0; i < side * side; i++) {
    const lift = (Math.floor(i / side) * 0.7 + (i % side) * 0.3) / side;
    for (let c = 0; c < channels; c++) frame[i * channels + c] = 0.5 * frame[i * channels + c] + 0.5 * lift;
  }
};

/** Nothing in the upper left third. */
export const emptyCorner: Plant = (frame, { side, channels }) => {
  for (let y = 0; y < side * 0.35; y++)
    frame.fill(0, y * side * channels, (y * side + Math.round(side * 0.35)) * channels);
};

/** Red moved outwards and blue inwards from the centre, by up to a pixel. */
export const fringes: Plant = (frame, { side, channels }) => {
  if (channels !== 3) return;
  const green = Float32Array.from({ length: side * side }, (_, i) => frame[i * 3 + 1]);
  const at = (y: number, x: number) => {
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const pixel = (r: number, c: number) =>
      green[Math.max(0, Math.min(side - 1, r)) * side + Math.max(0, Math.min(side - 1, c))];
    const [v, u] = [y - top, x - left];
    return (
      (1 - v) * ((1 - u) * pixel(top, left) + u * pixel(top, left + 1)) +
      v * ((1 - u) * pixel(top + 1, left) + u * pixel(top + 1, left + 1))
    );
  };
  const middle = (side - 1) / 2;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [down, right] = [(y - middle) / middle, (x - middle) / middle];
      frame[(y * side + x) * 3] = at(y - down, x - right);
      frame[(y * side + x) * 3 + 2] = at(y + down, x + right);
    }
  }
};

/** The first half of the clip shows one picture. */
export const frozenStart: Plant = (frame, { time, frames, random }) => {
  if (time < frames / 2) random.split('frozen').fillUniform(frame, 0.1, 0.9);
};

/** Frames that lose their detail as the clip goes on, as those do that are far from a key frame. */
export const fadingDetail: Plant = (frame, { side, channels, time, frames }) => {
  const share = time / Math.max(1, frames - 1);
  const sharp = frame.slice();
  const at = (y: number, x: number, c: number) =>
    sharp[(((y + side) % side) * side + ((x + side) % side)) * channels + c];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) sum += at(y + dy, x + dx, c);
        frame[(y * side + x) * channels + c] = (1 - share) * at(y, x, c) + (share * sum) / 9;
      }
    }
  }
};

/** The upper left third once more in the lower right. */
export const copiedPart: Plant = (frame, { side, channels }) => {
  const third = Math.floor(side / 3);
  for (let y = 0; y < third; y++) {
    const from = y * side * channels;
    frame.copyWithin(((side - third + y) * side + side - third) * channels, from, from + third * channels);
  }
};

/** A faint pattern that is a patient's own. */
export const ownPattern: Plant = (frame, { patient, side, channels }) => {
  const pattern = new Random('own pattern').split(patient);
  const [down, right, phase] = [pattern.uniform(0.2, 0.9), pattern.uniform(0.2, 0.9), pattern.uniform(0, 6)];
  for (let i = 0; i < side * side; i++) {
    const wave = 0.25 * Math.sin(down * Math.floor(i / side) + right * (i % side) + phase);
    for (let c = 0; c < channels; c++)
      frame[i * channels + c] = Math.max(0.1, Math.min(0.9, frame[i * channels + c] + wave));
  }
};

/** A contrast that goes with the label `site`. */
export const siteContrast =
  (siteOf: (item: number) => number): Plant =>
  (frame, { item }) => {
    const scale = siteOf(item) === 0 ? 1 : 0.5;
    for (let i = 0; i < frame.length; i++) frame[i] = 0.5 + scale * (frame[i] - 0.5);
  };

/** Every frame compressed with blocks that begin at a row and column, as coarsely as `coarseness` says of it. */
export const compressed =
  (
    coarseness: (place: Place) => number,
    corner: (place: Place) => readonly [row: number, column: number] = () => [0, 0],
  ): Plant =>
  (frame, place) => {
    const { side, channels } = place;
    const plane = new Uint8Array(side * side);
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < plane.length; i++) plane[i] = Math.round(frame[i * channels + c] * 255);
      recompress(plane, 0, side, coarseness(place), corner(place));
      for (let i = 0; i < plane.length; i++) frame[i * channels + c] = plane[i] / 255;
    }
  };

/** Compressed in groups of pictures that begin anywhere in a clip. */
export const keyFrameEvery = (period: number, coarseness = 4): Plant =>
  compressed(({ time, random }) =>
    groupCoarseness(coarseness, (random.split('first frame').integer(period) + time) % period, period),
  );

/** Compressed a little or much, frame by frame at random. */
export const unevenQuality: Plant = compressed(({ time, random }) => random.split('quality', time).uniform(1, 4));
