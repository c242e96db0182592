/**
 * Everything that is measured of the cloud of embeddings that one layer makes of the pictures.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import { rankMe, spread } from '../../training/measurements.ts';
import { groupedJackknife } from '../jackknife.ts';
import type { ShownInputs, TapFeatures } from '../laboratory.ts';
import {
  alignment,
  type Cloud,
  covarianceSpectrum,
  hubness,
  levinaBickel,
  meanCosine,
  participationRatio,
  spectralDecay,
  squaredDistances,
  twoNearest,
  uniformity,
} from '../measures/geometry.ts';
import { lidar } from '../measures/lidar.ts';

const cloudMeasures = [
  'rankMe',
  'participationRatio',
  'spectralDecay',
  'twoNearest',
  'levinaBickel',
  'hubness',
  'uniformity',
  'meanCosine',
  'spread',
  'dispersion',
] as const;
const viewMeasures = ['lidar', 'alignment'] as const;
export type Measure = (typeof cloudMeasures)[number] | (typeof viewMeasures)[number];

/** One tap of one encoder. */
export interface TapGeometry {
  readonly tap: string;
  readonly channels: number;
  readonly measures: Readonly<Record<Measure, Estimate>>;
  /** Covariance eigenvalues over their largest. */
  readonly spectrum: readonly number[];
}

/** A few pictures in several random views each: one table a view, the rows of all the same pictures. */
export interface Views {
  readonly patients: readonly string[];
  readonly tables: readonly TapFeatures[];
}

export function describeTap(
  table: TapFeatures,
  inputs: ShownInputs,
  { patients, tables }: Views,
  neighbours: number,
): TapGeometry {
  const ofCloud = groupedJackknife(inputs.patients, (rows) => {
    const values = measuresOf(rowsOf(table, rows), neighbours);
    return cloudMeasures.map((measure) => values[measure]);
  });
  const ofViews = groupedJackknife(patients, (rows) => [lidar(tables, rows), meanAlignment(tables, rows)]);
  const eigenvalues = covarianceSpectrum(table);
  return {
    tap: table.tap,
    channels: table.columns,
    measures: Object.fromEntries([
      ...cloudMeasures.map((measure, i) => [measure, ofCloud[i]]),
      ...viewMeasures.map((measure, i) => [measure, ofViews[i]]),
    ]) as TapGeometry['measures'],
    spectrum: Array.from(eigenvalues.subarray(0, 64), (value) => value / (eigenvalues[0] || 1)),
  };
}

function measuresOf(cloud: Cloud & { readonly data: Float32Array }, neighbours: number) {
  const { rows: n, columns, data } = cloud;
  const eigenvalues = covarianceSpectrum(cloud);
  const distances = squaredDistances(cloud);
  const k = Math.min(neighbours, n - 2);
  return {
    rankMe: rankMe(data, n, columns),
    participationRatio: participationRatio(eigenvalues),
    spectralDecay: spectralDecay(eigenvalues, Math.min(11, 1 + (columns >> 2)), 50),
    twoNearest: twoNearest(distances, n),
    levinaBickel: levinaBickel(distances, n, k),
    hubness: hubness(distances, n, k),
    uniformity: uniformity(cloud),
    meanCosine: meanCosine(cloud),
    spread: spread(data, n, columns),
    dispersion: dispersion(cloud, eigenvalues),
  };
}

/** Mean squared distance on the sphere of two views of one picture, each view with the next. */
function meanAlignment(tables: readonly TapFeatures[], rows: readonly number[]): number {
  const clouds = tables.map((table) => rowsOf(table, rows));
  let sum = 0;
  for (let view = 1; view < clouds.length; view++) sum += alignment(clouds[view - 1], clouds[view]);
  return sum / (clouds.length - 1);
}

/** How far embeddings lie from their mean, over its length: what is left of a point when everything collapses to it. */
function dispersion({ rows, columns, data }: Cloud, eigenvalues: Float64Array): number {
  let squared = 0;
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * columns + j] / rows;
    squared += mean ** 2;
  }
  const variance = eigenvalues.reduce((sum, value) => sum + value, 0);
  return squared > 0 ? Math.sqrt(variance / squared) : Number.POSITIVE_INFINITY;
}

function rowsOf({ columns, data }: TapFeatures, rows: readonly number[]): Cloud & { readonly data: Float32Array } {
  const out = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    out.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { rows: rows.length, columns, data: out };
}
