/**
 * Reading the small text files that public sets come with.
 * @module
 */
import type { FolderTree } from '../folder-knowledge.ts';
import { parseTable } from '../label-table.ts';

/** Lines that are not empty, without spaces around them. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `key: value` lines. */
export function settingsOf(text: string): Map<string, string> {
  return new Map(
    linesOf(text).flatMap((line) => {
      const found = /^([^:=]+)[:=]\s*(.*)$/.exec(line);
      return found === null ? [] : [[found[1].trim(), found[2].trim()] as const];
    }),
  );
}

/** The rows of a table, by column. */
export function recordsOf(text: string): Record<string, string>[] {
  const { columns, rows } = parseTable(text);
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, (row[i] ?? '').trim()])));
}

/** Paths whose last name is this. */
export function namedFiles(tree: FolderTree, name: RegExp): string[] {
  return tree.paths.filter((path) => name.test(path.slice(path.lastIndexOf('/') + 1)));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** A number, or nothing. */
export function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Labels without those that are unknown. */
export function known<T extends string | number>(labels: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)) as Record<string, T>;
}
