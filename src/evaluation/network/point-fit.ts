/**
 * Key points by heat maps: a decoder on the encoder answers a map a point, high where it lies (Tompson et al., NIPS 2014).
 * @module
 */
import { SondeError, usageError } from '../../base/errors.ts';
import type { DenseLabels } from '../../data/dense-labels.ts';
import type { FrameStore, SplitPart } from '../../data/media.ts';
import { partOf } from '../../data/split.ts';
import { centreBox } from '../../data/transform/crop.ts';
import { divide, maximum, multiply, reduceSum, subtract } from '../../graph/primitives.ts';
import type { BatchArrays } from '../../training/sampling/batch.ts';
import type { ExamplePart, Examples } from '../examples.ts';
import type { Row } from '../extraction.ts';
import { type DecoderKind, decode, decoderTaps } from './decoders.ts';
import { type AnsweringNetwork, type FittedNetwork, fitNetwork } from './fit.ts';
import type { FitTask } from './fit-task.ts';
import type { FitGiven } from './fit-variants.ts';
import type { NetworkSource } from './learning-network.ts';
import { drawPlacement, inPlace, type Placement } from './placement.ts';
import { ShownWindows } from './shown-windows.ts';

/** The points of one frame in the network's own pixels, by number of the point; `undefined` where it is not in sight. */
export interface PointCase {
  readonly row: Row;
  readonly points: readonly (readonly [x: number, y: number] | undefined)[];
  /** Millimetres of one of the network's pixels, where they are known. */
  readonly pixelMm: number | undefined;
}

export interface PointCases {
  readonly names: readonly string[];
  readonly cases: readonly PointCase[];
  /** A unit a frame; rows are numbers of cases. */
  readonly examples: Examples;
  readonly shown: ShownWindows;
}

/** Throws `usage` for a network of clips, `data/unsuitable` and `evaluation/labels` where points are missing. */
export async function readPointCases(
  source: NetworkSource,
  store: FrameStore,
  labels: DenseLabels | undefined,
  onItem?: (done: number, total: number) => void,
): Promise<PointCases> {
  const { presentation } = source;
  if (source.rank !== 2 || presentation.frames !== 1) {
    throw usageError('key points are found in single pictures', {
      found: `a network of ${presentation.frames} frames`,
      hint: 'choose a run of a method for images',
    });
  }
  const { items, name, split } = store.index;
  const found: { item: number; frame: number; points: ReadonlyMap<string, readonly [number, number]> }[] = [];
  for (const item of items.keys()) {
    for (const { frame, points } of (await labels?.points(item)) ?? []) {
      found.push({ item, frame, points: new Map(points.map(({ label, x, y }) => [label, [x, y] as const])) });
    }
    onItem?.(item + 1, items.length);
  }
  const names = [...new Set(found.flatMap(({ points }) => [...points.keys()]))].sort();
  if (names.length === 0) {
    throw new SondeError('data/unsuitable', `no item of ${name} has key points`, {
      hint: 'a phantom has them: --data phantom',
    });
  }
  const { size } = presentation;
  const cases: PointCase[] = [];
  const parts = {} as Record<SplitPart, ExamplePart>;
  for (const part of ['train', 'validation', 'test'] as const) {
    const own = found.filter(({ item }) => partOf(split, items[item]) === part);
    if (own.length === 0) {
      throw new SondeError('evaluation/labels', `no item of the ${part} part of ${name} has key points`, {
        hint: 'split the data again',
      });
    }
    const first = cases.length;
    for (const { item, frame, points } of own) {
      const { height, width, spacingMm } = items[item];
      const side = Math.min(height, width);
      const square = centreBox(height, width, side, side);
      const onto = (value: number, from: number) => ((value + 0.5 - from) * size) / side - 0.5;
      cases.push({
        row: { item, start: frame },
        points: names.map((label) => {
          const place = points.get(label);
          if (place === undefined) return undefined;
          const [x, y] = [onto(place[0], square.x), onto(place[1], square.y)];
          return Math.min(x, y) >= 0 && Math.max(x, y) <= size - 1 ? ([x, y] as const) : undefined;
        }),
        pixelMm: spacingMm === undefined ? undefined : (spacingMm[1] * side) / size,
      });
    }
    const rows = Int32Array.from({ length: own.length }, (_, i) => first + i);
    parts[part] = {
      rows,
      targets: new Float64Array(rows.length),
      unitOfRow: Int32Array.from({ length: own.length }, (_, i) => i),
      units: own.map(({ item }) => ({ item: items[item].id, patient: items[item].patient, target: 0 })),
    };
  }
  return { names, cases, examples: parts, shown: new ShownWindows(store, presentation) };
}

export interface PointFitRequest extends FitGiven {
  readonly source: NetworkSource;
  readonly cases: PointCases;
  readonly decoder: Exclude<DecoderKind, 'full'>;
  readonly frozen: string | undefined;
}

export interface PointFit {
  readonly network: FittedNetwork;
  /** For every unit of a part how far each point that is in sight lies from its answer, in the network's pixels. */
  distances(part: ExamplePart): Promise<number[][]>;
}

export async function fitPoints(request: PointFitRequest): Promise<PointFit> {
  const { source, cases, recipe, backend, threads, frozen } = request;
  const { size } = source.presentation;
  const { train, validation } = cases.examples;
  const network = await fitNetwork({
    source,
    task: pointTask(request),
    recipe,
    frozen,
    backend,
    threads,
    examples: train.rows.length,
    fill: (example, random, batch, slot) => {
      const found = cases.cases[train.rows[example]];
      // Left and right are names of points: a mirrored picture would show them exchanged.
      const placement = drawPlacement({ ...recipe, flip: false }, size, random);
      cases.shown.put(found.row, batch, slot, placement);
      drawMaps(found, size, placement, batch, slot);
    },
    validate: async (answering) => {
      const all = (await distancesIn(answering, request, validation)).flat();
      const error = all.reduce((sum, value) => sum + value, 0) / Math.max(1, all.length);
      return { score: -error / size, loss: error };
    },
    checkpoints: request.checkpoints,
    onStep: request.onStep,
  });
  return { network, distances: (part) => distancesIn(network, request, part) };
}

function pointTask({ source, cases, decoder }: PointFitRequest): FitTask {
  const names = decoderTaps(source);
  const { size } = source.presentation;
  const count = cases.names.length;
  return {
    taps: names,
    targets: {
      maps: { dtype: 'float32', shape: [count, size, size] },
      weights: { dtype: 'float32', shape: [count, size, size] },
    },
    head: ({ taps, targets, scope }) => {
      const maps = decode(
        decoder,
        scope,
        names.map((name) => taps[name]),
        [size, size],
        count,
      );
      if (targets === undefined) return { outputs: { maps } };
      const difference = subtract(maps, targets.maps);
      const squares = multiply(targets.weights, multiply(difference, difference));
      return { outputs: { maps }, loss: divide(reduceSum(squares), maximum(reduceSum(targets.weights), 1)) };
    },
  };
}

/** Bells of a sixteenth of the picture; what they cover weighs as much as all that they do not. */
function drawMaps({ points }: PointCase, size: number, { down, right }: Placement, batch: BatchArrays, slot: number) {
  const spread = size / 16;
  const plane = size * size;
  const maps = batch.maps.data as Float32Array;
  const weights = batch.weights.data as Float32Array;
  points.forEach((point, k) => {
    const start = (slot * points.length + k) * plane;
    maps.fill(0, start, start + plane);
    weights.fill(point === undefined ? 0 : 1, start, start + plane);
    if (point === undefined) return;
    for (let i = 0; i < plane; i++) {
      const [x, y] = [(i % size) - point[0] - right, Math.floor(i / size) - point[1] - down];
      const height = Math.exp(-(x * x + y * y) / (2 * spread * spread));
      maps[start + i] = height;
      weights[start + i] = 1 + (height * size * size) / (2 * Math.PI * spread * spread);
    }
  });
}

async function distancesIn(
  network: AnsweringNetwork,
  { source, cases }: PointFitRequest,
  part: ExamplePart,
): Promise<number[][]> {
  const { size } = source.presentation;
  const distances: number[][] = [];
  await network.answer(
    part.rows.length,
    (i, batch, slot) => cases.shown.put(cases.cases[part.rows[i]].row, batch, slot, inPlace),
    (i, { maps }, slot) => {
      const { points } = cases.cases[part.rows[i]];
      distances[i] = points.flatMap((point, k) => {
        if (point === undefined) return [];
        const start = (slot * points.length + k) * size * size;
        const [x, y] = peak((maps.data as Float32Array).subarray(start, start + size * size), size);
        return [Math.hypot(x - point[0], y - point[1])];
      });
    },
  );
  return distances;
}

/** The highest place of a map, between pixels by the parabola through its neighbours. */
export function peak(map: Float32Array, size: number): [x: number, y: number] {
  let best = 0;
  for (let i = 1; i < map.length; i++) if (map[i] > map[best]) best = i;
  const [x, y] = [best % size, Math.floor(best / size)];
  const between = (place: number, step: number) => {
    if (place === 0 || place === size - 1) return place;
    const [before, after] = [map[best - step], map[best + step]];
    const bend = before - 2 * map[best] + after;
    return bend < 0 ? place + (0.5 * (before - after)) / bend : place;
  };
  return [between(x, 1), between(y, size)];
}
