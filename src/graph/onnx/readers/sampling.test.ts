// Readers of what resamples and lengthens against ONNX Runtime's own kernels, gradients against differences.
import { absent, list, one, testReaders } from '../../../../test/reader-check.ts';
import { float32 } from '../../../tensor/host-array.ts';
import { float, floats, int, ints, string } from '../attributes.ts';

const image = [2, 4, 5, 6];

testReaders({
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
});
