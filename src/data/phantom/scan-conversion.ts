/**
 * From the polar grid to the picture: a sector with its apex at the top, through a map computed once.
 * @module
 */
import type { PolarGrid } from './image-formation.ts';
import type { Scanner } from './scanner.ts';

/** How millimetres lie in the picture: column = originColumn + right × pixelsPerMm, and so for rows. */
export interface SectorGeometry {
  readonly size: number;
  readonly pixelsPerMm: number;
  readonly originColumn: number;
  readonly originRow: number;
  readonly halfAngle: number;
  readonly depthMm: number;
}

export function sectorGeometry(scanner: Scanner, depthMm: number, size: number): SectorGeometry {
  const halfAngle = (scanner.sectorDegrees * Math.PI) / 360;
  const room = size * (1 - 2 * scanner.margin);
  const pixelsPerMm = Math.min(room / (2 * depthMm * Math.sin(halfAngle)), room / depthMm);
  const spare = size - pixelsPerMm * depthMm;
  return { size, pixelsPerMm, originColumn: size / 2, originRow: 0.38 * spare, halfAngle, depthMm };
}

const taps = 6;

/** The map: for every pixel inside the sector, cells of the grid and their weights. */
export class ScanConversion {
  readonly geometry: SectorGeometry;
  readonly #pixels: Uint32Array;
  readonly #cells: Uint32Array;
  readonly #weights: Float32Array;

  constructor(geometry: SectorGeometry, grid: PolarGrid) {
    this.geometry = geometry;
    const { size, pixelsPerMm, originColumn, originRow, halfAngle, depthMm } = geometry;
    const pixels: number[] = [];
    const cells: number[] = [];
    const weights: number[] = [];
    const pixelRows = 1 / pixelsPerMm / grid.stepMm;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const x = (column + 0.5 - originColumn) / pixelsPerMm;
        const y = (row + 0.5 - originRow) / pixelsPerMm;
        const range = Math.hypot(x, y);
        const angle = Math.atan2(x, y);
        if (y < 0 || range > depthMm || Math.abs(angle) > halfAngle) continue;
        pixels.push(row * size + column);
        const beam = (angle - grid.firstAngle) / grid.stepAngle;
        const left = Math.min(grid.beams - 2, Math.floor(beam));
        const across = beam - left;
        // Three depths, spread over the pixel's height, so that a coarse picture averages instead of skipping.
        for (const offset of [-1, 0, 1]) {
          const spread = Math.max(0, Math.min(1, pixelRows - 0.6)) * 0.5;
          const depth = Math.max(
            0,
            Math.min(grid.depths - 1, Math.round(range / grid.stepMm + offset * Math.max(0.5, spread))),
          );
          cells.push(depth * grid.beams + left, depth * grid.beams + left + 1);
          weights.push((1 - across) / 3, across / 3);
        }
      }
    }
    this.#pixels = Uint32Array.from(pixels);
    this.#cells = Uint32Array.from(cells);
    this.#weights = Float32Array.from(weights);
  }

  /** Number of pixels inside the sector. */
  get covered(): number {
    return this.#pixels.length;
  }

  /** Writes one picture of `size × size` grey levels at `offset`; outside the sector nothing is written. */
  convert(levels: Float32Array, grey: Uint8Array, out: Uint8Array, offset: number): void {
    const pixels = this.#pixels;
    const cells = this.#cells;
    const weights = this.#weights;
    for (let i = 0, tap = 0; i < pixels.length; i++) {
      let sum = 0;
      for (const end = tap + taps; tap < end; tap++) sum += weights[tap]! * levels[cells[tap]!]!;
      out[offset + pixels[i]!] = grey[sum < 0 ? 0 : sum > 255 ? 255 : sum | 0]!;
    }
  }
}
