/**
 * R-CNN, the route of the relative-position paper: every proposal is cut out, stretched to the network's input and
 * described by the frozen features of a tap; a linear support vector machine a class is trained on the objects and on
 * proposals that overlap none, with hard negatives looked for again. Girshick et al., CVPR 2014; Doersch et al., ICCV 2015.
 * `regression` corrects the edges of what was found by ridge regression on the same features; without it (default) the
 * features are judged by what they recognise alone.
 * @module
 */
import { z } from 'zod';
import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { centreBox, crop } from '../../data/transform/crop.ts';
import { type Presentation, present } from '../../data/transform/presentation.ts';
import { type Detection, meanPrecision, type Picture, scoreBoxes, withoutRepeats } from '../box-score.ts';
import { intervalSettings } from '../class-task.ts';
import { type Encoder, openEncoder } from '../encoder.ts';
import { countExamples, type ExamplePart } from '../examples.ts';
import type { Matrix } from '../linear-scores.ts';
import { boxOverlap, type Corners } from '../metrics/boxes.ts';
import { type BoxCase, type BoxCases, boxSettings, proposalRecall, readBoxCases } from '../network/box-cases.ts';
import { type EdgeRegression, learnEdges } from '../network/edge-regression.ts';
import { checkTaps, networkSource } from '../network/learning-network.ts';
import { planPooling, poolActivations } from '../pooling.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';
import { runtimeMatrixProduct } from '../runtime-matrix-product.ts';
import { decisionValues, fitHinges, type HingeFit } from '../squared-hinge.ts';
import { normaliseRows } from '../standardisation.ts';
import { listed, type NetworkInput, type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  taps: z
    .preprocess(listed, z.array(z.string()))
    .default([])
    .describe('taps that describe a proposal, a row each; default: the last one'),
  dimensions: z.number().int().positive().default(1024).describe('features of a proposal, about'),
  costs: z
    .preprocess(listed, z.array(z.coerce.number().positive()).min(1))
    .default([0.01, 0.1, 1, 10])
    .describe('costs of errors to choose from, on validation pictures'),
  positiveWeight: z.number().positive().default(2).describe('how much an error on an object counts'),
  rounds: z.number().int().min(0).default(1).describe('times that hard negatives are looked for'),
  negatives: z
    .number()
    .int()
    .positive()
    .default(10)
    .describe('proposals of a picture that are taken as negatives first'),
  regression: z
    .boolean()
    .default(false)
    .describe('correct the edges of detections by ridge regression, a class each (appendix C of the paper)'),
  ...boxSettings,
  pictures: z.number().int().positive().default(100).describe('pictures of each part at most, drawn by the seed'),
  ...intervalSettings,
});

export type RcnnOptions = z.infer<typeof options>;

export const rcnn: NetworkProtocol<RcnnOptions> = {
  id: 'rcnn',
  title: 'R-CNN',
  description: 'Proposals cut out and described by frozen features; a support vector machine a class, hard negatives.',
  needs: 'network',
  frozen: true,
  predicts: 'boxes',
  options,
  run: async (input, given) => runRcnn(input, parseOptions('rcnn', options, given)),
};

async function runRcnn(input: NetworkInput, settings: RcnnOptions): Promise<ProbeResult> {
  const source = networkSource(input.model);
  const taps = settings.taps.length > 0 ? settings.taps : source.taps.slice(-1);
  checkTaps(source, taps);
  const cases = readBoxCases(source, input.store, settings, (done, total) =>
    input.onProgress?.('propose for', done, total),
  );
  const encoder = await openEncoder(input.model, {
    ...(input.device === undefined ? {} : { device: input.device }),
    ...(input.threads === undefined ? {} : { threads: input.threads }),
  });
  const scores: TapScore[] = [];
  try {
    const tables = await describeRegions(encoder, input, cases, taps, settings.dimensions);
    for (const [i, tap] of taps.entries())
      scores.push(await measureTap(tap, tables[i], cases, settings, source.presentation.size));
  } finally {
    await encoder.release();
  }
  return {
    version: 1,
    protocol: 'rcnn',
    label: 'boxes',
    measure: 'ap50',
    classes: cases.classes,
    chance: 0,
    encoder: input.encoder,
    counts: countExamples(cases.examples),
    interval: {
      method: 'bootstrap over patients',
      level: settings.level,
      resamples: settings.resamples,
      seed: settings.seed,
    },
    notes: [
      `Proposals cover ${Math.round(100 * proposalRecall(cases, cases.examples.test))} % of the test objects by half or more: no detector on them finds others.`,
    ],
    taps: scores,
  };
}

/** Features of a picture's regions: its objects first, then its proposals. */
type RegionTables = readonly Float32Array[];

const regionsOf = ({ objects, proposals }: BoxCase): Corners[] => [...objects.map(({ box }) => box), ...proposals];

async function describeRegions(
  encoder: Encoder,
  { store, onProgress }: NetworkInput,
  { cases }: BoxCases,
  taps: readonly string[],
  dimensions: number,
): Promise<RegionTables[]> {
  const batch = encoder.fixedBatch ?? 32;
  const tables: Float32Array[][] = taps.map(() => []);
  for (const [number, found] of cases.entries()) {
    const regions = regionsOf(found);
    const parts: Float32Array[][] = taps.map(() => []);
    for (let first = 0; first < regions.length; first += batch) {
      const chosen = regions.slice(first, first + batch);
      const shown = chosen.map((box) => cutOut(store, found, box, encoder.presentation));
      const count = encoder.fixedBatch ?? shown.length;
      const data = new Float32Array(count * shown[0].length);
      shown.forEach((picture, i) => {
        data.set(picture, i * picture.length);
      });
      const outputs = await encoder.encode(data, count);
      taps.forEach((tap, i) => {
        const { shape, data: values } = outputs[tap];
        const length = values.length / shape[0];
        const plan = planPooling(shape.slice(1), dimensions);
        parts[i].push(
          poolActivations((values as Float32Array).subarray(0, chosen.length * length), chosen.length, plan),
        );
      });
    }
    parts.forEach((own, i) => {
      tables[i].push(joined(own));
    });
    onProgress?.('describe', number + 1, cases.length);
  }
  return tables;
}

/** A region with an eighth of its side around it, stretched to the network's input. */
function cutOut(store: FrameStore, { row }: BoxCase, box: Corners, presentation: Presentation): Float32Array {
  const [, height, width] = store.sizeOf(row.item);
  const side = Math.min(height, width);
  const square = centreBox(height, width, side, side);
  const scale = side / presentation.size;
  const [w, h] = [(box[2] - box[0]) / 8, (box[3] - box[1]) / 8];
  const held = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)));
  const x1 = held(square.x + (box[0] - w) * scale, width - 1);
  const y1 = held(square.y + (box[1] - h) * scale, height - 1);
  const x2 = Math.max(x1 + 1, held(square.x + (box[2] + w) * scale, width));
  const y2 = Math.max(y1 + 1, held(square.y + (box[3] + h) * scale, height));
  const frames = store.read(row.item, { start: row.start, count: 1 });
  return present(crop(frames, { x: x1, y: y1, width: x2 - x1, height: y2 - y1 }), { ...presentation, whole: true });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Overlap below which a proposal shows nothing of a class, as R-CNN has it. */
const nothing = 0.3;

async function measureTap(
  tap: string,
  tables: RegionTables,
  cases: BoxCases,
  settings: RcnnOptions,
  size: number,
): Promise<TapScore> {
  const { classes, examples } = cases;
  const columns = tables[0].length / regionsOf(cases.cases[0]).length;
  const machines: HingeFit[][] = [];
  for (const target of classes.keys()) {
    machines.push(await learnClass(target, tables, columns, cases, settings));
  }
  // Each class chooses its own cost on validation pictures.
  const chosen = machines.map((path, target) => {
    const values = path.map((fit) => {
      const pictures = picturesOf(examples.validation, tables, columns, cases, settings, [[target, fit]]);
      const items = scoreBoxes(pictures, examples.validation, classes, { resamples: 1, level: 0.95, seed: 0 }).items!;
      const only = items.map(({ detections, objects }) => ({
        detections: detections!,
        objects: objects!.map((count, k) => (k === target ? count : 0)),
      }));
      const value = meanPrecision(only, classes.length, 'all')();
      return Number.isNaN(value) ? 0 : value;
    });
    const best = values.indexOf(Math.max(...values));
    return { fit: path[best], value: values[best] };
  });
  const fits = chosen.map(({ fit }, target): [number, HingeFit] => [target, fit]);
  const edges = settings.regression
    ? await learnEdges(cases, regionsOf, (places) => rowsAt(places, tables, columns), size)
    : undefined;
  const pictures = picturesOf(examples.test, tables, columns, cases, settings, fits, edges);
  return {
    tap,
    dimensions: columns,
    ...scoreBoxes(pictures, examples.test, classes, settings),
    validation: chosen.reduce((sum, { value }) => sum + value / chosen.length, 0),
    hyperparameters: Object.fromEntries(classes.map((name, k) => [`cost ${name}`, chosen[k].fit.cost])),
  };
}

/** One machine a cost, after all rounds of hard negatives. */
async function learnClass(
  target: number,
  tables: RegionTables,
  columns: number,
  cases: BoxCases,
  settings: RcnnOptions,
): Promise<HingeFit[]> {
  const { rows } = cases.examples.train;
  const random = new Random(settings.seed).split('negatives', target);
  const positives: [number, number][] = [];
  const candidates: [number, number][] = [];
  const chosen = new Set<string>();
  for (const row of rows) {
    const found = cases.cases[row];
    found.objects.forEach((object, region) => {
      if (object.target === target) positives.push([row, region]);
    });
    const own = found.objects.filter((object) => object.target === target);
    const free = found.proposals.flatMap((box, i): [number, number][] =>
      own.every((object) => boxOverlap(box, object.box) < nothing) ? [[row, found.objects.length + i]] : [],
    );
    candidates.push(...free);
    for (const [, region] of random.shuffle([...free]).slice(0, settings.negatives)) chosen.add(`${row}:${region}`);
  }
  const hinge = { ...settings, negativeWeight: 1, maxIterations: 500 };
  let fits: HingeFit[] = [];
  for (let round = 0; round <= settings.rounds; round++) {
    const negatives = candidates.filter(([row, region]) => chosen.has(`${row}:${region}`));
    const regions = [...positives, ...negatives];
    const positive = regions.map((_, i) => (i < positives.length ? 1 : 0));
    [fits] = await fitHinges(rowsAt(regions, tables, columns), [{ positive }], hinge, runtimeMatrixProduct);
    if (round === settings.rounds) break;
    // What the middle of the costs takes for an object, or nearly: on the wrong side of the margin.
    const middle = fits[Math.floor(fits.length / 2)];
    const values = decisionValues(middle, rowsAt(candidates, tables, columns));
    candidates.forEach(([row, region], i) => {
      if (values[i] > -1) chosen.add(`${row}:${region}`);
    });
  }
  return fits;
}

function rowsAt(
  regions: readonly (readonly [number, number])[],
  tables: RegionTables,
  columns: number,
): Matrix & { readonly data: Float32Array } {
  const data = new Float32Array(regions.length * columns);
  regions.forEach(([row, region], i) => {
    data.set(tables[row].subarray(region * columns, (region + 1) * columns), i * columns);
  });
  return normaliseRows(data, columns, Int32Array.from(regions.keys()));
}

function picturesOf(
  part: ExamplePart,
  tables: RegionTables,
  columns: number,
  { cases }: BoxCases,
  { overlap }: RcnnOptions,
  fits: readonly (readonly [number, HingeFit])[],
  edges?: readonly (EdgeRegression | undefined)[],
): Picture[] {
  return [...part.rows].map((row): Picture => {
    const { objects, proposals } = cases[row];
    const features = rowsAt(
      proposals.map((_, i) => [row, objects.length + i] as const),
      tables,
      columns,
    );
    const detections = fits.flatMap(([target, fit]) => {
      const values = decisionValues(fit, features);
      const boxes = edges?.[target]?.(features, proposals) ?? proposals;
      return boxes.map((box, i): Detection => ({ box, target, score: values[i] }));
    });
    return { objects, detections: withoutRepeats(detections, overlap) };
  });
}
