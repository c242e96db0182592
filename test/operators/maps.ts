/**
 * Operators on maps and sequences: windows, normalisation, resampling, recurrence.
 * @module
 */
import type { Random } from '../../src/base/random.ts';
import * as graph from '../../src/graph/index.ts';
import { emit, emitAll, type Tensor } from '../../src/graph/tensor.ts';
import { type Draw, spaced } from '../operator-check.ts';
import { anyShape, between, type Drawn, type Property } from './property.ts';

const normal: Draw = (random) => random.normal();
const longest = [9, 6, 4];

/** `[N, C, …]` of one to three spatial axes. */
function map(random: Random, channels = between(random, 1, 3), least = 3): number[] {
  const rank = between(random, 1, 3);
  return [
    between(random, 1, 2),
    channels,
    ...Array.from({ length: rank }, () => between(random, least, Math.max(least, longest[rank - 1]))),
  ];
}

function windows(random: Random, x: readonly number[]) {
  const each = (low: number, high: number) => x.slice(2).map(() => between(random, low, high));
  const kernel = each(1, 3);
  const padding = [...kernel, ...kernel].map((k) => random.integer(k));
  return { kernel, stride: each(1, 3), padding };
}

function convolved(random: Random): { x: number[]; w: number[]; options: graph.ConvolutionOptions } {
  const groups = between(random, 1, 2);
  const x = map(random, groups * between(random, 1, 2));
  const { kernel, ...geometry } = windows(random, x);
  const w = [groups * between(random, 1, 2), x[1] / groups, ...kernel];
  return { x, w, options: { ...geometry, groups } };
}

/** An operator and the gradients of the sum of its squares, in which the gradient operator stands. */
function withGradient(build: (inputs: readonly Tensor[]) => Tensor) {
  return (inputs: readonly Tensor[]) => {
    const y = build(inputs);
    return graph.gradients(graph.reduceSum(graph.multiply(y, y)), inputs);
  };
}

const pooled =
  (apply: (x: Tensor, options: graph.PoolOptions) => Tensor, twice = false): Property =>
  (random) => {
    const x = map(random);
    const options = { ...windows(random, x), ceil: random.bernoulli(), countPadding: random.bernoulli() };
    const build = ([input]: readonly Tensor[]) => apply(input, options);
    return { shapes: [x], build: twice ? withGradient(build) : build, draw: spaced() };
  };

const overall =
  (type: string, attributes = {}): Property =>
  (random) => ({ shapes: [map(random)], build: ([x]) => emit(type, [x], attributes), draw: spaced() });

function normalised(
  apply: (inputs: readonly Tensor[], random: Random) => Tensor | readonly Tensor[],
  twice = false,
): Property {
  return (random) => {
    const x = map(random, 4);
    x[0] = 2;
    const build = (inputs: readonly Tensor[]) => apply(inputs, random);
    const first = (inputs: readonly Tensor[]) => [build(inputs)].flat()[0] as Tensor;
    return { shapes: [x, [4], [4]], build: twice ? withGradient(first) : build, tolerance: 1e-5 };
  };
}

const epsilon = 0.1;

function layers(random: Random, twice: boolean): Drawn {
  const x = [2, ...anyShape(random, 2, 3)];
  const axis = between(random, 1, x.length - 1);
  const build = ([a, s, b]: readonly Tensor[]) => graph.layerNormalisation(a, s, b, { axis, epsilon });
  return { shapes: [x, x.slice(axis), x.slice(axis)], build: twice ? withGradient(build) : build, tolerance: 1e-5 };
}

function responses(twice: boolean): Property {
  return (random) => {
    const options = { size: between(random, 1, 4), alpha: 0.5, beta: random.choice([0.5, 0.75, 0.9]), bias: 1 };
    const build = ([x]: readonly Tensor[]) => graph.localResponseNormalisation(x, options);
    return { shapes: [map(random, 5)], build: twice ? withGradient(build) : build };
  };
}

function recurrent(gates: number, states: number, type: string): Property {
  return (random) => {
    const [steps, batch, features, size] = anyShape(random, 4, 4, 3);
    const direction = random.choice(['forward', 'reverse', 'bidirectional']);
    const d = direction === 'bidirectional' ? 2 : 1;
    const more = type === 'GRU' ? { linearBeforeReset: random.integer(2) } : {};
    const activations = new Array<string>(d).fill(random.choice(['Tanh', 'Relu']));
    const attributes = { hiddenSize: size, direction, ...(type === 'RNN' ? { activations } : more) };
    const state = [d, batch, size];
    return {
      shapes: [
        [steps, batch, features],
        [d, gates * size, features],
        [d, gates * size, size],
        [d, 2 * gates * size],
        ...new Array<number[]>(states).fill(state),
      ],
      build: ([x, w, r, b, ...first]) => emitAll(type, [x, w, r, b, undefined, ...first], attributes),
      draw: (values) => 0.6 * values.normal() + 0.01,
    };
  };
}

function gridded(rank: number): Property {
  return (random) => {
    const x = [between(random, 1, 2), 2, ...Array.from({ length: rank }, () => between(random, 2, 4))];
    const options = {
      mode: random.choice(rank === 2 ? (['linear', 'nearest', 'cubic'] as const) : (['linear', 'nearest'] as const)),
      outside: random.choice(['zeros', 'border', 'reflection'] as const),
      alignCorners: random.bernoulli(),
    };
    const places = [x[0], ...new Array<number>(rank).fill(2), rank];
    return {
      shapes: [x, places],
      build: ([a, grid]) => graph.gridSample(a, grid, options),
      draw: [normal, (values) => values.uniform(-1.3, 1.3)],
      tolerance: 1e-5,
    };
  };
}

export const mapProperties: Readonly<Record<string, Property>> = {
  Conv: (random) => {
    const { x, w, options } = convolved(random);
    return { shapes: [x, w, [w[0]]], build: ([a, b, bias]) => graph.convolution(a, b, { ...options, bias }) };
  },
  ConvWeightGradient: (random) => {
    const { x, w, options } = convolved(random);
    return { shapes: [x, w], build: withGradient(([a, b]) => graph.convolution(a, b, options)) };
  },
  ConvTranspose: (random) => {
    const groups = between(random, 1, 2);
    const x = map(random, groups);
    const { kernel, stride, padding } = windows(random, x);
    const outputPadding = stride.map((s) => random.integer(s));
    const w = [groups, 2, ...kernel];
    const options = { stride, padding: padding.map((p) => Math.min(p, 1)), groups, outputPadding };
    return { shapes: [x, w], build: ([a, b]) => graph.convolutionTranspose(a, b, options) };
  },
  MaxPool: (random) => {
    const dilation = between(random, 1, 2);
    return pooled((x, { countPadding: _, ...options }) =>
      graph.maxPool(x, { ...options, dilation: options.ceil ? 1 : dilation }),
    )(random);
  },
  MaxPoolGradient: pooled((x, { countPadding: _, ...options }) => graph.maxPool(x, options), true),
  AveragePool: pooled((x, options) => graph.averagePool(x, options)),
  AveragePoolGradient: pooled((x, options) => graph.averagePool(x, options), true),
  LpPool: (random) => {
    const p = between(random, 1, 3);
    return pooled((x, { kernel, stride, padding, ceil }) =>
      graph.lpPool(x, { kernel, stride: stride!, padding: padding!, ceil: ceil!, p }),
    )(random);
  },
  GlobalAveragePool: overall('GlobalAveragePool'),
  GlobalMaxPool: overall('GlobalMaxPool'),
  GlobalLpPool: overall('GlobalLpPool', { p: 2 }),
  BatchNormTraining: normalised(([x, s, b]) => {
    const { y, mean, variance } = graph.batchNormalisation(x, s, b, epsilon);
    return [y, mean, variance];
  }),
  BatchNormGradient: normalised(([x, s, b]) => graph.batchNormalisation(x, s, b, epsilon).y, true),
  BatchNormalization: (random) => ({
    shapes: [map(random, 3), [3], [3], [3], [3]],
    build: (inputs) => emit('BatchNormalization', inputs, { epsilon }),
    draw: [normal, normal, normal, normal, (values) => values.uniform(0.5, 2)],
  }),
  GroupNormalization: normalised(([x, s, b], random) =>
    emitAll('GroupNormalization', [x, s, b], { numGroups: random.choice([1, 2, 4]), epsilon }),
  ),
  GroupNormGradient: normalised(([x, s, b]) => graph.groupNormalisation(x, s, b, 2, epsilon), true),
  InstanceNormalization: normalised(([x, s, b]) => graph.instanceNormalisation(x, s, b, epsilon)),
  LayerNormalization: (random) => layers(random, false),
  LayerNormGradient: (random) => layers(random, true),
  LRN: responses(false),
  LRNGradient: responses(true),
  DepthToSpace: (random) => {
    const r = between(random, 1, 3);
    const mode = random.choice(['DCR', 'CRD'] as const);
    return {
      shapes: [[1, 2 * r * r, between(random, 1, 3), 2]],
      build: ([x]) => graph.depthToSpace(x, r, mode),
      linear: true,
    };
  },
  SpaceToDepth: (random) => {
    const r = between(random, 1, 3);
    return {
      shapes: [[1, 2, r * between(random, 1, 3), r * 2]],
      build: ([x]) => graph.spaceToDepth(x, r),
      linear: true,
    };
  },
  Resize: (random) => {
    const x = map(random, 2, 1);
    const size = x.slice(2).map(() => between(random, 1, 7));
    const mode = random.choice(['nearest', 'linear', 'cubic'] as const);
    const alignCorners = mode !== 'nearest' && random.bernoulli();
    return { shapes: [x], build: ([a]) => graph.resize(a, { size, mode, alignCorners }), linear: true };
  },
  GridSample: gridded(2),
  GridSampleVolume: gridded(3),
  RoiAlign: (random) => {
    const options = { size: [between(random, 1, 3), 2] as const, samples: between(random, 1, 3) };
    let k = 0;
    const corners: Draw = (values) => (k++ % 4 < 2 ? values.uniform(0, 2) : values.uniform(3, 5));
    return {
      shapes: [
        [2, 2, 5, 6],
        [2, 4],
      ],
      build: ([x, regions]) => graph.roiAlign(x, regions, graph.indices([1, 0]), options),
      draw: [normal, corners],
      tolerance: 1e-5,
    };
  },
  LSTM: recurrent(4, 2, 'LSTM'),
  GRU: recurrent(3, 1, 'GRU'),
  RNN: recurrent(1, 1, 'RNN'),
};
