/**
 * Which colours, without their lightness, a screen can show: the bins that colourisation chooses from.
 * @module
 */
import { labOf } from '../data/transform/lab.ts';

type Point = readonly [a: number, b: number];

/**
 * Centres of the bins, `[a₀, b₀, a₁, b₁, …]`, a before b: the corners of all cells of a grid that meet the convex hull of
 * the colours of sRGB in the plane of a and b. With a grid of 10 they are the 313 bins that Zhang, Isola and Efros
 * publish (ECCV 2016, `pts_in_hull`); fewer, 228, would be the points of the grid that a screen can show.
 */
export function gamutBins(grid: number): Float32Array {
  const known = binsOfGrid.get(grid);
  if (known !== undefined) return known;
  const hull = gamutHull();
  const from = Math.floor(-130 / grid);
  const to = Math.ceil(130 / grid);
  const corners = new Set<string>();
  for (let i = from; i < to; i++) {
    for (let j = from; j < to; j++) {
      if (!meetsCell(hull, i * grid, j * grid, grid)) continue;
      for (const [di, dj] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ])
        corners.add(`${i + di},${j + dj}`);
    }
  }
  const centres = [...corners].map((name) => name.split(',').map((step) => Number(step) * grid));
  centres.sort(([a0, b0], [a1, b1]) => a0 - a1 || b0 - b1);
  const bins = Float32Array.from(centres.flat());
  binsOfGrid.set(grid, bins);
  return bins;
}

/** The hull is worked out once a process and grid; workers get their bins with what was prepared. */
const binsOfGrid = new Map<number, Float32Array>();

/** The convex hull of all colours of 8 bits, counter-clockwise: they are the edges of the cube of colours that bound it. */
export function gamutHull(): Point[] {
  const points: Point[] = [];
  for (const [first, second] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]) {
    for (let step = 0; step < 256; step++) {
      const along = step / 255;
      for (const colour of [
        [along, first, second],
        [first, along, second],
        [first, second, along],
      ]) {
        const [, a, b] = labOf(colour[0], colour[1], colour[2]);
        points.push([a, b]);
      }
    }
  }
  return convexHull(points);
}

/** Andrew's monotone chain, "Another efficient algorithm for convex hulls in two dimensions", 1979. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort(([a0, b0], [a1, b1]) => a0 - a1 || b0 - b1);
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Above zero where c lies to the left of the way from a to b. */
const turn = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** What is left of the polygon when it is cut to a square cell (Sutherland and Hodgman, 1974), if anything. */
function meetsCell(hull: readonly Point[], a: number, b: number, side: number): boolean {
  const cuts = [
    { axis: 0, limit: a, above: true },
    { axis: 0, limit: a + side, above: false },
    { axis: 1, limit: b, above: true },
    { axis: 1, limit: b + side, above: false },
  ] as const;
  let polygon = hull;
  for (const { axis, limit, above } of cuts) {
    const inside = (point: Point) => (above ? point[axis] > limit : point[axis] < limit);
    polygon = polygon.flatMap((point, i) => {
      const next = polygon[(i + 1) % polygon.length];
      const share = (limit - point[axis]) / (next[axis] - point[axis]);
      const crossing: Point = [point[0] + share * (next[0] - point[0]), point[1] + share * (next[1] - point[1])];
      return [...(inside(point) ? [point] : []), ...(inside(point) === inside(next) ? [] : [crossing])];
    });
  }
  return polygon.length > 0;
}
