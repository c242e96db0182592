/**
 * Regions of interest pooled to one size.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { float32 } from '../../tensor/host-array.ts';
import {
  abs,
  add,
  cast,
  gather,
  greaterOrEqual,
  lessOrEqual,
  literal,
  matmul,
  maximum,
  multiply,
  reduceMean,
  relu,
  reshape,
  slice,
  subtract,
} from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

type RoiAttributes = {
  outputHeight: number;
  outputWidth: number;
  samplingRatio: number;
  spatialScale: number;
  mode: string;
  coordinateTransformationMode: string;
};

export interface RoiAlignOptions {
  /** Height and width of a pooled region. */
  readonly size: readonly [number, number];
  /** Samples along each side of a bin. Default 2. */
  readonly samples?: number;
  /** Entries of the map for each unit of the regions' coordinates. Default 1. */
  readonly scale?: number;
}

/**
 * Means of bilinear samples in a grid of bins over each region (He et al., "Mask R-CNN", ICCV 2017; coordinates shifted by
 * half an entry, as `aligned=True` in torchvision).
 *
 * @param x `[N, C, H, W]`
 * @param regions `[R, 4]`: x1, y1, x2, y2
 * @param samples int64 `[R]`: which of the N each region lies in
 */
export function roiAlign(x: Tensor, regions: Tensor, samples: Tensor, options: RoiAlignOptions): Tensor {
  const { size, samples: samplingRatio = 2, scale = 1 } = options;
  return emit('RoiAlign', [x, regions, samples], {
    outputHeight: size[0],
    outputWidth: size[1],
    samplingRatio,
    spatialScale: scale,
    mode: 'avg',
    coordinateTransformationMode: 'half_pixel',
  });
}

/** How much of each of `length` entries every bin of every region takes along one axis, `[R, bins, length]`. */
function shares(regions: Tensor, side: number, bins: number, length: number, attributes: RoiAttributes): Tensor {
  const { samplingRatio, spatialScale, coordinateTransformationMode } = attributes;
  const count = regions.shape[0];
  const half = coordinateTransformationMode === 'half_pixel';
  const edge = (column: number) =>
    subtract(multiply(reshape(slice(regions, 1, column, column + 1), [count, 1]), spatialScale), half ? 0.5 : 0);
  const start = edge(side);
  const full = subtract(edge(side + 2), start);
  const extent = half ? full : maximum(full, 1);
  const fractions = Array.from({ length: bins * samplingRatio }, (_, k) => (k + 0.5) / (bins * samplingRatio));
  const places = add(start, multiply(extent, literal(float32([1, fractions.length], fractions))));
  const inside = multiply(cast(greaterOrEqual(places, -1), 'float32'), cast(lessOrEqual(places, length), 'float32'));
  const held = emit('Clip', [places], { min: 0, max: length - 1 });
  const entries = literal(
    float32(
      [1, 1, length],
      Array.from({ length }, (_, k) => k),
    ),
  );
  const distance = abs(subtract(reshape(held, [count, fractions.length, 1]), entries));
  const each = multiply(relu(subtract(1, distance)), reshape(inside, [count, fractions.length, 1]));
  return reduceMean(reshape(each, [count, bins, samplingRatio, length]), { axes: [2] });
}

export const roiAlignOperators: readonly Operator[] = [
  defineOperator<RoiAttributes>({
    type: 'RoiAlign',
    domain: '',
    infer: ([x, regions, samples], { outputHeight, outputWidth }) => {
      const count = regions.shape[0];
      if (regions.shape.length !== 2 || regions.shape[1] !== 4 || samples.shape[0] !== count) {
        throw new SondeError('shape/mismatch', 'regions are [R, 4], with the number of a sample for each of the R', {
          hint: 'a region is x1, y1, x2, y2',
        });
      }
      return [{ dtype: x.dtype, shape: [count, x.shape[1], outputHeight, outputWidth] }];
    },
    gradient: 'expand',
    // Bilinear sampling is separable: a product with the shares of rows and one with the shares of columns.
    expand: ([x, regions, samples], attributes) => {
      if (attributes.mode !== 'avg' || attributes.samplingRatio < 1) {
        throw new SondeError(
          'graph/no-gradient',
          'regions have a gradient for means of a fixed number of samples only',
          {
            hint: "set mode to 'avg' and sampling_ratio to 1 or more",
          },
        );
      }
      const [, , height, width] = x.shape;
      const rows = shares(regions, 1, attributes.outputHeight, height, attributes);
      const columns = shares(regions, 0, attributes.outputWidth, width, attributes);
      const count = regions.shape[0];
      const withChannels = (matrix: Tensor) => reshape(matrix, [count, 1, ...matrix.shape.slice(1)]);
      const across = matmul(gather(x, samples, 0), withChannels(columns), { transposeB: true });
      return [matmul(withChannels(rows), across)];
    },
    onnx: { floats: ['spatialScale'] },
  }),
];
