/**
 * From the figures of a finding, plain data, to SVG: one drawing function a kind.
 * @module
 */
import type { FigureData } from '../../explanation/finding.ts';
import { filters } from '../figures/filters.ts';
import { heatMap } from '../figures/heat-map.ts';
import { intervals } from '../figures/intervals.ts';
import { lines } from '../figures/lines.ts';
import { pictureGrid } from '../figures/picture-grid.ts';
import { scatter } from '../figures/scatter.ts';
import { scatterPanels } from '../figures/scatter-panels.ts';

const drawing: { readonly [K in FigureData['kind']]: (data: Extract<FigureData, { kind: K }>) => string } = {
  'heat-map': heatMap,
  lines,
  filters: ({ bank }) => filters(bank),
  intervals,
  scatter,
  'scatter-panels': (data) => scatterPanels(data),
  pictures: ({ title, caption, rows, columns }) =>
    pictureGrid({ title, description: caption, rows }, columns === undefined ? {} : { columns }),
};

/** The SVG of one figure, following the reader's light or dark theme. */
export function drawFigure(data: FigureData): string {
  return (drawing[data.kind] as (data: FigureData) => string)(data);
}
