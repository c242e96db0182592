/**
 * How results of `sonde probe` are shown: tables on the terminal, figures as files.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeRecord } from '../evaluation/storage/probe-files.ts';
import { answersTables } from '../report/answers-table.ts';
import { curveTable } from '../report/curve-table.ts';
import { perLayerCurve } from '../report/figures/per-layer-curve.ts';
import { scoreCurve } from '../report/figures/score-curve.ts';
import { curveOf, probeGroups, scoreCurveOf } from '../report/findings.ts';
import { measuresTable } from '../report/measures-table.ts';
import { probeTable } from '../report/probe-table.ts';
import { writeAtomically } from '../training/storage/run-folder.ts';

/** Every tap; curves where there are; further measures and single answers on request. */
export function showProbes(record: ProbeRecord, { detail = false }: { readonly detail?: boolean }): string {
  const parts = probeGroups(record).flatMap((group) => {
    const answers = detail
      ? group.probes.filter(({ encoder }) => encoder.role === 'pretrained').map((probe) => answersTables(probe))
      : [];
    return [probeTable(group), curveTable(group), detail ? measuresTable(group) : undefined, ...answers];
  });
  return parts.filter((part) => part !== undefined).join('\n\n');
}

/** Draws what the tables say; returns the paths. */
export function writeProbeFigures(folder: string, name: string, record: ProbeRecord): string[] {
  mkdirSync(folder, { recursive: true });
  return probeGroups(record).flatMap((group, i) => {
    const write = (kind: string, svg: string) => {
      const file = join(folder, `${kind}-${name}${i === 0 ? '' : `-${i + 1}`}.svg`);
      writeAtomically(file, svg);
      return file;
    };
    const curve = scoreCurveOf(group);
    return [
      write('layers', perLayerCurve(curveOf(group))),
      ...(curve === undefined ? [] : [write('curve', scoreCurve(curve))]),
    ];
  });
}
