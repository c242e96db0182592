/**
 * A network trained to segment: an encoder with a decoder, cross-entropy and soft Dice at every labelled place. Classes of
 * few places weigh more in the gradient of cross-entropy, by the root of how rare they are: with equal weights the network
 * learns first that everything is background, and the gradient of Dice, which a probability near 0 scales down, no longer
 * leads away from there.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';
import { add, literal, multiply, reduceSum, softmax } from '../../graph/primitives.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { softDice } from '../../nn/losses/soft-dice.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import type { BatchArrays } from '../../training/sampling/batch.ts';
import type { ExamplePart, Examples } from '../examples.ts';
import type { Row } from '../extraction.ts';
import { overlapOf } from '../metrics/overlap.ts';
import { type DecoderKind, decode, decoderTaps } from './decoders.ts';
import { type AnsweringNetwork, type FittedNetwork, fitNetwork, type Validation } from './fit.ts';
import type { FitTask } from './fit-task.ts';
import type { FitGiven } from './fit-variants.ts';
import { type NetworkSource, tapShape } from './learning-network.ts';
import { CaseAnswer, type MaskCase, shownMask, unlabelled } from './mask-cases.ts';
import { drawPlacement, place } from './placement.ts';
import { ShownWindows } from './shown-windows.ts';

export interface MaskFitRequest extends FitGiven {
  readonly source: NetworkSource;
  readonly store: FrameStore;
  readonly rows: readonly { readonly row: Row; readonly found: MaskCase }[];
  readonly examples: Examples;
  readonly classes: number;
  readonly decoder: DecoderKind;
  /** First values of the decoder, where it is carried over. */
  readonly given?: ReadonlyMap<string, HostArray> | undefined;
  readonly frozen: string | undefined;
}

export interface MaskFit {
  readonly network: FittedNetwork;
  /** Channels of the coarsest map that the decoder reads. */
  readonly features: number;
  /** Class numbers on the mask's own pixels, for every unit of a part. */
  answer(part: ExamplePart): Promise<Uint8Array[]>;
}

export async function fitMasks(request: MaskFitRequest): Promise<MaskFit> {
  const { source, store, rows, examples, classes, recipe, backend, threads, frozen } = request;
  const { presentation } = source;
  const { size } = presentation;
  const windows = new ShownWindows(store, presentation);
  const masks = new Map<number, Uint8Array>();
  const maskOf = (row: number) => {
    const known = masks.get(row) ?? shownMask(rows[row].found, rows[row].row.start, presentation);
    masks.set(row, known);
    return known;
  };
  const { train } = examples;
  const moved = new Uint8Array(presentation.frames * size * size);
  const show = (row: number, batch: BatchArrays, slot: number) => windows.put(rows[row].row, batch, slot);
  const names = decoderTaps(source);
  const network = await fitNetwork({
    source,
    task: maskTask(request, names, classWeights(train, maskOf, classes)),
    recipe,
    frozen,
    backend,
    threads,
    examples: train.rows.length,
    fill: (example, random, batch, slot) => {
      const row = train.rows[example];
      const placement = drawPlacement(recipe, size, random);
      windows.put(rows[row].row, batch, slot, placement);
      place(maskOf(row), size, placement, moved, 0);
      const target = (batch.masks.data as Float32Array).subarray(slot * classes * moved.length);
      target.fill(0, 0, classes * moved.length);
      moved.forEach((code, i) => {
        if (code !== unlabelled) target[code * moved.length + i] = 1;
      });
    },
    validate: (answering) => validate(answering, examples.validation, classes, show, maskOf),
    checkpoints: request.checkpoints,
    onStep: request.onStep,
  });
  return {
    network,
    features: tapShape(source, names[names.length - 1])[0],
    answer: async (part) => {
      const answers: Uint8Array[] = new Array(part.units.length);
      let current: CaseAnswer | undefined;
      await network.answer(
        part.rows.length,
        (i, batch, slot) => show(part.rows[i], batch, slot),
        (i, { scores }, slot) => {
          const { row, found } = rows[part.rows[i]];
          if (i === 0 || part.unitOfRow[i] !== part.unitOfRow[i - 1])
            current = new CaseAnswer(found, presentation, classes);
          const length = scores.data.length / scores.shape[0];
          current!.add(row.start, (scores.data as Float32Array).subarray(slot * length, (slot + 1) * length));
          const last = part.unitOfRow[i + 1] !== part.unitOfRow[i];
          if (last) answers[part.unitOfRow[i]] = current!.classes();
        },
      );
      return answers;
    },
  };
}

/** √(places of all classes / places of the class) in training masks, scaled to a mean of 1 over places. */
export function classWeights(
  { rows }: Pick<ExamplePart, 'rows'>,
  maskOf: (row: number) => Uint8Array,
  classes: number,
): number[] {
  const places = new Array<number>(classes).fill(0);
  for (const row of rows) {
    for (const code of maskOf(row)) if (code !== unlabelled) places[code]++;
  }
  const total = places.reduce((sum, count) => sum + count, 0);
  const roots = places.map((count) => Math.sqrt(total / Math.max(1, count)));
  const mean = roots.reduce((sum, root, code) => sum + root * places[code], 0) / total;
  return roots.map((root) => root / mean);
}

function maskTask(
  { source, classes, decoder, given }: MaskFitRequest,
  names: readonly string[],
  weights: readonly number[],
): FitTask {
  const { frames, size } = source.presentation;
  const spatial = source.rank === 2 ? [size, size] : [frames, size, size];
  return {
    taps: names,
    targets: { masks: { dtype: 'float32', shape: [classes, ...spatial] } },
    ...(given === undefined ? {} : { given: belowHead(given, classes) }),
    head: ({ taps, targets, scope }) => {
      const maps = names.map((name) => taps[name]);
      const scores = decode(decoder, scope, maps, spatial, classes);
      if (targets === undefined) return { outputs: { scores } };
      const ofClass = literal(float32([1, classes, ...spatial.map(() => 1)], [...weights]));
      const gradientWeights = reduceSum(multiply(targets.masks, ofClass), { axes: [1] });
      const loss = add(
        crossEntropy(scores, targets.masks, { gradientWeights }),
        softDice(softmax(scores, 1), targets.masks),
      );
      return { outputs: { scores }, loss };
    },
  };
}

/** What a decoder carries over; its last layer answers another question and begins anew. */
function belowHead(given: ReadonlyMap<string, HostArray>, classes: number): Map<string, HostArray> {
  const fits = ([name, { shape }]: readonly [string, HostArray]) =>
    !name.startsWith('decoder.out.') || shape[0] === classes;
  return new Map([...given].filter(fits).map(([name, value]) => [`head.${name}`, value]));
}

/** Mean Dice of windows on the network's own grid: what the fit is chosen by. */
async function validate(
  network: AnsweringNetwork,
  part: ExamplePart,
  classes: number,
  show: (row: number, batch: BatchArrays, slot: number) => void,
  maskOf: (row: number) => Uint8Array,
): Promise<Validation> {
  let sum = 0;
  let count = 0;
  let loss = 0;
  await network.answer(
    part.rows.length,
    (i, batch, slot) => show(part.rows[i], batch, slot),
    (i, { scores }, slot) => {
      const truth = maskOf(part.rows[i]);
      const values = (scores.data as Float32Array).subarray(slot * classes * truth.length);
      const answer = new Uint8Array(truth.length);
      for (let at = 0; at < truth.length; at++) {
        if (truth[at] === unlabelled) {
          answer[at] = unlabelled;
          continue;
        }
        let total = 0;
        for (let k = 0; k < classes; k++) {
          if (values[k * truth.length + at] > values[answer[at] * truth.length + at]) answer[at] = k;
        }
        const most = values[answer[at] * truth.length + at];
        for (let k = 0; k < classes; k++) total += Math.exp(values[k * truth.length + at] - most);
        loss += (Math.log(total) + most - values[truth[at] * truth.length + at]) / (truth.length * part.rows.length);
      }
      for (let k = 1; k < classes; k++) {
        const { dice } = overlapOf(truth, answer, k);
        if (Number.isNaN(dice)) continue;
        sum += dice;
        count++;
      }
    },
  );
  return { score: count === 0 ? 0 : sum / count, loss };
}
