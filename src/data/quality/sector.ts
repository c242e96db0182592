/**
 * The part of an ultrasound picture that was scanned: a sector with apex, angles and radii where its edges say so, a
 * rectangle, or else a polygon.
 * @module
 */
import type { MediaItem } from '../media.ts';
import type { Box } from '../transform/crop.ts';
import { componentsOf } from './components.ts';
import { convexHull, insidePolygon, type Place } from './convex-hull.ts';
import type { Observation } from './observation.ts';
import { fitSector, type SectorFit, sectorOutline } from './sector-fit.ts';

/** The scanned part, in stored pixels; `outline` goes around it, clockwise on the screen. */
export interface FieldOfView {
  readonly shape: 'sector' | 'rectangle' | 'polygon';
  readonly outline: readonly Place[];
  /** Where the beams meet, their angles from straight down (radians, negative to the left) and depths. */
  readonly sector?: SectorFit;
  /** Share of the frame inside. */
  readonly share: number;
}

type Watched = Pick<Observation, 'frames' | 'height' | 'width' | 'factor' | 'mean' | 'deviation'>;

/** Side of the coarse grid on which the scanned part is outlined. */
const gridSide = 128;
/** Grey levels above which a pixel shows something, and deviations above which it moves. */
const visible = 7;
const moving = 3;
/** Overlap of model and picture from which the model is believed. */
const believed = 0.93;
const smallest = 0.08;
const whole = 0.97;

/** `undefined` where the picture fills its frame, or nothing stands out. */
export function findFieldOfView(watched: Watched, text: readonly Box[] = []): FieldOfView | undefined {
  const cell = Math.max(1, Math.ceil(Math.max(watched.height, watched.width) / gridSide));
  const rows = Math.floor(watched.height / cell);
  const columns = Math.floor(watched.width / cell);
  if (rows < 16 || columns < 16) return undefined;
  const region = largestPart(activeCells(watched, text, cell, rows, columns), rows, columns);
  if (region === undefined) return undefined;
  const hull = convexHull(region.flatMap((at) => corners(at % columns, Math.floor(at / columns))));
  const filled = fill(rows, columns, (x, y) => insidePolygon(hull, x, y));
  const share = count(filled) / filled.length;
  if (share < smallest || share > whole) return undefined;
  // Anatomy in front of a dark ground leaves holes and bays; what a probe scans is filled nearly everywhere.
  if (region.length < 0.6 * count(filled)) return undefined;
  const scale = cell * watched.factor;
  const described = describe(hull, filled, rows, columns);
  return {
    shape: described.shape,
    outline: described.outline.map(([x, y]) => [x * scale, y * scale] as const),
    ...(described.sector === undefined ? {} : { sector: scaled(described.sector, scale) }),
    share,
  };
}

/** Items in which a field of view is looked for: ultrasound, and clips that do not say what they are. */
export function mayHaveSector({ kind, labels }: Pick<MediaItem, 'kind' | 'labels'>): boolean {
  return labels.modality === undefined ? kind === 'clip' : /^(US|IVUS)$/.test(String(labels.modality));
}

function describe(
  hull: readonly Place[],
  filled: Uint8Array,
  rows: number,
  columns: number,
): { shape: FieldOfView['shape']; outline: readonly Place[]; sector?: SectorFit } {
  const xs = hull.map(([x]) => x);
  const ys = hull.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if (count(filled) >= 0.96 * (right - left) * (bottom - top)) {
    const outline: Place[] = [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ];
    return { shape: 'rectangle', outline };
  }
  const sector = fitSector(filled, rows, columns);
  if (sector !== undefined) {
    const outline = sectorOutline(sector, rows, columns);
    const model = fill(rows, columns, (x, y) => insideSector(sector, x, y));
    if (overlap(model, filled) >= believed) return { shape: 'sector', outline, sector };
  }
  return { shape: 'polygon', outline: hull };
}

export function insideSector({ apex, angles, radii }: SectorFit, x: number, y: number): boolean {
  const [dx, dy] = [x - apex[0], y - apex[1]];
  const range = Math.hypot(dx, dy);
  const angle = Math.atan2(dx, dy);
  return range >= radii[0] && range <= radii[1] && angle >= angles[0] && angle <= angles[1];
}

/** Cells of which a third shows or moves; text does not count. */
function activeCells(watched: Watched, text: readonly Box[], cell: number, rows: number, columns: number): Uint8Array {
  const { frames, width, factor, mean, deviation } = watched;
  const active = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let shown = 0;
      for (let dy = 0; dy < cell; dy++) {
        for (let dx = 0; dx < cell; dx++) {
          const at = (row * cell + dy) * width + column * cell + dx;
          if (frames > 2 ? deviation[at] > moving || (mean[at] > visible && deviation[at] > 1) : mean[at] > visible)
            shown++;
        }
      }
      if (shown * 3 >= cell * cell) active[row * columns + column] = 1;
    }
  }
  for (const box of text) {
    const scale = cell * factor;
    const bottom = Math.min(rows, Math.ceil((box.y + box.height) / scale));
    const right = Math.min(columns, Math.ceil((box.x + box.width) / scale));
    for (let row = Math.floor(box.y / scale); row < bottom; row++) {
      for (let column = Math.floor(box.x / scale); column < right; column++) active[row * columns + column] = 0;
    }
  }
  return active;
}

/** The largest part that hangs together after thin connections and lone cells are gone. */
function largestPart(active: Uint8Array, rows: number, columns: number): readonly number[] | undefined {
  const core = new Uint8Array(active.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let around = 0;
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++)
          around += active[y * columns + x];
      }
      const border = row === 0 || column === 0 || row === rows - 1 || column === columns - 1;
      if (active[row * columns + column] === 1 && around >= (border ? 4 : 6)) core[row * columns + column] = 1;
    }
  }
  const parts = componentsOf(core, rows, columns).sort((a, b) => b.pixels.length - a.pixels.length);
  return parts[0]?.pixels;
}

function corners(x: number, y: number): Place[] {
  return [
    [x, y],
    [x + 1, y],
    [x, y + 1],
    [x + 1, y + 1],
  ];
}

function fill(rows: number, columns: number, inside: (x: number, y: number) => boolean): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (inside(column + 0.5, row + 0.5)) mask[row * columns + column] = 1;
    }
  }
  return mask;
}

function count(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0);
}

function overlap(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i] & b[i];
    either += a[i] | b[i];
  }
  return either === 0 ? 0 : both / either;
}

function scaled({ apex, angles, radii }: SectorFit, scale: number): SectorFit {
  return { apex: [apex[0] * scale, apex[1] * scale], angles, radii: [radii[0] * scale, radii[1] * scale] };
}
