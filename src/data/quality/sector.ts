/**
 * The part of an ultrasound picture that was scanned: a sector with apex, angles and radii where its edges say so, a
 * rectangle, or else a polygon.
 * @module
 */
import type { MediaItem } from '../media.ts';
import type { Box } from '../transform/crop.ts';
import { componentsOf } from './components.ts';
import { convexHull, insidePolygon, type Place } from './convex-hull.ts';
import { standsOut } from './ground.ts';
import type { Observation } from './observation.ts';
import { fitSector, type SectorFit, sectorOutline, widened } from './sector-fit.ts';

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
/** Share of a cell's pixels that must stand out. */
const cellShare = 0.2;
/** Parts at least so large beside the largest belong to the picture too: shadows can divide it. */
const partShare = 0.1;
/** Shares of the picture inside the model, and of the model inside the picture, from which the model is believed. */
const held = 0.985;
const filledBy = 0.86;
const smallest = 0.08;
const whole = 0.97;

/**
 * `undefined` where the picture fills its frame, or nothing stands out. Whatever is scanned lies inside the outline:
 * it is rather too wide than too narrow.
 */
export function findFieldOfView(watched: Watched, text: readonly Box[] = []): FieldOfView | undefined {
  const cell = Math.max(1, Math.ceil(Math.max(watched.height, watched.width) / gridSide));
  const rows = Math.ceil(watched.height / cell);
  const columns = Math.ceil(watched.width / cell);
  if (rows < 16 || columns < 16) return undefined;
  const active = activeCells(watched, text, cell, rows, columns);
  const region = active === undefined ? [] : scannedPart(active, rows, columns);
  if (region.length === 0) return undefined;
  const hull = convexHull(region.flatMap((at) => corners(at % columns, Math.floor(at / columns))));
  const filled = fill(rows, columns, (x, y) => insidePolygon(hull, x, y));
  if (count(filled) < smallest * filled.length || count(filled) > whole * filled.length) return undefined;
  // Anatomy in front of a dark ground leaves holes and bays; what a probe scans is filled nearly everywhere.
  if (region.length < 0.6 * count(filled)) return undefined;
  const scale = cell * watched.factor;
  const described = describe(hull, region, filled, rows, columns);
  return {
    shape: described.shape,
    outline: described.outline.map(([x, y]) => [x * scale, y * scale] as const),
    ...(described.sector === undefined ? {} : { sector: scaled(described.sector, scale) }),
    share: count(fill(rows, columns, (x, y) => insidePolygon(described.outline, x, y))) / filled.length,
  };
}

/** Items in which a field of view is looked for: ultrasound, and clips that do not say what they are. */
export function mayHaveSector({ kind, labels }: Pick<MediaItem, 'kind' | 'labels'>): boolean {
  return labels.modality === undefined ? kind === 'clip' : /^(US|IVUS)$/.test(String(labels.modality));
}

function describe(
  hull: readonly Place[],
  region: readonly number[],
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
  const fitted = fitSector(filled, rows, columns);
  if (fitted !== undefined) {
    const sector = widened(
      fitted,
      region.map((at) => [(at % columns) + 0.5, Math.floor(at / columns) + 0.5]),
    );
    const model = fill(rows, columns, (x, y) => insideSector(sector, x, y));
    const both = count(model.map((value, at) => value & filled[at]));
    if (both >= held * count(filled) && both >= filledBy * count(model)) {
      return { shape: 'sector', outline: sectorOutline(sector, rows, columns), sector };
    }
  }
  return { shape: 'polygon', outline: hull };
}

export function insideSector({ apex, angles, radii }: SectorFit, x: number, y: number): boolean {
  const [dx, dy] = [x - apex[0], y - apex[1]];
  const range = Math.hypot(dx, dy);
  const angle = Math.atan2(dx, dy);
  return range >= radii[0] && range <= radii[1] && angle >= angles[0] && angle <= angles[1];
}

/** Cells of which enough stands out from the ground; text does not count. */
function activeCells(
  watched: Watched,
  text: readonly Box[],
  cell: number,
  rows: number,
  columns: number,
): Uint8Array | undefined {
  const { height, width, factor } = watched;
  const shown = standsOut(watched);
  if (shown === undefined) return undefined;
  const active = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = [row * cell, Math.min(height, (row + 1) * cell)];
    for (let column = 0; column < columns; column++) {
      const [left, right] = [column * cell, Math.min(width, (column + 1) * cell)];
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += shown[y * width + x];
      if (sum >= cellShare * (bottom - top) * (right - left)) active[row * columns + column] = 1;
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

/**
 * Cells of the largest parts that hang together without thin connections and lone cells (traces, ticks, letters), and
 * the active cells beside them.
 */
function scannedPart(active: Uint8Array, rows: number, columns: number): number[] {
  const core = new Uint8Array(active.length);
  for (let at = 0; at < core.length; at++) {
    const around = neighbours(at, rows, columns);
    const filled = around.reduce((sum, other) => sum + active[other], 0);
    if (active[at] === 1 && filled >= (around.length < 9 ? 4 : 6)) core[at] = 1;
  }
  const parts = componentsOf(core, rows, columns).sort((a, b) => b.pixels.length - a.pixels.length);
  const kept = parts.filter(({ pixels }) => pixels.length >= partShare * parts[0].pixels.length);
  const beside = kept.flatMap(({ pixels }) => pixels.flatMap((at) => neighbours(at, rows, columns)));
  return [...new Set(beside)].filter((at) => active[at] === 1);
}

/** Cells about a cell, itself among them. */
function neighbours(at: number, rows: number, columns: number): number[] {
  const [row, column] = [Math.floor(at / columns), at % columns];
  const around: number[] = [];
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) around.push(y * columns + x);
  }
  return around;
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

function scaled({ apex, angles, radii }: SectorFit, scale: number): SectorFit {
  return { apex: [apex[0] * scale, apex[1] * scale], angles, radii: [radii[0] * scale, radii[1] * scale] };
}
