/**
 * What grows with labels, for a terminal: every point of the curve and every encoder at the tap chosen on validation.
 * @module
 */
import type { CurvePoint } from '../evaluation/probe-result.ts';
import type { ProbeGroup } from './findings.ts';
import { scoreCurveOf } from './findings.ts';
import { alignEstimates, formatValue, measureStyle } from './numbers.ts';
import { type TableCell, type TableColumn, table } from './terminal.ts';

/** The table, or nothing where the protocol draws no curve. */
export function curveTable(group: ProbeGroup, { colour = false } = {}): string | undefined {
  const drawing = scoreCurveOf(group);
  if (drawing === undefined) return undefined;
  const { measure, axis } = drawing;
  const at = [...new Set(drawing.encoders.flatMap(({ points }) => points.map((point) => point.at)))].sort(
    (a, b) => a - b,
  );
  const columns: TableColumn[] = [{ title: axis, align: 'right' }];
  const cells: TableCell[][] = [at.map(String)];
  for (const { name, tap, points } of drawing.encoders) {
    const found = at.map((value) => points.find((point) => point.at === value));
    const scores = alignEstimates(
      found.map((point) => point?.score),
      measure,
      { padding: ' ' },
    );
    columns.push({ title: `${name} at ${tap}`, align: 'right' });
    cells.push(scores.map(({ value, interval }) => `${value} ${interval}`));
    if (found.every((point) => point?.deviation === undefined)) continue;
    columns.push({ title: 'sd', align: 'right' });
    cells.push(found.map((point) => deviationOf(point, measure)));
  }
  const { name, unit } = measureStyle(measure);
  const note = `${name}${unit === '' ? '' : `, ${unit},`} for ${group.label} at the tap chosen on validation patients`;
  return `${table(
    columns,
    at.map((_, row) => cells.map((column) => column[row])),
    { colour },
  )}\n${note}`;
}

function deviationOf(point: CurvePoint | undefined, measure: ProbeGroup['measure']): string {
  return point?.deviation === undefined ? '' : formatValue(point.deviation, measure);
}
