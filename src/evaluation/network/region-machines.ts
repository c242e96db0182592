/**
 * Support vector machines on regions: a class each, trained on its objects and on proposals that overlap none, with hard
 * negatives looked for again; the cost is chosen on validation pictures. Girshick et al., CVPR 2014.
 * @module
 */
import { Random } from '../../base/random.ts';
import { type Detection, meanPrecision, picturesOf, scoreBoxes, withoutRepeats } from '../box-score.ts';
import type { ExamplePart } from '../examples.ts';
import { boxOverlap } from '../metrics/boxes.ts';
import { runtimeMatrixProduct } from '../runtime-matrix-product.ts';
import { decisionValues, fitHinges, type HingeFit } from '../squared-hinge.ts';
import type { BoxCases } from './box-cases.ts';
import type { EdgeRegression } from './edge-regression.ts';
import { type RegionPlace, type RegionTable, rowsAt } from './region-features.ts';

export interface RegionSettings {
  readonly costs: readonly number[];
  readonly positiveWeight: number;
  /** Times that hard negatives are looked for. */
  readonly rounds: number;
  /** Proposals of a picture that are taken as negatives first. */
  readonly negatives: number;
  /** Overlap above which detections of a class are one. */
  readonly overlap: number;
  readonly seed: number;
}

/** Overlap below which a proposal shows nothing of a class, as R-CNN has it. */
const nothing = 0.3;

/** The machine of every class at the cost that validation pictures prefer, with its average precision there. */
export async function learnMachines(
  table: RegionTable,
  cases: BoxCases,
  settings: RegionSettings,
  onClass?: (done: number, total: number) => void,
): Promise<{ readonly fit: HingeFit; readonly precision: number }[]> {
  const chosen: { fit: HingeFit; precision: number }[] = [];
  for (const target of cases.classes.keys()) {
    const path = await learnClass(target, table, cases, settings);
    const precisions = path.map((fit) => precisionOf(target, fit, table, cases, settings));
    const best = precisions.indexOf(Math.max(...precisions));
    chosen.push({ fit: path[best], precision: precisions[best] });
    onClass?.(target + 1, cases.classes.length);
  }
  return chosen;
}

/** Of one class on validation pictures. */
function precisionOf(
  target: number,
  fit: HingeFit,
  table: RegionTable,
  cases: BoxCases,
  { overlap }: RegionSettings,
): number {
  const { validation } = cases.examples;
  const pictures = picturesOf(cases, validation, detectRegions(validation, table, cases, [[target, fit]], overlap));
  const { items } = scoreBoxes(pictures, validation, cases.classes, { resamples: 1, level: 0.95, seed: 0 });
  const only = items!.map(({ detections, objects }) => ({
    detections: detections!,
    objects: objects!.map((count, k) => (k === target ? count : 0)),
  }));
  const value = meanPrecision(only, cases.classes.length, 'all')();
  return Number.isNaN(value) ? 0 : value;
}

/** One machine a cost, after all rounds of hard negatives. */
async function learnClass(
  target: number,
  table: RegionTable,
  { cases, examples }: BoxCases,
  settings: RegionSettings,
): Promise<HingeFit[]> {
  const random = new Random(settings.seed).split('negatives', target);
  const positives: RegionPlace[] = [];
  const candidates: RegionPlace[] = [];
  const chosen = new Set<string>();
  for (const row of examples.train.rows) {
    const found = cases[row];
    found.objects.forEach((object, region) => {
      if (object.target === target) positives.push([row, region]);
    });
    const own = found.objects.filter((object) => object.target === target);
    const free = found.proposals.flatMap((box, i): RegionPlace[] =>
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
    [fits] = await fitHinges(rowsAt(table, regions), [{ positive }], hinge, runtimeMatrixProduct);
    if (round === settings.rounds) break;
    // What the middle of the costs takes for an object, or nearly: on the wrong side of the margin.
    const middle = fits[Math.floor(fits.length / 2)];
    const values = decisionValues(middle, rowsAt(table, candidates));
    candidates.forEach(([row, region], i) => {
      if (values[i] > -1) chosen.add(`${row}:${region}`);
    });
  }
  return fits;
}

/** What machines, by class, find among the proposals of every picture of a part. */
export function detectRegions(
  { rows }: ExamplePart,
  table: RegionTable,
  { cases }: BoxCases,
  fits: readonly (readonly [target: number, fit: HingeFit])[],
  overlap: number,
  edges?: readonly (EdgeRegression | undefined)[],
): Detection[][] {
  return [...rows].map((row) => {
    const { objects, proposals } = cases[row];
    const features = rowsAt(
      table,
      proposals.map((_, i) => [row, objects.length + i]),
    );
    const detections = fits.flatMap(([target, fit]) => {
      const values = decisionValues(fit, features);
      const boxes = edges?.[target]?.(features, proposals) ?? proposals;
      return boxes.map((box, i): Detection => ({ box, target, score: values[i] }));
    });
    return withoutRepeats(detections, overlap);
  });
}
