/**
 * Apex, angles and radii of a sector from its filled mask: straight lines through its two sides meet at the apex.
 * @module
 */
import type { Place } from './convex-hull.ts';

export interface SectorFit {
  readonly apex: Place;
  /** Of the left and right edge, from straight down, radians; negative to the left. */
  readonly angles: readonly [left: number, right: number];
  /** Nearest and farthest depth, in pixels from the apex. */
  readonly radii: readonly [near: number, far: number];
}

interface Line {
  /** Columns a row. */
  readonly slope: number;
  readonly start: number;
}

/** Rows a side must have to be fitted. */
const fewestRows = 8;
/** Share of places that may lie outside a widened edge: specks of compression. */
const strayShare = 0.001;
/** Share of the depth below which the beams are taken to start at the apex: a tip is too thin to be seen. */
const tip = 0.12;
const arcSteps = 24;

/** `undefined` where the two sides do not open downwards. */
export function fitSector(filled: Uint8Array, rows: number, columns: number): SectorFit | undefined {
  const left: Place[] = [];
  const right: Place[] = [];
  for (let row = 0; row < rows; row++) {
    let first = columns;
    let last = -1;
    for (let column = 0; column < columns; column++) {
      if (filled[row * columns + column] === 0) continue;
      first = Math.min(first, column);
      last = column;
    }
    if (last < 0) continue;
    left.push([first, row + 0.5]);
    right.push([last + 1, row + 0.5]);
  }
  const leftLine = sideLine(left, (x) => x > 0, -1);
  const rightLine = sideLine(right, (x) => x < columns, 1);
  if (leftLine === undefined || rightLine === undefined) return undefined;
  if (!(rightLine.slope - leftLine.slope > 0.15)) return undefined;
  const y = (leftLine.start - rightLine.start) / (rightLine.slope - leftLine.slope);
  const apex: Place = [leftLine.start + leftLine.slope * y, y];
  const angles = [Math.atan(leftLine.slope), Math.atan(rightLine.slope)] as const;
  const radii = depths(filled, rows, columns, apex, angles);
  return radii === undefined ? undefined : { apex, angles, radii };
}

/** The line through a side, from its top to where it is widest; places at the frame's edge are cut off and do not count. */
function sideLine(side: readonly Place[], inFrame: (x: number) => boolean, direction: -1 | 1): Line | undefined {
  let widest = 0;
  side.forEach(([x], i) => {
    if (direction * x > direction * side[widest][0]) widest = i;
  });
  // The corners at both ends are rounded off by the coarse grid.
  const skipped = Math.ceil(0.06 * (widest + 1));
  let used = side.slice(skipped, widest + 1 - skipped).filter(([x]) => inFrame(x));
  for (let round = 0; round < 3; round++) {
    if (used.length < fewestRows) return undefined;
    const line = throughPlaces(used);
    const off = used.map(([x, y]) => Math.abs(x - line.start - line.slope * y));
    const limit = Math.max(0.8, 2 * [...off].sort((a, b) => a - b)[off.length >> 1]);
    const kept = used.filter((_, i) => off[i] <= limit);
    if (kept.length === used.length || kept.length < fewestRows) return line;
    used = kept;
  }
  return throughPlaces(used);
}

function throughPlaces(places: readonly Place[]): Line {
  const meanX = places.reduce((sum, [x]) => sum + x, 0) / places.length;
  const meanY = places.reduce((sum, [, y]) => sum + y, 0) / places.length;
  let [product, squares] = [0, 0];
  for (const [x, y] of places) {
    product += (x - meanX) * (y - meanY);
    squares += (y - meanY) ** 2;
  }
  const slope = squares === 0 ? 0 : product / squares;
  return { slope, start: meanX - slope * meanY };
}

/** Along beams between the edges: where the scanned part begins and ends, the median of beams that end inside the frame. */
function depths(
  filled: Uint8Array,
  rows: number,
  columns: number,
  [apexX, apexY]: Place,
  [low, high]: readonly [number, number],
): readonly [number, number] | undefined {
  const near: number[] = [];
  const far: number[] = [];
  let farthest = 0;
  const reach = Math.hypot(rows, columns) + Math.hypot(apexX, apexY);
  for (let beam = 1; beam < 40; beam++) {
    const angle = low + ((high - low) * beam) / 40;
    let [first, last] = [-1, -1];
    let endsInside = true;
    for (let range = 0; range < reach; range += 0.25) {
      const x = Math.floor(apexX + range * Math.sin(angle));
      const y = Math.floor(apexY + range * Math.cos(angle));
      if (x < 0 || y < 0 || x >= columns || y >= rows) {
        if (first >= 0) {
          endsInside = false;
          break;
        }
        continue;
      }
      if (filled[y * columns + x] === 0) continue;
      if (first < 0) first = range;
      last = range;
    }
    if (first < 0) continue;
    near.push(first);
    farthest = Math.max(farthest, last);
    if (endsInside) far.push(last);
  }
  if (near.length < 20) return undefined;
  const outer = far.length >= 8 ? median(far) : farthest;
  return [near.length === 0 ? 0 : median(near), outer + 0.25];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** The sector with its edges moved outwards until all but a few stray places lie inside, half a cell to spare. */
export function widened({ apex, angles, radii }: SectorFit, places: readonly Place[]): SectorFit {
  const ranges = places.map(([x, y]) => Math.hypot(x - apex[0], y - apex[1])).sort((a, b) => a - b);
  const sides = places
    .map(([x, y]) => {
      const [dx, dy] = [x - apex[0], y - apex[1]];
      const half = 0.5 / Math.max(1, Math.hypot(dx, dy));
      return { angle: Math.atan2(dx, dy), half };
    })
    .map(({ angle, half }) => [angle - half, angle + half] as const);
  const stray = Math.floor(strayShare * places.length);
  const left = sides.map(([low]) => low).sort((a, b) => a - b)[stray];
  const right = sides.map(([, high]) => high).sort((a, b) => b - a)[stray];
  const nearest = Math.max(0, ranges[stray] - 0.5);
  const farthest = ranges[ranges.length - 1 - stray] + 0.5;
  const near = Math.min(radii[0], nearest);
  const far = Math.max(radii[1], farthest);
  return {
    apex,
    angles: [Math.min(angles[0], left), Math.max(angles[1], right)],
    radii: [near < tip * far ? 0 : near, far],
  };
}

/** The sector as a polygon, cut off at the frame; at least as wide as the sector. */
export function sectorOutline({ apex, angles, radii }: SectorFit, rows: number, columns: number): Place[] {
  const arc = (radius: number, from: number, to: number): Place[] =>
    Array.from({ length: arcSteps + 1 }, (_, i) => {
      const angle = from + ((to - from) * i) / arcSteps;
      return [apex[0] + radius * Math.sin(angle), apex[1] + radius * Math.cos(angle)] as const;
    });
  // The chords of the far arc must not cut what lies between them and the arc.
  const far = radii[1] / Math.cos((angles[1] - angles[0]) / arcSteps / 2);
  const top: Place[] = radii[0] < 0.5 ? [apex] : arc(radii[0], angles[0], angles[1]);
  return cutAtFrame([...top, ...arc(far, angles[1], angles[0])], rows, columns);
}

/** The part of a polygon inside the frame, one edge of it after the other (Sutherland and Hodgman 1974). */
function cutAtFrame(outline: readonly Place[], rows: number, columns: number): Place[] {
  const edges: readonly (readonly [axis: 0 | 1, limit: number, sign: 1 | -1])[] = [
    [0, 0, 1],
    [0, columns, -1],
    [1, 0, 1],
    [1, rows, -1],
  ];
  return edges.reduce<Place[]>(
    (places, [axis, limit, sign]) => {
      const inside = (place: Place) => sign * (place[axis] - limit) >= 0;
      return places.flatMap((place, i) => {
        const before = places.at(i - 1)!;
        if (inside(place) === inside(before)) return inside(place) ? [place] : [];
        const along = (limit - before[axis]) / (place[axis] - before[axis]);
        const met: Place = [
          axis === 0 ? limit : before[0] + along * (place[0] - before[0]),
          axis === 1 ? limit : before[1] + along * (place[1] - before[1]),
        ];
        return inside(place) ? [met, place] : [met];
      });
    },
    [...outline],
  );
}
