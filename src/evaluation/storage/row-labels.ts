/**
 * Labels of a feature table, turned from lists by name to one object a row and back.
 * @module
 */
import type { Label } from '../../data/media.ts';
import type { FeatureTable } from '../feature-table.ts';

export type Labels = NonNullable<FeatureTable['labels']>;
/** Labels of one row. */
export type RowLabels = Readonly<Record<string, Label>>;

/** The same labels with each list of values changed. */
export function mapLabels(labels: Labels, change: (values: Labels[string]) => Labels[string]): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, values]) => [name, change(values)]));
}

/** One object a row, without the labels the row does not have. */
export function labelsByRow(labels: Labels | undefined, rows: number): (RowLabels | undefined)[] {
  return Array.from({ length: rows }, (_, row) => {
    if (labels === undefined) return undefined;
    const own = Object.entries(labels).map(([name, values]) => [name, values[row]] as const);
    return Object.fromEntries(own.filter((entry): entry is [string, Label] => entry[1] !== undefined));
  });
}

/** Lists of values by name again; undefined where a row lacks the label. */
export function labelsByName(rows: readonly RowLabels[]): Labels {
  const names = [...new Set(rows.flatMap((labels) => Object.keys(labels)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((labels) => labels[name])]));
}
