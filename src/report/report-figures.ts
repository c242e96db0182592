/**
 * The figures of a report as files of their own, for `figures/*.svg`, slides and papers.
 * @module
 */

import { datasetOverview } from './figures/dataset-overview.ts';
import { filters } from './figures/filters.ts';
import { learningCurves } from './figures/learning-curves.ts';
import { perLayerCurve } from './figures/per-layer-curve.ts';
import { puzzle } from './figures/puzzle.ts';
import { scoreCurve } from './figures/score-curve.ts';
import { curveOf, probeGroups, scoreCurveOf } from './findings.ts';
import type { ReportData } from './report-data.ts';
import { coloursOf } from './sections/layers.ts';
import { confusionFigure } from './sections/training.ts';

/** File names without `.svg`, and what is in them; the same drawings as in the report. */
export function reportFigures(data: ReportData): ReadonlyMap<string, string> {
  const figures = new Map<string, string>();
  const add = (name: string, svg: string | undefined) => {
    if (svg !== undefined) figures.set(name.replace(/[^A-Za-z0-9-]+/g, '-').toLowerCase(), svg);
  };
  add('data', datasetOverview(data.data.counts));
  for (const group of probeGroups(data)) {
    const measured = group.probes
      .filter(({ encoder }) => encoder.role === 'pretrained')
      .map(({ encoder }) => encoder.name);
    add(['layers', group.protocol, group.label, ...measured].join('-'), perLayerCurve(curveOf(group, coloursOf(data))));
    const curve = scoreCurveOf(group, coloursOf(data));
    if (curve !== undefined) add(['curve', group.protocol, group.label, ...measured].join('-'), scoreCurve(curve));
  }
  for (const run of data.runs) {
    const { id, method } = run.manifest;
    const { metrics, card } = run;
    run.puzzles.forEach((drawing, i) => {
      add(`puzzle-${id}-${i + 1}`, puzzle(drawing));
    });
    if (metrics.length > 0)
      add(
        `learning-${id}`,
        learningCurves({ method: method.title, colour: card.colour, chance: run.manifest.chance, metrics }),
      );
    add(`confusion-${id}`, confusionFigure(run));
    if (run.filters !== undefined) add(`filters-${id}`, filters(run.filters));
  }
  return figures;
}
