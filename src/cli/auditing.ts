/**
 * What `sonde audit` does: the shortcut instrument alone, with its table on the terminal.
 * @module
 */
import type { Explanation } from '../explanation/explain.ts';
import type { FindingTable } from '../explanation/finding.ts';
import { instrumentById } from '../explanation/index.ts';
import { absentTitle } from '../explanation/shortcuts/audit-finding.ts';
import { shortcutById, shortcuts } from '../explanation/shortcuts/index.ts';
import { type LookOptions, lookWith } from './explaining.ts';

export interface AuditOptions extends LookOptions {
  readonly shortcuts?: string;
  readonly questions?: number;
  /** Steps of each training; true: as many as usual. */
  readonly retrain?: number | true;
  readonly label?: string;
}

const usualSteps = 150;

export async function auditRun(path: string, options: AuditOptions): Promise<void> {
  const { shortcuts: ids, questions, retrain, label } = options;
  for (const id of ids?.split(',') ?? []) shortcutById(id.trim());
  const words = [`sonde audit ${path}`];
  if (options.data !== undefined) words.push(`--data ${options.data}`);
  if (ids !== undefined) words.push(`--shortcuts ${ids}`);
  if (questions !== undefined) words.push(`--questions ${questions}`);
  if (retrain !== undefined) words.push(`--retrain ${retrain === true ? usualSteps : retrain}`);
  if (label !== undefined) words.push(`--label ${label}`);
  await lookWith(path, options, {
    instruments: [instrumentById('shortcuts')],
    settings: {
      shortcuts: {
        ...(ids === undefined ? {} : { shortcuts: ids }),
        ...(questions === undefined ? {} : { questions }),
        ...(label === undefined ? {} : { label }),
        ...(retrain === undefined ? {} : { steps: retrain === true ? usualSteps : retrain }),
      },
    },
    folder: 'audit',
    command: words.join(' '),
    redraw: words.join(' '),
    print: printAudit,
  });
}

export function listShortcuts(json: boolean): void {
  if (json) {
    console.log(
      JSON.stringify(
        shortcuts.map(({ id, title, why, remedy }) => ({ id, title, why, remedy })),
        null,
        2,
      ),
    );
    return;
  }
  const width = Math.max(...shortcuts.map(({ id }) => id.length));
  for (const { id, title, why } of shortcuts) console.log(`${id.padEnd(width)}  ${title}: ${why}`);
}

/** The verdicts as a table, what to do, and what cannot be here and why. */
function printAudit({ findings, omissions }: Explanation): void {
  for (const { title, sentences, tables = [], checks } of findings) {
    console.log(`${title}\n`);
    for (const table of tables.filter((entry) => entry.title !== absentTitle)) printTable(table);
    for (const sentence of sentences) console.log(sentence);
    const absent = tables.find((entry) => entry.title === absentTitle)?.rows ?? [];
    if (absent.length > 0) console.log(`\nNot here:\n${absent.map(([name, why]) => `  ${name}: ${why}.`).join('\n')}`);
    for (const { statement, detail } of checks.filter(({ passed }) => !passed)) {
      console.log(`\nCheck failed: ${statement} (${detail}).`);
    }
  }
  for (const { title, reason } of omissions) console.log(`${title}: not looked at, ${reason}`);
}

function printTable({ columns, rows }: FindingTable): void {
  const widths = columns.map((name, c) => Math.max(name.length, ...rows.map((row) => row[c].length)));
  const line = (cells: readonly string[]) =>
    widths
      .map((width, c) => cells[c].padEnd(width))
      .join('  ')
      .trimEnd();
  console.log(`${[columns, ...rows].map(line).join('\n')}\n`);
}
