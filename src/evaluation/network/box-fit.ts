/**
 * Fast R-CNN on any encoder: every proposal is pooled from a tap by RoIAlign and gets a class (or none) and a correction of
 * its edges. Girshick, ICCV 2015; RoIAlign as in He et al., ICCV 2017.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { oneHot } from '../../graph/operators/indexing.ts';
import { roiAlign } from '../../graph/operators/roi-align.ts';
import {
  abs,
  add,
  indices,
  literal,
  minimum,
  multiply,
  reduceSum,
  relu,
  reshape,
  softmax,
  subtract,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import type { BatchArrays } from '../../training/sampling/batch.ts';
import { type Detection, meanPrecision, picturesOf, scoreBoxes, withoutRepeats } from '../box-score.ts';
import type { ExamplePart } from '../examples.ts';
import { boxOverlap, type Corners } from '../metrics/boxes.ts';
import { type BoxCases, boxSettings } from './box-cases.ts';
import { type AnsweringNetwork, type FittedNetwork, fitNetwork } from './fit.ts';
import type { FitTask } from './fit-task.ts';
import type { FitGiven } from './fit-variants.ts';
import type { NetworkSource } from './learning-network.ts';
import { drawPlacement, type Placement } from './placement.ts';
import { recipeOptions } from './recipe.ts';

/** Options of every fit of boxes. */
export const boxFitSettings = {
  ...recipeOptions,
  batchSize: z.number().int().positive().default(2).describe('pictures a step'),
  regions: z.number().int().min(4).default(32).describe('proposals of a picture in one step, a quarter with an object'),
  ...boxSettings,
};

export interface BoxFitRequest extends FitGiven {
  readonly source: NetworkSource;
  readonly cases: BoxCases;
  readonly tap: string;
  readonly frozen: string | undefined;
  /** Proposals of a picture in one step. */
  readonly regions: number;
  /** Overlap above which detections of a class are one. */
  readonly overlap: number;
}

export interface BoxFit {
  readonly network: FittedNetwork;
  /** Features that describe a region. */
  readonly features: number;
  /** Detections in every picture of a part. */
  detect(part: ExamplePart): Promise<Detection[][]>;
}

/** Entries along each side of a pooled region, and numbers that describe it. */
const pooled = 4;
const hidden = 128;
/** Corrections are told in these units, so that all are of the size of 1. */
const units = [0.1, 0.1, 0.2, 0.2] as const;

export async function fitBoxes(request: BoxFitRequest): Promise<BoxFit> {
  const { source, cases, recipe, regions, frozen, backend, threads } = request;
  const { size } = source.presentation;
  const { train, validation } = cases.examples;
  const network = await fitNetwork({
    source,
    task: boxTask(request),
    recipe,
    frozen,
    backend,
    threads,
    examples: train.rows.length,
    fill: (example, random, batch, slot) => {
      const found = cases.cases[train.rows[example]];
      const placement = drawPlacement(recipe, size, random);
      cases.shown.put(found.row, batch, slot, placement);
      const move = (box: Corners) => moved(box, size, placement);
      const objects = found.objects.map(({ box, target }) => ({ box: move(box), target }));
      const proposals = [...found.proposals.map(move), ...objects.map(({ box }) => box)];
      fillRegions(drawRegions(proposals, objects, regions, random), cases.classes.length, batch, slot);
    },
    validate: async (answering) => {
      const detections = await detectIn(answering, request, validation);
      const pictures = picturesOf(cases, validation, detections);
      const once = { resamples: 1, level: 0.95, seed: 0 };
      const { items } = scoreBoxes(pictures, validation, cases.classes, once);
      const score = meanPrecision(items!, cases.classes.length, 'all')();
      return { score: Number.isNaN(score) ? 0 : score, loss: 0 };
    },
    checkpoints: request.checkpoints,
    onStep: request.onStep,
  });
  const features = network.weights().get('head.hidden.weight')!.shape[1];
  return { network, features, detect: (part) => detectIn(network, request, part) };
}

function boxTask({ source, cases, tap, regions }: BoxFitRequest): FitTask {
  const classes = cases.classes.length + 1;
  return {
    taps: [tap],
    inputs: { regions: { dtype: 'float32', shape: [regions, 4] } },
    targets: {
      classes: { dtype: 'int64', shape: [regions] },
      corrections: { dtype: 'float32', shape: [regions, 4] },
    },
    head: ({ taps, inputs, targets, scope }) => {
      const map = taps[tap];
      const batch = map.shape[0];
      const count = batch * regions;
      const owners = indices(Array.from({ length: count }, (_, i) => Math.floor(i / regions)));
      const scale = map.shape[2] / source.presentation.size;
      const each = roiAlign(map, reshape(inputs.regions, [count, 4]), owners, { size: [pooled, pooled], scale });
      const flat = reshape(each, [count, map.shape[1] * pooled * pooled]);
      const features = relu(linearLayer(scope, 'hidden', flat, { features: hidden }));
      const logits = linearLayer(scope, 'classes', features, { features: classes });
      const corrections = reshape(linearLayer(scope, 'corrections', features, { features: 4 * classes }), [
        count,
        classes,
        4,
      ]);
      const outputs = {
        probabilities: reshape(softmax(logits, 1), [batch, regions, classes]),
        corrections: reshape(corrections, [batch, regions, classes, 4]),
      };
      if (targets === undefined) return { outputs };
      const truth = reshape(targets.classes, [count]);
      const wanted = reshape(targets.corrections, [count, 4]);
      return { outputs, loss: add(crossEntropy(logits, truth), edgeLoss(corrections, truth, wanted, classes)) };
    },
  };
}

/** Smooth L1 of the true class's corrections, of regions that show an object, by the number of all regions. */
function edgeLoss(corrections: Tensor, truth: Tensor, wanted: Tensor, classes: number): Tensor {
  const [count] = corrections.shape;
  const chosen = reshape(oneHot(truth, classes), [count, classes, 1]);
  // The last class is none: nothing is to be corrected there.
  const shown = multiply(chosen, somethingMask(classes));
  const difference = abs(
    subtract(reduceSum(multiply(corrections, shown), { axes: [1] }), multiply(wanted, reduceSum(shown, { axes: [1] }))),
  );
  const small = minimum(difference, 1);
  // ½ x² up to 1 and x − ½ beyond.
  return multiply(reduceSum(add(multiply(multiply(small, small), 0.5), subtract(difference, small))), 1 / count);
}

/** 1 for every class but the last, `[1, K, 1]`. */
function somethingMask(classes: number): Tensor {
  return literal(
    float32(
      [1, classes, 1],
      Array.from({ length: classes }, (_, k) => (k < classes - 1 ? 1 : 0)),
    ),
  );
}

interface DrawnRegion {
  readonly box: Corners;
  /** Undefined for background. */
  readonly target: number | undefined;
  readonly corrections: readonly number[];
}

/** A quarter of the regions show an object (overlap of half or more); the others overlap less, those that nearly do first. */
export function drawRegions(
  proposals: readonly Corners[],
  objects: readonly { readonly box: Corners; readonly target: number }[],
  count: number,
  random: Random,
): DrawnRegion[] {
  const showing: DrawnRegion[] = [];
  const near: DrawnRegion[] = [];
  const far: DrawnRegion[] = [];
  for (const box of proposals) {
    let best = -1;
    let most = 0;
    objects.forEach((object, i) => {
      const overlap = boxOverlap(box, object.box);
      if (overlap > most) [best, most] = [i, overlap];
    });
    const none = { box, target: undefined, corrections: [0, 0, 0, 0] };
    if (most >= 0.5)
      showing.push({ box, target: objects[best].target, corrections: correctionsOf(box, objects[best].box) });
    else if (most >= 0.1) near.push(none);
    else far.push(none);
  }
  const some = random.shuffle(showing).slice(0, Math.max(1, Math.round(count / 4)));
  const others = [...random.shuffle(near), ...random.shuffle(far)].slice(0, count - some.length);
  const drawn = [...some, ...others];
  // A picture of few proposals shows some of them again.
  return Array.from({ length: count }, (_, i) => drawn[i % drawn.length]);
}

function fillRegions(drawn: readonly DrawnRegion[], none: number, batch: BatchArrays, slot: number): void {
  drawn.forEach(({ box, target, corrections }, i) => {
    const at = slot * drawn.length + i;
    (batch.regions.data as Float32Array).set(box, 4 * at);
    (batch.corrections.data as Float32Array).set(corrections, 4 * at);
    batch.classes.data[at] = BigInt(target ?? none);
  });
}

/** How a proposal becomes a box: shifts by shares of its sides, logarithms of how its sides grow. */
export function correctionsOf(from: Corners, to: Corners): number[] {
  const [a, b] = [centred(from), centred(to)];
  return [
    (b.x - a.x) / a.width,
    (b.y - a.y) / a.height,
    Math.log(b.width / a.width),
    Math.log(b.height / a.height),
  ].map((value, i) => value / units[i]);
}

/** `correctionsOf` backwards, held inside the picture. */
export function corrected(box: Corners, corrections: ArrayLike<number>, size: number): Corners {
  const { x, y, width, height } = centred(box);
  const [right, down, wider, higher] = units.map((unit, i) => corrections[i] * unit);
  // A side does not grow by more than 62.5, as elsewhere: the exponential of a bad answer is no box.
  const grow = (value: number) => Math.exp(Math.min(value, Math.log(1000 / 16)));
  const [w, h] = [width * grow(wider), height * grow(higher)];
  const [cx, cy] = [x + right * width, y + down * height];
  const within = (value: number) => Math.min(size, Math.max(0, value));
  return [within(cx - w / 2), within(cy - h / 2), within(cx + w / 2), within(cy + h / 2)];
}

function centred([x1, y1, x2, y2]: Corners) {
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2, width: Math.max(1e-3, x2 - x1), height: Math.max(1e-3, y2 - y1) };
}

/** Where a box lies once its picture is placed, held inside. */
export function moved([x1, y1, x2, y2]: Corners, size: number, { down, right, mirrored }: Placement): Corners {
  const within = (value: number) => Math.min(size, Math.max(0, value));
  const [left, end] = mirrored ? [size - x2, size - x1] : [x1, x2];
  return [within(left + right), within(y1 + down), within(end + right), within(y2 + down)];
}

/** Answers below this are not worth keeping. */
const leastScore = 0.01;

async function detectIn(
  network: AnsweringNetwork,
  { source, cases, regions, overlap }: BoxFitRequest,
  part: ExamplePart,
): Promise<Detection[][]> {
  const { size } = source.presentation;
  const classes = cases.classes.length;
  const detections: Detection[][] = [...part.rows].map(() => []);
  const chunks = [...part.rows].flatMap((row, picture) => {
    const { proposals } = cases.cases[row];
    return Array.from({ length: Math.ceil(proposals.length / regions) }, (_, i) => ({
      picture,
      row: cases.cases[row].row,
      boxes: proposals.slice(i * regions, (i + 1) * regions),
    }));
  });
  await network.answer(
    chunks.length,
    (i, batch, slot) => {
      cases.shown.put(chunks[i].row, batch, slot);
      const target = (batch.regions.data as Float32Array).subarray(4 * slot * regions, 4 * (slot + 1) * regions);
      target.fill(0);
      chunks[i].boxes.forEach((box, at) => {
        target.set(box, 4 * at);
      });
    },
    (i, { probabilities, corrections }: Readonly<Record<string, HostArray>>, slot) => {
      const { picture, boxes } = chunks[i];
      boxes.forEach((box, at) => {
        const place = (slot * regions + at) * (classes + 1);
        for (let target = 0; target < classes; target++) {
          const score = Number(probabilities.data[place + target]);
          if (score < leastScore) continue;
          const own = (corrections.data as Float32Array).subarray(4 * (place + target), 4 * (place + target) + 4);
          detections[picture].push({ box: corrected(box, own, size), target, score });
        }
      });
    },
  );
  return detections.map((own) => withoutRepeats(own, overlap));
}
