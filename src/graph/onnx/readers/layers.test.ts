// Readers of layers against ONNX Runtime's own kernels, and their gradients against differences in float64.
import { spaced } from '../../../../test/operator-check.ts';
import { absent, counting, testReaders } from '../../../../test/reader-check.ts';
import { float32, int64 } from '../../../tensor/host-array.ts';
import { float, int, ints, string, strings } from '../attributes.ts';

const image = [2, 4, 5, 6];
const apart = () => ({ draw: spaced() });

testReaders({
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
});
