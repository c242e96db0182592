/**
 * Everything beside the headline number, for a terminal: each measure with its interval, every encoder at the tap chosen
 * on validation, as plain numbers (shares between 0 and 1, distances in millimetres or pixels as they are called).
 * @module
 */
import type { Estimate } from '../evaluation/probe-result.ts';
import { chosenTap, inTableOrder, type ProbeGroup } from './findings.ts';
import { formatNumber } from './numbers.ts';
import { type TableColumn, table } from './terminal.ts';

/** The table, or nothing where a protocol has no other measure. */
export function measuresTable(group: ProbeGroup, { colour = false } = {}): string | undefined {
  const chosen = inTableOrder(group).flatMap((probe) => {
    const tap = chosenTap(probe);
    return tap === undefined ? [] : [{ name: probe.encoder.name, tap }];
  });
  const names = [...new Set(chosen.flatMap(({ tap }) => Object.keys(tap.measures)))];
  if (names.length === 0) return undefined;
  const columns: TableColumn[] = [
    { title: 'measure' },
    ...chosen.map(({ name, tap }) => ({ title: `${name} at ${tap.tap}`, align: 'right' as const })),
  ];
  return table(
    columns,
    names.map((name) => [name, ...chosen.map(({ tap }) => estimate(tap.measures[name]))]),
    { colour },
  );
}

function estimate(found: Estimate | undefined): string {
  if (found === undefined) return '';
  const [value, low, high] = [found.value, found.low, found.high].map((number) => formatNumber(number, 3));
  return `${value} [${low}, ${high}]`;
}
