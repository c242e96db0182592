/**
 * What detections are worth: average precision of VOC and of COCO, with intervals over patients.
 * @module
 */
import { clusterBootstrap } from '../statistics/bootstrap.ts';
import type { ExamplePart } from './examples.ts';
import { type Corners, suppressed } from './metrics/boxes.ts';
import { matchDetections, type RecallPoints, sortedPrecision } from './metrics/detection.ts';
import type { BoxCases, BoxObject } from './network/box-cases.ts';
import type { AnsweredItem, Estimate, TapScore } from './probe-result.ts';
import type { IntervalOptions } from './protocols/protocol.ts';

/** One answer in one picture. */
export interface Detection {
  readonly box: Corners;
  readonly target: number;
  readonly score: number;
}

/** Of each class the best of what overlaps; at most `most` a picture, as COCO allows 100. */
export function withoutRepeats(detections: readonly Detection[], overlap: number, most = 100): Detection[] {
  const classes = [...new Set(detections.map(({ target }) => target))];
  return classes
    .flatMap((target) => {
      const own = detections.filter((detection) => detection.target === target);
      const kept = suppressed(
        own.map(({ box }) => box),
        own.map(({ score }) => score),
        overlap,
      );
      return kept.map((i) => own[i]);
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
}

export interface Picture {
  readonly objects: readonly BoxObject[];
  readonly detections: readonly Detection[];
}

/** Detections in the pictures of a part beside the objects that are there. */
export function picturesOf(
  { cases }: BoxCases,
  { rows }: ExamplePart,
  detections: readonly (readonly Detection[])[],
): Picture[] {
  return detections.map((own, i) => ({ objects: cases[rows[i]].objects, detections: own }));
}

type Found = NonNullable<AnsweredItem['detections']>;

/** Matched detections and the objects of each class, picture by picture. */
function matched(pictures: readonly Picture[], classes: number, threshold: number, rule: 'voc' | 'coco') {
  return pictures.map(({ objects, detections }) => {
    const found: [number, number, 0 | 1][] = [];
    const counts = new Array<number>(classes).fill(0);
    for (const { target } of objects) counts[target]++;
    for (let k = 0; k < classes; k++) {
      const own = detections.filter(({ target }) => target === k);
      const boxes = objects.filter(({ target }) => target === k).map(({ box }) => box);
      for (const { score, right } of matchDetections(boxes, own, threshold, rule))
        found.push([k, score, right ? 1 : 0]);
    }
    return { detections: found as Found, objects: counts };
  });
}

/** Mean over classes with objects of the average precision, under weights of pictures. */
export function meanPrecision(
  items: readonly Pick<AnsweredItem, 'detections' | 'objects'>[],
  classes: number,
  points: RecallPoints,
): (weights?: ArrayLike<number>) => number {
  const ofClass = Array.from({ length: classes }, (_, k) => precisionOf(items, k, points));
  return (weights) => {
    const values = ofClass.map((of) => of(weights)).filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
}

function precisionOf(
  items: readonly Pick<AnsweredItem, 'detections' | 'objects'>[],
  k: number,
  points: RecallPoints,
): (weights?: ArrayLike<number>) => number {
  const entries = items
    .flatMap(({ detections = [] }, picture) =>
      detections.filter(([target]) => target === k).map(([, score, right]) => ({ score, right, picture })),
    )
    .sort((a, b) => b.score - a.score);
  const rights = Uint8Array.from(entries, ({ right }) => right);
  const pictures = Int32Array.from(entries, ({ picture }) => picture);
  const drawn = new Float64Array(entries.length);
  return (weights) => {
    let objects = 0;
    items.forEach((item, picture) => {
      objects += (item.objects?.[k] ?? 0) * (weights?.[picture] ?? 1);
    });
    for (let i = 0; i < drawn.length; i++) drawn[i] = weights?.[pictures[i]] ?? 1;
    return sortedPrecision(rights, drawn, objects, points);
  };
}

/** The headline number is VOC's mean average precision at an overlap of 0.5, of the area under the curve. */
export function scoreBoxes(
  pictures: readonly Picture[],
  { units }: ExamplePart,
  classes: readonly string[],
  interval: IntervalOptions,
): Pick<TapScore, 'score' | 'measures' | 'items'> {
  const half = matched(pictures, classes.length, 0.5, 'voc');
  const thresholds = Array.from({ length: 10 }, (_, i) => 0.5 + 0.05 * i);
  const coco = thresholds.map((threshold) =>
    meanPrecision(matched(pictures, classes.length, threshold, 'coco'), classes.length, 101),
  );
  const columns: readonly (readonly [string, (weights?: ArrayLike<number>) => number])[] = [
    ['ap50', meanPrecision(half, classes.length, 'all')],
    ['ap50 (11 points)', meanPrecision(half, classes.length, 11)],
    ['ap (COCO)', (weights) => coco.reduce((sum, of) => sum + of(weights) / coco.length, 0)],
    ['ap75 (COCO)', coco[5]],
    ...classes.map((name, k) => [`ap50 ${name}`, precisionOf(half, k, 'all')] as const),
  ];
  const { intervals } = clusterBootstrap(
    units.map(({ patient }) => patient),
    (weights) => columns.map(([, of]) => of(weights)),
    interval,
  );
  const measures: Record<string, Estimate> = {};
  columns.forEach(([name], i) => {
    if (!Number.isNaN(intervals[i].value)) measures[name] = intervals[i];
  });
  return {
    score: measures.ap50,
    measures,
    items: units.map(({ item, patient }, unit) => ({
      item,
      patient,
      correct: rightShare(half[unit].detections),
      ...half[unit],
    })),
  };
}

/** Of what was found in a picture, the share that is right; 0 where nothing was found. */
function rightShare(found: Found): number {
  return found.length === 0 ? 0 : found.reduce((sum, [, , right]) => sum + right, 0) / found.length;
}
