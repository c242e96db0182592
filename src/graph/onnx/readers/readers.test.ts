// Every reader against ONNX Runtime's own kernel of the operator, and its gradient against differences in float64.
import test from 'node:test';
import { spaced } from '../../../../test/operator-check.ts';
import { checkReader, type Entry, modelOf, type ReaderCheckOptions } from '../../../../test/reader-check.ts';
import { float32, type HostArray, int64 } from '../../../tensor/host-array.ts';
import { float, floats, int, ints, string, strings } from '../attributes.ts';
import type { AttributeValue } from '../model.ts';

const list = (...values: number[]) => int64([values.length], values);
const one = (value: number) => float32([], [value]);
const counting = (...shape: number[]) =>
  float32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(3 * i + 1)),
  );

interface Case extends ReaderCheckOptions {
  readonly opset?: number;
  readonly x?: readonly number[];
  readonly inputs?: Record<string, readonly number[]>;
  readonly attributes?: Record<string, AttributeValue>;
  /** Further inputs of the operator, after x. */
  readonly more?: Record<string, HostArray>;
  readonly outputs?: string[];
}

/** One node of the operator. */
function check(operator: string, options: Case): Promise<void> {
  const { opset = 17, x = [2, 3, 4], inputs = { x }, attributes = {}, more = {}, outputs = ['y'] } = options;
  const names = [...Object.keys(inputs), ...Object.keys(more).map((name) => (name.startsWith('none') ? '' : name))];
  const given = Object.fromEntries(Object.entries(more).filter(([name]) => !name.startsWith('none')));
  const entry: Entry = [operator, names, outputs, attributes];
  return checkReader(modelOf(opset, inputs, [entry], given), options);
}

/** Stands for an input that is left out. */
const absent = list();
const image = [2, 4, 5, 6];
const positive: ReaderCheckOptions = { draw: (random) => random.uniform(0.2, 0.9) };
const apart = () => ({ draw: spaced() });

const cases: Record<string, [string, Case][]> = {
  Sin: [['of every entry', {}]],
  Cos: [['of every entry', {}]],
  Tan: [['of every entry', positive]],
  Asin: [['of every entry', positive]],
  Acos: [['of every entry', positive]],
  Atan: [['of every entry', {}]],
  Sinh: [['of every entry', {}]],
  Cosh: [['of every entry', {}]],
  Asinh: [['of every entry', {}]],
  Acosh: [['above 1', { draw: (random) => random.uniform(1.2, 3) }]],
  Atanh: [['of every entry', positive]],
  Floor: [['of every entry', apart()]],
  Ceil: [['of every entry', apart()]],
  Round: [['of every entry', { draw: (random) => random.uniform(-3, 3) }]],
  IsNaN: [['of every entry', { differentiable: false }]],
  IsInf: [['of one sign', { differentiable: false, attributes: { detect_negative: int(0) } }]],
  Mod: [['with the sign of the dividend', { more: { b: counting(4) }, attributes: { fmod: int(1) }, ...apart() }]],
  Clip: [
    ['between numbers', { more: { low: one(-0.4), high: one(0.7) } }],
    ['below a number', { more: { none: absent, high: one(0.3) } }],
  ],
  Shrink: [['with a bias', { attributes: { lambd: float(0.4), bias: float(0.1) } }]],
  Celu: [['with a slope', { attributes: { alpha: float(0.7) } }]],
  Selu: [['by default', {}]],
  ThresholdedRelu: [['above 0.3', { attributes: { alpha: float(0.3) } }]],
  HardSigmoid: [['by default', {}]],
  HardSwish: [['of every entry', {}]],
  Mish: [['of every entry', { opset: 18 }]],
  Gelu: [
    ['exact', { opset: 20 }],
    ['by the tangent', { opset: 20, attributes: { approximate: string('tanh') } }],
  ],
  Softplus: [['of every entry', {}]],
  Softsign: [['of every entry', {}]],
  Hardmax: [['last axis', { ...apart() }]],
  ReduceProd: [
    ['some axes', { attributes: { axes: ints([1]), keepdims: int(0) } }],
    ['all axes', { opset: 18 }],
  ],
  ReduceL1: [['axes as an input', { opset: 18, more: { axes: list(-1) } }]],
  ReduceL2: [['one axis', { attributes: { axes: ints([0, 2]) } }]],
  ReduceLogSum: [['one axis', { attributes: { axes: ints([1]) }, ...positive }]],
  ReduceLogSumExp: [['all', {}]],
  ReduceSumSquare: [['none of the axes', { opset: 18, attributes: { noop_with_empty_axes: int(1) } }]],
  ReduceMax: [['one axis', { opset: 18, more: { axes: list(1) }, ...apart() }]],
  ReduceMin: [['one axis', { opset: 13, attributes: { axes: ints([-2]), keepdims: int(0) }, ...apart() }]],
  GlobalLpPool: [['squares', { x: image }]],
  LpPool: [
    ['squares', { x: image, attributes: { kernel_shape: ints([2, 3]), strides: ints([2, 1]) } }],
    [
      'with ceiling',
      { opset: 18, x: image, attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(1) } },
    ],
  ],
  MaxPool: [
    ['dilated', { x: [1, 2, 9], attributes: { kernel_shape: ints([2]), dilations: ints([3]) }, ...apart() }],
    ['by rule', { x: image, attributes: { kernel_shape: ints([3, 2]), auto_pad: string('SAME_LOWER') }, ...apart() }],
  ],
  AveragePool: [
    [
      'with ceiling, padding not counted',
      {
        opset: 19,
        x: image,
        attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]), ceil_mode: int(1) },
      },
    ],
  ],
  ConvTranspose: [
    [
      '1-D',
      {
        x: [2, 4, 5],
        more: { w: counting(4, 3, 3), b: counting(3) },
        attributes: { strides: ints([2]), pads: ints([1, 0]), output_padding: ints([1]) },
      },
    ],
    [
      '2-D in groups',
      {
        x: image,
        more: { w: counting(4, 3, 3, 2) },
        attributes: { group: int(2), strides: ints([2, 1]), dilations: ints([1, 2]) },
      },
    ],
    [
      '2-D by rule',
      {
        x: image,
        more: { w: counting(4, 3, 3, 3) },
        attributes: { strides: ints([2, 2]), auto_pad: string('SAME_UPPER') },
      },
    ],
    ['3-D', { x: [1, 2, 2, 3, 3], more: { w: counting(2, 3, 2, 2, 2) }, attributes: { strides: ints([2, 2, 2]) } }],
  ],
  LayerNormalization: [
    ['over the last axis', { more: { s: counting(4), b: counting(4) } }],
    [
      'over two axes, with its statistics',
      {
        more: { s: counting(3, 4), b: counting(3, 4) },
        attributes: { axis: int(1), epsilon: float(0.1) },
        outputs: ['y', 'mean', 'inverse'],
      },
    ],
    ['without a shift', { more: { s: counting(4) } }],
  ],
  GroupNormalization: [
    [
      'one scale a channel',
      { opset: 21, x: image, more: { s: counting(4), b: counting(4) }, attributes: { num_groups: int(2) } },
    ],
    [
      'one scale a group',
      { opset: 18, x: image, more: { s: counting(2), b: counting(2) }, attributes: { num_groups: int(2) } },
    ],
  ],
  InstanceNormalization: [['pictures', { x: image, more: { s: counting(4), b: counting(4) } }]],
  RMSNormalization: [['over the last axis', { opset: 23, more: { s: counting(4) } }]],
  MeanVarianceNormalization: [['by default', { opset: 13, x: image }]],
  LRN: [
    [
      'across channels',
      { x: image, attributes: { size: int(3), alpha: float(0.5), beta: float(0.6), bias: float(1.5) } },
    ],
  ],
  LpNormalization: [['lengths', { attributes: { axis: int(1) } }]],
  BatchNormalization: [
    ['stored statistics', { x: image, more: { s: counting(4), b: counting(4), m: counting(4), v: float32([4], 0.7) } }],
    [
      'those of the batch',
      {
        opset: 15,
        x: image,
        more: { s: counting(4), b: counting(4), m: counting(4), v: float32([4], 0.7) },
        attributes: { training_mode: int(1), momentum: float(0.8) },
        outputs: ['y', 'mean', 'variance'],
      },
    ],
  ],
  TopK: [
    ['largest', { more: { k: list(2) }, outputs: ['y', 'where'], ...apart() }],
    [
      'smallest along an axis',
      { more: { k: list(2) }, attributes: { axis: int(1), largest: int(0) }, outputs: ['y', 'where'], ...apart() },
    ],
    ['as an attribute', { opset: 9, attributes: { k: int(3) }, outputs: ['y', 'where'], ...apart() }],
  ],
  ArgMax: [['along an axis', { attributes: { axis: int(1), keepdims: int(0) }, differentiable: false, ...apart() }]],
  ArgMin: [['by default', { differentiable: false, ...apart() }]],
  CumSum: [
    [
      'backwards, without itself',
      { more: { axis: int64([], [1]) }, attributes: { reverse: int(1), exclusive: int(1) } },
    ],
  ],
  Gather: [['negative positions', { more: { i: int64([2, 1], [-1, 0]) }, attributes: { axis: int(1) } }]],
  GatherElements: [
    [
      'along an axis',
      {
        more: {
          i: int64(
            [2, 2, 4],
            Array.from({ length: 16 }, (_, k) => k % 3),
          ),
        },
        attributes: { axis: int(1) },
      },
    ],
  ],
  GatherND: [['with batches', { more: { i: int64([2, 2, 1], [0, 2, 1, 0]) }, attributes: { batch_dims: int(1) } }]],
  ScatterElements: [
    ['written', { more: { i: int64([1, 3, 4], new Array<number>(12).fill(1)), u: counting(1, 3, 4) } }],
    [
      'added',
      {
        more: { i: int64([1, 3, 4], new Array<number>(12).fill(1)), u: counting(1, 3, 4) },
        attributes: { reduction: string('add') },
      },
    ],
  ],
  ScatterND: [
    ['written', { more: { i: int64([2, 2], [0, 1, 1, 2]), u: counting(2, 4) } }],
    ['added', { more: { i: int64([2, 1], [1, 1]), u: counting(2, 3, 4) }, attributes: { reduction: string('add') } }],
  ],
  Scatter: [
    [
      'of an older set',
      { opset: 10, more: { i: int64([1, 3, 4], new Array<number>(12).fill(1)), u: counting(1, 3, 4) } },
    ],
  ],
  Trilu: [
    ['upper', { more: { k: int64([], [1]) } }],
    ['lower', { attributes: { upper: int(0) } }],
  ],
  Tile: [['every axis', { more: { r: list(2, 1, 3) } }]],
  Compress: [
    [
      'along an axis',
      { more: { c: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) } }, attributes: { axis: int(1) } },
    ],
    ['of all entries', { more: { c: { dtype: 'bool', shape: [3], data: Uint8Array.of(0, 1, 1) } } }],
  ],
  ReverseSequence: [['each its own length', { more: { l: list(1, 2, 2) } }]],
  EyeLike: [['of a matrix', { x: [3, 4], attributes: { k: int(1) } }]],
  DepthToSpace: [
    ['outer', { x: [1, 8, 2, 3], attributes: { blocksize: int(2) } }],
    ['inner', { x: [1, 8, 2, 3], attributes: { blocksize: int(2), mode: string('CRD') } }],
  ],
  SpaceToDepth: [['pictures', { x: [1, 2, 4, 6], attributes: { blocksize: int(2) } }]],
  Pad: [
    ['edge', { more: { p: list(0, 1, 2, 0, 0, 1) }, attributes: { mode: string('edge') } }],
    ['reflect', { more: { p: list(0, 1, 2, 0, 0, 1) }, attributes: { mode: string('reflect') } }],
    ['wrap', { opset: 19, more: { p: list(0, 1, 2, 0, 0, 1) }, attributes: { mode: string('wrap') } }],
    ['some axes', { opset: 18, more: { p: list(1, -1), v: one(2), a: list(-1) } }],
  ],
  CenterCropPad: [['larger and smaller', { opset: 18, more: { s: list(5, 2) }, attributes: { axes: ints([1, 2]) } }]],
  Upsample: [
    ['nearest', { opset: 9, x: image, more: { s: float32([4], [1, 1, 2, 2]) } }],
    [
      'linear, as an attribute',
      { opset: 7, x: image, attributes: { mode: string('linear'), scales: floats([1, 1, 2, 3]) } },
    ],
  ],
  Resize: [
    ['of version 10', { opset: 10, x: image, more: { s: float32([4], [1, 1, 1.5, 2]) } }],
    ['nearest to a size', { x: image, more: { 'none-roi': absent, 'none-scales': absent, sizes: list(2, 4, 7, 3) } }],
    [
      'linear, half a pixel',
      { x: image, more: { none: absent, s: float32([4], [1, 1, 1.5, 0.5]) }, attributes: { mode: string('linear') } },
    ],
    [
      'cubic, corners aligned',
      {
        x: image,
        more: { 'none-roi': absent, 'none-scales': absent, sizes: list(2, 4, 8, 9) },
        attributes: { mode: string('cubic'), coordinate_transformation_mode: string('align_corners') },
      },
    ],
    [
      'axes, ratio kept',
      {
        opset: 18,
        x: image,
        more: { 'none-roi': absent, 'none-scales': absent, sizes: list(8, 7) },
        attributes: { mode: string('linear'), axes: ints([2, 3]), keep_aspect_ratio_policy: string('not_larger') },
      },
    ],
    [
      'linear, against aliasing',
      {
        opset: 18,
        x: [1, 1, 9, 8],
        more: { 'none-roi': absent, 'none-scales': absent, sizes: list(1, 1, 4, 3) },
        attributes: { mode: string('linear'), antialias: int(1) },
      },
    ],
    [
      'cubic, against aliasing',
      {
        opset: 18,
        x: [1, 1, 9, 8],
        more: { 'none-roi': absent, 'none-scales': absent, sizes: list(1, 1, 4, 3) },
        attributes: { mode: string('cubic'), antialias: int(1) },
      },
    ],
    [
      'symmetric half a pixel',
      {
        opset: 19,
        x: image,
        more: { none: absent, s: float32([4], [1, 1, 1.3, 0.7]) },
        attributes: { mode: string('linear'), coordinate_transformation_mode: string('half_pixel_symmetric') },
      },
    ],
  ],
  GridSample: [
    ['linear', { x: undefined, inputs: { x: [1, 2, 4, 5], grid: [1, 3, 2, 2] } }],
    [
      'nearest at the border',
      {
        inputs: { x: [1, 2, 4, 5], grid: [1, 3, 2, 2] },
        attributes: { mode: string('nearest'), padding_mode: string('border'), align_corners: int(1) },
      },
    ],
    [
      'volumes, by their newer names',
      {
        opset: 20,
        inputs: { x: [1, 2, 3, 4, 3], grid: [1, 2, 3, 2, 3] },
        attributes: { mode: string('linear'), padding_mode: string('reflection') },
      },
    ],
  ],
  AffineGrid: [
    ['pictures', { opset: 20, x: [2, 2, 3], more: { size: list(2, 1, 3, 4) } }],
    [
      'volumes, corners aligned',
      { opset: 20, x: [1, 3, 4], more: { size: list(1, 1, 2, 3, 2) }, attributes: { align_corners: int(1) } },
    ],
  ],
  RoiAlign: [
    [
      'means',
      {
        x: [2, 3, 6, 6],
        more: { r: float32([2, 4], [0.5, 1, 4, 5, 1, 0.3, 5, 3.2]), i: list(1, 0) },
        attributes: { output_height: int(2), output_width: int(3), sampling_ratio: int(2), spatial_scale: float(0.9) },
      },
    ],
  ],
  Einsum: [
    [
      'a batch of products',
      { inputs: { a: [2, 3, 4], b: [2, 5, 4] }, attributes: { equation: string('bnd, bmd -> bnm') } },
    ],
  ],
  LSTM: [
    [
      'both ways',
      {
        x: [3, 2, 4],
        more: {
          w: counting(2, 12, 4),
          r: counting(2, 12, 3),
          b: counting(2, 24),
          none: absent,
          h: counting(2, 2, 3),
          c: counting(2, 2, 3),
        },
        attributes: { hidden_size: int(3), direction: string('bidirectional') },
        outputs: ['y', 'h1', 'c1'],
      },
    ],
    [
      'lengths given, peepholes',
      {
        x: [3, 2, 4],
        more: {
          w: counting(1, 12, 4),
          r: counting(1, 12, 3),
          'none-b': absent,
          l: { dtype: 'int32', shape: [2], data: Int32Array.of(3, 3) },
          'none-h': absent,
          'none-c': absent,
          p: counting(1, 9),
        },
        attributes: { hidden_size: int(3) },
      },
    ],
  ],
  GRU: [
    [
      'reset after the product, backwards',
      {
        x: [3, 2, 4],
        more: { w: counting(1, 9, 4), r: counting(1, 9, 3), b: counting(1, 18) },
        attributes: { hidden_size: int(3), linear_before_reset: int(1), direction: string('reverse') },
        outputs: ['y', 'h1'],
      },
    ],
  ],
  RNN: [
    [
      'of tangents',
      {
        x: [3, 2, 4],
        more: { w: counting(1, 3, 4), r: counting(1, 3, 3), b: counting(1, 6) },
        attributes: { hidden_size: int(3) },
        outputs: ['y', 'h1'],
      },
    ],
    [
      'of rectifiers, both ways',
      {
        x: [3, 2, 4],
        more: { w: counting(2, 3, 4), r: counting(2, 3, 3) },
        attributes: { hidden_size: int(3), direction: string('bidirectional'), activations: strings(['Relu', 'Relu']) },
      },
    ],
  ],
  Attention: [
    ['four axes', { opset: 23, inputs: { q: [2, 2, 3, 4], k: [2, 2, 5, 4], v: [2, 2, 5, 4] } }],
    [
      'three axes, shared keys, causal',
      {
        opset: 23,
        inputs: { q: [2, 3, 16], k: [2, 3, 8], v: [2, 3, 8] },
        attributes: { q_num_heads: int(4), kv_num_heads: int(2), is_causal: int(1), scale: float(0.4) },
      },
    ],
    [
      'with a mask',
      { opset: 23, inputs: { q: [1, 2, 3, 4], k: [1, 2, 5, 4], v: [1, 2, 5, 4] }, more: { m: counting(3, 5) } },
    ],
  ],
  RotaryEmbedding: [
    [
      'halves',
      {
        opset: 23,
        x: [2, 2, 3, 4],
        more: { c: counting(5, 2), s: counting(5, 2), i: int64([2, 3], [0, 1, 2, 1, 3, 4]) },
      },
    ],
    [
      'in pairs, of three axes',
      {
        opset: 23,
        x: [1, 3, 8],
        more: { c: counting(5, 2), s: counting(5, 2), i: int64([1, 3], [0, 2, 4]) },
        attributes: { num_heads: int(2), interleaved: int(1) },
      },
    ],
  ],
};

for (const [operator, list] of Object.entries(cases)) {
  for (const [name, options] of list) test(`${operator}, ${name}`, () => check(operator, options));
}
