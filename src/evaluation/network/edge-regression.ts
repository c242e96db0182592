/**
 * R-CNN's regression of edges: from the features of a region to how its box becomes that of the object it nearly shows.
 * Girshick et al., "Rich feature hierarchies for accurate object detection and semantic segmentation", CVPR 2014, appendix C:
 * ridge regression with a penalty of 1000, learned from regions that overlap an object by more than 0.6.
 * @module
 */
import type { Matrix } from '../linear-scores.ts';
import { boxOverlap, type Corners } from '../metrics/boxes.ts';
import { fitRidge, predictNumbers, type RidgeModel } from '../ridge-regression.ts';
import { runtimeMatrixProduct } from '../runtime-matrix-product.ts';
import type { BoxCase, BoxCases, BoxObject } from './box-cases.ts';
import { corrected, correctionsOf } from './box-fit.ts';

type Features = Matrix & { readonly data: Float32Array };

/** Boxes in place of proposals, by their features. */
export type EdgeRegression = (features: Features, proposals: readonly Corners[]) => Corners[];

interface EdgeExamples {
  /** A row a region. */
  readonly features: Features;
  readonly from: readonly Corners[];
  readonly to: readonly Corners[];
  /** Side of the picture that boxes stay in. */
  readonly size: number;
}

/** The paper's penalty is for features of length about 20 (pool5 is scaled so); here they have length 1. */
const penalty = 1000 / 20 ** 2;

/** Regions that a regression is learned from at least; a class with fewer keeps its proposals as they are. */
const fewest = 5;

/** One a class, from the regions of training pictures; `featuresOf` takes pictures and numbers of their regions. */
export async function learnEdges(
  { classes, cases, examples }: BoxCases,
  regionsOf: (found: BoxCase) => readonly Corners[],
  featuresOf: (places: readonly (readonly [number, number])[]) => Features,
  size: number,
): Promise<(EdgeRegression | undefined)[]> {
  const regressions: (EdgeRegression | undefined)[] = [];
  for (const target of classes.keys()) {
    const from: Corners[] = [];
    const to: Corners[] = [];
    const places: [number, number][] = [];
    for (const row of examples.train.rows) {
      regionsOf(cases[row]).forEach((box, region) => {
        const nearest = nearestObject(box, cases[row].objects);
        if (nearest?.target !== target) return;
        from.push(box);
        to.push(nearest.box);
        places.push([row, region]);
      });
    }
    const enough = places.length >= fewest;
    regressions.push(enough ? await fitEdges({ features: featuresOf(places), from, to, size }) : undefined);
  }
  return regressions;
}

/** The object a region overlaps most, where that is by more than 0.6. */
function nearestObject(box: Corners, objects: readonly BoxObject[]): BoxObject | undefined {
  let best: BoxObject | undefined;
  let most = 0.6;
  for (const object of objects) {
    const overlap = boxOverlap(box, object.box);
    if (overlap > most) [best, most] = [object, overlap];
  }
  return best;
}

async function fitEdges({ features, from, to, size }: EdgeExamples): Promise<EdgeRegression> {
  const means = columnMeans(features);
  const shifted = centred(features, means);
  const wanted = from.map((box, i) => correctionsOf(box, to[i]));
  const models: RidgeModel[] = [];
  for (let part = 0; part < 4; part++) {
    const targets = wanted.map((values) => values[part]);
    models.push((await fitRidge(shifted, targets, [penalty / features.rows], runtimeMatrixProduct))[0]);
  }
  return (rows, proposals) => {
    const told = models.map((model) => predictNumbers(model, centred(rows, means)));
    return proposals.map((box, i) =>
      corrected(
        box,
        told.map((values) => values[i]),
        size,
      ),
    );
  };
}

function columnMeans({ rows, columns, data }: Features): Float64Array {
  const means = new Float64Array(columns);
  data.forEach((value, i) => {
    means[i % columns] += value / rows;
  });
  return means;
}

function centred({ rows, columns, data }: Features, means: Float64Array): Features {
  return { rows, columns, data: data.map((value, i) => value - means[i % columns]) };
}
