/**
 * Average precision of detections: PASCAL VOC's (of 11 points, and of the area under the curve) and COCO's (101 points).
 * Everingham et al., IJCV 2010; Lin et al., ECCV 2014, and pycocotools.
 * @module
 */
import { boxOverlap, type Corners } from './boxes.ts';

export interface Detected {
  readonly box: Corners;
  readonly score: number;
}

/**
 * Which detections of one class in one picture are right, best score first. VOC holds each against the object that it
 * overlaps most, and a second on the same object is wrong; COCO against the best of those that are not yet found.
 */
export function matchDetections(
  objects: readonly Corners[],
  detections: readonly Detected[],
  threshold: number,
  rule: 'voc' | 'coco',
): { readonly score: number; readonly right: boolean }[] {
  const found = new Set<number>();
  return [...detections]
    .sort((a, b) => b.score - a.score)
    .map(({ box, score }) => {
      let best = -1;
      let most = 0;
      objects.forEach((object, i) => {
        if (rule === 'coco' && found.has(i)) return;
        const overlap = boxOverlap(box, object);
        if (overlap > most) [best, most] = [i, overlap];
      });
      const right = best >= 0 && most >= threshold && !found.has(best);
      if (right) found.add(best);
      return { score, right };
    });
}

/** A matched detection, and the weight of the picture it is in. */
export interface Ranked {
  readonly score: number;
  readonly right: boolean;
  readonly weight: number;
}

/** Points of recall at which precision is read: all of them, 11, or 101. */
export type RecallPoints = 'all' | 11 | 101;

/** NaN without objects. @param objects their number, weighted like the detections */
export function detectionPrecision(ranked: readonly Ranked[], objects: number, points: RecallPoints): number {
  const order = [...ranked].sort((a, b) => b.score - a.score);
  return sortedPrecision(
    order.map(({ right }) => (right ? 1 : 0)),
    Float64Array.from(order, ({ weight }) => weight),
    objects,
    points,
  );
}

/** The same of detections that are in order already, best first: a bootstrap asks thousands of times. */
export function sortedPrecision(
  rights: ArrayLike<number>,
  weights: Float64Array,
  objects: number,
  points: RecallPoints,
): number {
  if (!(objects > 0)) return Number.NaN;
  const count = weights.length;
  const recall = new Float64Array(count);
  const precision = new Float64Array(count);
  let right = 0;
  let all = 0;
  for (let i = 0; i < count; i++) {
    all += weights[i];
    if (rights[i] === 1) right += weights[i];
    recall[i] = right / objects;
    precision[i] = all === 0 ? 0 : right / all;
  }
  // The best precision at this recall or beyond.
  for (let i = count - 2; i >= 0; i--) if (precision[i + 1] > precision[i]) precision[i] = precision[i + 1];
  let sum = 0;
  if (points === 'all') {
    for (let i = 0; i < count; i++) sum += precision[i] * (recall[i] - (i === 0 ? 0 : recall[i - 1]));
    return sum;
  }
  let at = 0;
  for (let point = 0; point < points; point++) {
    // Shares such as 0.7 are not exact: a recall of 7 in 10 reaches it.
    while (at < count && recall[at] < point / (points - 1) - 1e-12) at++;
    if (at < count) sum += precision[at];
  }
  return sum / points;
}
