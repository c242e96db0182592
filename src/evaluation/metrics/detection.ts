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
  if (!(objects > 0)) return Number.NaN;
  const order = [...ranked].sort((a, b) => b.score - a.score);
  const recall: number[] = [];
  const precision: number[] = [];
  let right = 0;
  let all = 0;
  for (const entry of order) {
    all += entry.weight;
    if (entry.right) right += entry.weight;
    recall.push(right / objects);
    precision.push(all === 0 ? 0 : right / all);
  }
  // The best precision at this recall or beyond.
  for (let i = precision.length - 2; i >= 0; i--) precision[i] = Math.max(precision[i], precision[i + 1]);
  if (points === 'all') {
    return precision.reduce((sum, value, i) => sum + value * (recall[i] - (i === 0 ? 0 : recall[i - 1])), 0);
  }
  let sum = 0;
  let at = 0;
  for (let point = 0; point < points; point++) {
    // Shares such as 0.7 are not exact: a recall of 7 in 10 reaches it.
    while (at < recall.length && recall[at] < point / (points - 1) - 1e-12) at++;
    sum += at < recall.length ? precision[at] : 0;
  }
  return sum / points;
}
