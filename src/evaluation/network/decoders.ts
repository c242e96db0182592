/**
 * From the taps of an encoder back to one answer a place: the decoders of segmentation. All but `full` begin from new
 * weights, so that the encoder alone is carried over.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { sameShape } from '../../base/shape.ts';
import { convolutionTranspose } from '../../graph/operators/convolution.ts';
import { resize } from '../../graph/operators/resize.ts';
import { add, concat, reshape, sliceAxes, transpose } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { uniformFanIn } from '../../nn/initialisers.ts';
import { convolutionLayer } from '../../nn/layers/convolution.ts';
import type { Scope } from '../../nn/parameters.ts';
import { rectifiedConvolution } from '../../nn/trunks/unet3d.ts';
import { decodeUnet } from '../../nn/trunks/unet3d-decoder.ts';
import { learningNetwork, type NetworkSource } from './learning-network.ts';

export const decoderKinds = ['transposed', 'resize', 'duc', 'linear', 'fcn', 'full'] as const;
export type DecoderKind = (typeof decoderKinds)[number];

/** What each decoder is, for help. */
export const decoderTitles: Readonly<Record<DecoderKind, string>> = {
  transposed: 'U-Net with transposed convolutions (Ronneberger et al., MICCAI 2015)',
  resize: 'U-Net with interpolation',
  duc: 'dense upsampling convolution of the last tap (Wang et al., WACV 2018; Zhuang et al., MICCAI 2019)',
  linear: '1x1 convolution on the last tap of an encoder held fast (Bardes et al., NeurIPS 2022)',
  fcn: 'scores of the last three taps added up (FCN: Long et al., CVPR 2015)',
  full: "the run's own decoder goes on learning too",
};

/** Names of the maps a decoder joins, from fine to coarse: of each size the last tap. */
export function decoderTaps(source: NetworkSource): string[] {
  const { taps } = learningNetwork(source, { batch: source.fixedBatch ?? 2, taps: source.taps, training: false });
  const chosen: string[] = [];
  for (const name of source.taps) {
    if (taps[name].shape.length !== source.rank + 2) continue;
    const earlier = chosen.at(-1);
    const size = taps[name].shape.slice(2);
    if (earlier !== undefined) {
      const before = taps[earlier].shape.slice(2);
      if (sameShape(before, size)) chosen.pop();
      else if (size.some((length, axis) => length > before[axis])) continue;
    }
    chosen.push(name);
  }
  if (chosen.length > 0) return chosen;
  throw new SondeError('graph/unsupported', 'the network has no map that places can be told from', {
    found: source.taps.map((name) => `${name} of ${taps[name].shape.length} axes`).join(', '),
    expected: `a tap of ${source.rank + 2} axes`,
    hint: 'name maps between the nodes of its graph with --taps, separated by commas',
  });
}

/**
 * @param maps `[B, C, …]` from fine to coarse
 * @param size spatial lengths of the answer
 * @returns `[B, outputs, …size]`, before any squashing
 */
export function decode(
  kind: DecoderKind,
  scope: Scope,
  maps: readonly Tensor[],
  size: readonly number[],
  outputs: number,
): Tensor {
  const last = maps[maps.length - 1];
  switch (kind) {
    case 'linear':
      return smoothly(scoreLayer(scope, 'score', last, outputs), size);
    case 'duc':
      return denseUpsampling(scope, last, size, outputs);
    case 'fcn':
      return smoothly(addedScores(scope, maps.slice(-3), outputs), size);
    case 'full':
      return smoothly(
        scope.layer('decoder', (inner) => decodeUnet(inner, maps, outputs).output),
        size,
      );
    default:
      return unet(kind, scope, maps, size, outputs);
  }
}

function scoreLayer(scope: Scope, name: string, x: Tensor, outputs: number): Tensor {
  return convolutionLayer(scope, name, x, { channels: outputs, kernel: 1, initialise: uniformFanIn });
}

function smoothly(x: Tensor, size: readonly number[]): Tensor {
  return sameShape(x.shape.slice(2), size) ? x : resize(x, { size, mode: 'linear' });
}

function addedScores(scope: Scope, maps: readonly Tensor[], outputs: number): Tensor {
  let sum: Tensor | undefined;
  for (let level = maps.length - 1; level >= 0; level--) {
    const scores = scoreLayer(scope, `score${level + 1}`, maps[level], outputs);
    sum = sum === undefined ? scores : add(smoothly(sum, scores.shape.slice(2)), scores);
  }
  return sum!;
}

function unet(
  kind: 'transposed' | 'resize',
  scope: Scope,
  maps: readonly Tensor[],
  size: readonly number[],
  outputs: number,
): Tensor {
  let x = maps[maps.length - 1];
  for (let level = maps.length - 2; level >= 0; level--) {
    const beside = maps[level];
    const width = beside.shape[1];
    x = scope.layer(`up${level + 1}`, (inner) => {
      const joined = concat([grown(kind, inner, x, beside.shape.slice(2), width), beside], 1);
      return rectifiedConvolution(inner, 2, rectifiedConvolution(inner, 1, joined, width), width);
    });
  }
  if (!sameShape(x.shape.slice(2), size)) {
    const width = Math.max(8, Math.ceil(x.shape[1] / 2));
    x = scope.layer('top', (inner) => rectifiedConvolution(inner, 1, grown(kind, inner, x, size, width), width));
  }
  return scoreLayer(scope, 'out', x, outputs);
}

/** A map made larger: by a transposed convolution as wide as its step, cut to size, or by interpolation. */
function grown(
  kind: 'transposed' | 'resize',
  scope: Scope,
  x: Tensor,
  size: readonly number[],
  channels: number,
): Tensor {
  if (kind === 'resize') {
    return rectifiedConvolution(scope, 0, smoothly(x, size), channels);
  }
  return scope.layer('transposed', (inner) => {
    const step = stepsTo(x, size);
    const weight = inner.parameter('weight', [x.shape[1], channels, ...step], uniformFanIn);
    return cut(convolutionTranspose(x, weight, { stride: step }), size);
  });
}

/** Convolution to `outputs` · r numbers a place, woven into r places. */
function denseUpsampling(scope: Scope, x: Tensor, size: readonly number[], outputs: number): Tensor {
  const step = stepsTo(x, size);
  const rank = step.length;
  const channels = outputs * step.reduce((product, factor) => product * factor, 1);
  const dense = convolutionLayer(scope, 'dense', x, { channels, kernel: 3, padding: 1, initialise: uniformFanIn });
  const [batch, , ...spatial] = dense.shape;
  const order = spatial.flatMap((_, axis) => [2 + rank + axis, 2 + axis]);
  const woven = transpose(reshape(dense, [batch, outputs, ...step, ...spatial]), [0, 1, ...order]);
  return cut(reshape(woven, [batch, outputs, ...spatial.map((length, axis) => length * step[axis])]), size);
}

function stepsTo(x: Tensor, size: readonly number[]): number[] {
  return size.map((length, axis) => Math.ceil(length / x.shape[axis + 2]));
}

/** The first `size` places along each axis. */
function cut(x: Tensor, size: readonly number[]): Tensor {
  if (sameShape(x.shape.slice(2), size)) return x;
  const axes = size.map((_, axis) => axis + 2);
  return sliceAxes(
    x,
    axes,
    axes.map(() => 0),
    [...size],
  );
}
