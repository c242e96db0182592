/**
 * The per-layer table for a terminal: every tap, every encoder with its interval, and the difference to random
 * initialisation beside it.
 * @module
 */
import { againstRandom, inTableOrder, isClear, type ProbeGroup } from './findings.ts';
import { alignEstimates, formatCount, formatMeasured, formatP, formatPercent, measureStyle } from './numbers.ts';
import { type TableCell, type TableColumn, table } from './terminal.ts';

/** The table of one group, with a line that says what its numbers are. */
export function probeTable(group: ProbeGroup, { colour = false } = {}): string {
  const { measure } = group;
  const probes = inTableOrder(group);
  const longest = probes.reduce((a, b) => (b.taps.length > a.taps.length ? b : a));
  const taps = longest.taps.map(({ tap }) => tap);
  const columns: TableColumn[] = [{ title: 'tap' }, { title: 'features', align: 'right' }];
  const cells: TableCell[][] = [taps, longest.taps.map(({ dimensions }) => formatCount(dimensions))];
  for (const probe of probes) {
    const scores = alignEstimates(
      taps.map((tap) => probe.taps.find((entry) => entry.tap === tap)?.score),
      measure,
      { padding: ' ' },
    );
    columns.push({ title: probe.encoder.name, align: 'right' });
    cells.push(scores.map(({ value, interval }) => `${value} ${interval}`));
    const comparison = againstRandom(group, probe.encoder.name);
    if (comparison === undefined) continue;
    const entries = taps.map((tap) => comparison.taps.find((entry) => entry.tap === tap));
    const differences = alignEstimates(
      entries.map((entry) => entry?.difference),
      measure,
      { signed: true, padding: ' ' },
    );
    columns.push({ title: 'difference', align: 'right' }, { title: 'p', align: 'right' }, { title: '' });
    cells.push(differences.map(({ value, interval }) => `${value} ${interval}`));
    cells.push(entries.map((entry) => (entry === undefined ? '' : formatP(entry.p))));
    cells.push(
      entries.map((entry) => {
        if (entry === undefined || !isClear(entry)) return '';
        return entry.difference.value > 0 ? { text: 'above', state: 'good' } : { text: 'below', state: 'bad' };
      }),
    );
  }
  const { name, unit } = measureStyle(measure);
  const { interval, counts, judged = 'test' } = probes[0];
  const note = `${name}${unit === '' ? '' : `, ${unit},`} for ${group.label} on ${formatCount(counts[judged].patients)} ${judged === 'train' ? 'training' : 'test'} patients; ${formatPercent(interval.level)} intervals by ${interval.method}; chance ${formatMeasured(group.chance, measure)}`;
  return `${table(
    columns,
    taps.map((_, row) => cells.map((column) => column[row])),
    { colour },
  )}\n${[note, ...notesOf(probes)].join('\n')}`;
}

/** What readers have to know. */
function notesOf(probes: ProbeGroup['probes']): string[] {
  const notes = probes.flatMap((probe) => probe.notes ?? []);
  const seeds = probes.flatMap(({ encoder }) =>
    encoder.seeds === undefined ? [] : [`${encoder.name}: mean over ${encoder.seeds.join(', ')}`],
  );
  return [...new Set([...notes, ...seeds])];
}
