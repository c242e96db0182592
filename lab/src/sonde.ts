/**
 * The one door through which the lab sees Sonde: drawings, numbers and the types of what a run writes down.
 * @module
 */
export type { PuzzleDrawing } from '../../src/pretext/drawing.ts';
export { puzzlesFromJson } from '../../src/pretext/drawing-file.ts';
export { separated } from '../../src/report/figures/chart.ts';
export { puzzle } from '../../src/report/figures/puzzle.ts';
export {
  countOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatLoss,
  formatNumber,
  formatPercent,
  formatRate,
} from '../../src/report/numbers.ts';
export { categories, paletteCss } from '../../src/report/palette.ts';
export type { MethodSummary, RunSummary } from '../../src/server/routes.ts';
export type { MetricsRecord, RunManifest } from '../../src/training/run-record.ts';
