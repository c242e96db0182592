// Readers of what reads and writes at positions against ONNX Runtime's own kernels, gradients against differences.
import { spaced } from '../../../../test/operator-check.ts';
import { counting, list, testReaders } from '../../../../test/reader-check.ts';
import { int64 } from '../../../tensor/host-array.ts';
import { int, string } from '../attributes.ts';

const apart = () => ({ draw: spaced() });

testReaders({
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
});
