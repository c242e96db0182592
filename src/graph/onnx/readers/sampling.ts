/**
 * Resampling: to another size, at given places, in regions, and channels to space and back.
 * @module
 */
import { normaliseAxis } from '../../../base/shape.ts';
import { float32 } from '../../../tensor/host-array.ts';
import { gridSample } from '../../operators/grid-sample.ts';
import { depthToSpace, spaceToDepth } from '../../operators/rearrangement.ts';
import { type ResizeAttributes, resizeOnnx } from '../../operators/resize.ts';
import * as graph from '../../primitives.ts';
import { emit, type Tensor } from '../../tensor.ts';
import { readAttribute, readInt, readInts } from '../attributes.ts';
import type { OnnxNode } from '../model.ts';
import { knownNumbers, type NodeReader, type Reading, required, unsupported } from './reading.ts';

/** Before version 11 coordinates were those that are called asymmetric now. */
const resize: NodeReader = (reading) => {
  const { node, opset } = reading;
  const x = required(reading, 0);
  const text = (name: string, fallback: string) => readAttribute(node, name, 'string') ?? fallback;
  const transformation = text('coordinate_transformation_mode', opset < 11 ? 'asymmetric' : 'half_pixel');
  if (transformation === 'tf_crop_and_resize') throw unsupported(node, 'cropping while resizing is not known');
  return resizeOnnx(x, {
    ...sizesOf(reading, x),
    mode: text('mode', 'nearest') as ResizeAttributes['mode'],
    coordinateTransformationMode: transformation,
    nearestMode: text('nearest_mode', opset < 11 ? 'floor' : 'round_prefer_floor'),
    cubicCoeffA: readAttribute(node, 'cubic_coeff_a', 'float') ?? -0.75,
    excludeOutside: readInt(node, 'exclude_outside', 0),
    ...(readInt(node, 'antialias', 0) === 1 ? { antialias: 1 } : {}),
  });
};

/** Lengths and scales of all axes, out of whichever of the two is given for all or some of them. */
function sizesOf(reading: Reading, x: Tensor): Pick<ResizeAttributes, 'sizes' | 'scales'> {
  const { node, opset } = reading;
  const rank = x.shape.length;
  const axes = (readInts(node, 'axes', undefined) ?? x.shape.map((_, axis) => axis)).map((axis) =>
    normaliseAxis(axis, rank),
  );
  const everywhere = (values: readonly number[], otherwise: (axis: number) => number) =>
    x.shape.map((_, axis) => (axes.includes(axis) ? values[axes.indexOf(axis)] : otherwise(axis)));
  // An empty list stands for one that is left out.
  const given = (position: number) => {
    const numbers = reading.inputs[position] === undefined ? undefined : knownNumbers(reading, position);
    return numbers?.length === 0 ? undefined : numbers;
  };
  const stated = readAttribute(node, 'scales', 'floats') ?? given(opset < 11 ? 1 : 2);
  if (stated !== undefined) {
    const scales = everywhere(stated, () => 1);
    return { scales, sizes: scales.map((scale, axis) => Math.floor(Math.fround(scale) * x.shape[axis])) };
  }
  const wanted = given(3);
  if (wanted === undefined) throw unsupported(node, 'it says neither sizes nor scales');
  const policy = readAttribute(node, 'keep_aspect_ratio_policy', 'string') ?? 'stretch';
  const ratios = wanted.map((length, i) => length / x.shape[axes[i]]);
  if (policy !== 'stretch') {
    const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
    const lengths = axes.map((axis) => Math.floor(ratio * x.shape[axis] + 0.5));
    return {
      scales: everywhere(
        axes.map(() => ratio),
        () => 1,
      ),
      sizes: everywhere(lengths, (axis) => x.shape[axis]),
    };
  }
  return { scales: everywhere(ratios, () => 1), sizes: everywhere(wanted, (axis) => x.shape[axis]) };
}

const grid: NodeReader = (reading) => {
  const { node } = reading;
  const mode = readAttribute(node, 'mode', 'string') ?? 'bilinear';
  const modes = { bilinear: 'linear', linear: 'linear', nearest: 'nearest', bicubic: 'cubic', cubic: 'cubic' } as const;
  const outside = readAttribute(node, 'padding_mode', 'string') ?? 'zeros';
  if (!(mode in modes)) throw unsupported(node, `sampling of mode ${mode} is not known`);
  return gridSample(required(reading, 0), required(reading, 1), {
    mode: modes[mode as keyof typeof modes],
    outside: outside as 'zeros' | 'border' | 'reflection',
    alignCorners: readInt(node, 'align_corners', 0) === 1,
  });
};

/** Places of an affine map of the square or cube from −1 to 1: `[N, …, rank]`, x first. */
const affineGrid: NodeReader = (reading) => {
  const theta = required(reading, 0);
  const [batch, , ...spatial] = knownNumbers(reading, 1)!;
  const rank = spatial.length;
  const corners = readInt(reading.node, 'align_corners', 0) === 1;
  const along = (length: number, i: number) =>
    corners ? (length === 1 ? -1 : (2 * i) / (length - 1) - 1) : (2 * i + 1) / length - 1;
  const points = spatial.reduce((a, b) => a * b, 1);
  const places = float32([points, rank + 1], 1);
  for (let point = 0; point < points; point++) {
    let rest = point;
    for (let axis = rank - 1; axis >= 0; axis--) {
      places.data[point * (rank + 1) + rank - 1 - axis] = along(spatial[axis], rest % spatial[axis]);
      rest = Math.floor(rest / spatial[axis]);
    }
  }
  return graph.reshape(graph.matmul(graph.literal(places), theta, { transposeB: true }), [batch, ...spatial, rank]);
};

const roiAlign: NodeReader = (reading) => {
  const { node, opset } = reading;
  const samples = graph.cast(required(reading, 2), 'int64');
  return emit('RoiAlign', [required(reading, 0), required(reading, 1), samples], {
    outputHeight: readInt(node, 'output_height', 1),
    outputWidth: readInt(node, 'output_width', 1),
    samplingRatio: readInt(node, 'sampling_ratio', 0),
    spatialScale: readAttribute(node, 'spatial_scale', 'float') ?? 1,
    mode: readAttribute(node, 'mode', 'string') ?? 'avg',
    coordinateTransformationMode:
      readAttribute(node, 'coordinate_transformation_mode', 'string') ??
      (opset < 16 ? 'output_half_pixel' : 'half_pixel'),
  });
};

function blocksizeOf(node: OnnxNode): number {
  const size = readInt(node, 'blocksize', undefined);
  if (size === undefined) throw unsupported(node, 'it does not say how large its blocks are');
  return size;
}

export const samplingReaders: Readonly<Record<string, NodeReader>> = {
  Resize: resize,
  // Up to version 9.
  Upsample: resize,
  GridSample: grid,
  AffineGrid: affineGrid,
  RoiAlign: roiAlign,
  DepthToSpace: (reading) =>
    depthToSpace(
      required(reading, 0),
      blocksizeOf(reading.node),
      readAttribute(reading.node, 'mode', 'string') === 'CRD' ? 'CRD' : 'DCR',
    ),
  SpaceToDepth: (reading) => spaceToDepth(required(reading, 0), blocksizeOf(reading.node)),
};
