/**
 * One encoder's answers in detail, for a terminal: class by class and patient by patient, or case by case where each has
 * measures of its own, at the tap chosen on validation.
 * @module
 */
import type { Estimate, ProbeResult, TapScore } from '../evaluation/probe-result.ts';
import { chosenTap } from './findings.ts';
import { formatCount, formatEstimate, formatNumber } from './numbers.ts';
import { type TableColumn, table } from './terminal.ts';

/** The tables, or nothing where the protocol answers no classes. */
export function answersTables(probe: ProbeResult, { colour = false } = {}): string | undefined {
  const tap = chosenTap(probe);
  if (tap === undefined) return undefined;
  const parts = (
    tap.perClass === undefined ? [caseTable(tap, colour)] : [classTable(tap, colour), patientTable(tap, colour)]
  ).filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return `${probe.encoder.name} at ${tap.tap}, the tap chosen on validation patients\n${parts.join('\n\n')}`;
}

function classTable({ perClass = [] }: TapScore, colour: boolean): string {
  const columns: TableColumn[] = [
    { title: 'class' },
    ...['items', 'patients', 'recall, %', 'precision, %', 'F1, %', 'average precision, %', 'AUROC (DeLong)'].map(
      (title) => ({ title, align: 'right' as const }),
    ),
  ];
  const rows = perClass.map(({ name, items, patients, recall, precision, f1, averagePrecision, auroc }) => [
    name,
    formatCount(items),
    formatCount(patients),
    ...[recall, precision, f1, averagePrecision].map(percent),
    area(auroc),
  ]);
  return table(columns, rows, { colour });
}

/** Patients whose answers are wrong most often come first. */
function patientTable({ items = [] }: TapScore, colour: boolean): string | undefined {
  if (items.some(({ truth, answer }) => truth === undefined || answer === undefined)) return undefined;
  const patients = new Map<string, { items: number; right: number }>();
  for (const { patient, truth, answer } of items) {
    const known = patients.get(patient) ?? { items: 0, right: 0 };
    patients.set(patient, { items: known.items + 1, right: known.right + (truth === answer ? 1 : 0) });
  }
  // With one item a patient the list says no more than the answers themselves.
  if ([...patients.values()].every((counts) => counts.items === 1)) return undefined;
  const share = ({ items: all, right }: { items: number; right: number }) => right / all;
  const sorted = [...patients].sort(([, a], [, b]) => share(a) - share(b) || b.items - a.items);
  const shown = sorted.slice(0, longestList);
  const columns: TableColumn[] = [
    { title: 'patient' },
    ...['items', 'right', 'accuracy, %'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = shown.map(([patient, counts]) => [
    patient,
    formatCount(counts.items),
    formatCount(counts.right),
    percent(share(counts)),
  ]);
  return table(columns, rows, { colour }) + more(sorted.length - shown.length, 'patients');
}

/** Cases with measures of their own, the worst first. */
function caseTable({ items = [] }: TapScore, colour: boolean): string | undefined {
  const measured = items.filter(({ measures }) => measures !== undefined);
  if (measured.length === 0) return undefined;
  const names = [...new Set(measured.flatMap(({ measures }) => Object.keys(measures!)))];
  const columns: TableColumn[] = [
    { title: 'case' },
    { title: 'patient' },
    ...names.map((title) => ({ title, align: 'right' as const })),
  ];
  const sorted = measured.toSorted((a, b) => a.correct - b.correct);
  const rows = sorted
    .slice(0, longestList)
    .map(({ item = '', patient, measures }) => [
      item,
      patient,
      ...names.map((name) => (measures![name] === undefined ? '' : formatNumber(measures![name], 3))),
    ]);
  return table(columns, rows, { colour }) + more(sorted.length - rows.length, 'cases');
}

function more(left: number, what: string): string {
  return left > 0 ? `\n… and ${formatCount(left)} more ${what} (--json has all)` : '';
}

const longestList = 20;

function percent(share: number | undefined): string {
  return share === undefined ? '' : formatNumber(100 * share, 1);
}

function area(estimate: Estimate | undefined): string {
  return estimate === undefined ? '' : formatEstimate(estimate, 'auroc');
}
