/**
 * The options that every puzzle of cubes has, and the grid and part they stand for.
 * @module
 */
import { z } from 'zod';
import { gridSize, type PartChoice } from './cube-grid.ts';
import type { AxisGrid } from './tile-grid.ts';

export const cubeFields = {
  side: z.int().min(4).default(12).describe('rows and columns of a cube in voxels'),
  depth: z.int().min(2).default(8).describe('slices of a cube'),
  gap: z.int().min(0).default(3).describe('smallest space between neighbouring cubes in voxels'),
  jitter: z.int().min(0).default(1).describe('voxels by which a cube moves in its cell, on each axis'),
  air: z.number().min(0).max(1).default(0.05).describe('intensity up to which a voxel is air'),
  foreground: z.number().min(0).max(1).default(0.3).describe('share of voxels brighter than air that a part must have'),
};
const base = z.strictObject(cubeFields);
export type CubeChoice = z.infer<typeof base>;

/** Slices, rows and columns of a grid of `count`³ cubes. */
export const cubeAxes = (count: number, { side, depth, gap, jitter }: CubeChoice): AxisGrid[] =>
  [depth, side, side].map((tile) => ({ count, tile, gap, jitter }));

/** The part of a volume that a grid of `count`³ cubes needs. */
export const cubePart = (count: number, chosen: CubeChoice): PartChoice => ({
  size: gridSize(cubeAxes(count, chosen)),
  air: chosen.air,
  foreground: chosen.foreground,
});
