/**
 * Factor by layer as heat maps: by probes, by neighbours.
 * @module
 */
import type { HeatMapFigure } from '../finding.ts';
import type { NeighbourAnswer } from './neighbour-probe.ts';

/** One factor at one tap. `share` puts classes and measurements on one scale: 0 is guessing, 1 is perfect. */
export interface FactorScore {
  readonly factor: string;
  readonly kind: 'classes' | 'numbers';
  readonly tap: string;
  readonly score: number;
  readonly share: number;
  /** Of `share`, by bootstrap over patients. */
  readonly low: number;
  readonly high: number;
  readonly shareUntrained?: number;
  /** Trained less untrained, in the probe's own unit, with the p value corrected over the whole map. */
  readonly difference?: { readonly value: number; readonly low: number; readonly high: number; readonly p: number };
}

/** What the nearest pictures say of one factor at one tap. */
export interface FactorNeighbours extends NeighbourAnswer {
  readonly factor: string;
}

/** One of the numbers of every factor at every tap; cells whose trained and untrained scores differ are marked. */
export function scoreMap(
  name: string,
  title: string,
  caption: string,
  rows: readonly string[],
  columns: readonly string[],
  scores: readonly FactorScore[],
  of: (score: FactorScore) => number,
  quantity: string,
  scale: HeatMapFigure['scale'],
): HeatMapFigure {
  const cell = (factor: string, tap: string) => scores.find((score) => score.factor === factor && score.tap === tap);
  return {
    kind: 'heat-map',
    name,
    title,
    caption,
    quantity,
    rows,
    columns,
    values: rows.map((factor) =>
      columns.map((tap) => {
        const score = cell(factor, tap);
        return score === undefined ? undefined : of(score);
      }),
    ),
    marked: rows.map((factor) =>
      columns.map((tap) => {
        const p = cell(factor, tap)?.difference?.p;
        return p !== undefined && p < 0.05;
      }),
    ),
    ...(scale === 'sequential' ? { domain: [0, 1] as const } : {}),
    scale,
  };
}

/** Cells whose interval lies above guessing are marked. */
export function neighbourMap(
  name: string,
  title: string,
  caption: string,
  rows: readonly string[],
  columns: readonly string[],
  asked: readonly FactorNeighbours[],
): HeatMapFigure {
  const cell = (factor: string, tap: string) => asked.find((entry) => entry.factor === factor && entry.tap === tap);
  return {
    kind: 'heat-map',
    name,
    title,
    caption: `${caption} Underlined: above guessing, 95 % by bootstrap over patients.`,
    quantity: 'share of the way from guessing to perfect',
    rows,
    columns,
    values: rows.map((factor) => columns.map((tap) => cell(factor, tap)?.share.value)),
    marked: rows.map((factor) => columns.map((tap) => (cell(factor, tap)?.share.low ?? 0) > 0)),
    domain: [0, 1],
    scale: 'sequential',
  };
}
