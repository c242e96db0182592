/**
 * Rectangles: overlap, and of many on one thing the best.
 * @module
 */

/** Edges in pixels: left, top, right, bottom. */
export type Corners = readonly [x1: number, y1: number, x2: number, y2: number];

/** Intersection over union; 0 for boxes without area. */
export function boxOverlap(a: Corners, b: Corners): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (areaOf(a) + areaOf(b) - both);
}

function areaOf([x1, y1, x2, y2]: Corners): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
}

/** Positions of the boxes that stay, best first: each drops all that overlap it by more than `threshold` and score less. */
export function suppressed(boxes: readonly Corners[], scores: ArrayLike<number>, threshold: number): number[] {
  const order = [...boxes.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
  const kept: number[] = [];
  for (const box of order) {
    if (kept.every((other) => boxOverlap(boxes[box], boxes[other]) <= threshold)) kept.push(box);
  }
  return kept;
}
