/**
 * The tables of `docs/data.md`, made from the lists of readers and adapters: node --import tsx scripts/data-page.ts
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from '../src/data/adapters/index.ts';
import { readers } from '../src/data/readers/index.ts';

export const dataPage = join(import.meta.dirname, '../docs/data.md');

/** Every format with what of it is read. */
export function formatTable(): string {
  const rows = readers.map(({ title, format, extensions, supports = '', windowed }) => {
    const endings = extensions.map((extension) => `\`${extension}\``).join(' ');
    return `| ${title} | \`${format}\` | ${endings || 'by name'} | ${supports} | ${windowed === true ? 'yes' : 'whole file'} |`;
  });
  const head = '| format | name | endings | what is read | windows |\n|---|---|---|---|---|';
  return [head, ...rows].join('\n');
}

/** Every public set whose layout is known. */
export function setTable(): string {
  const rows = adapters.map(({ id, title, contents, address, terms }) => {
    const [, url, note] = /^(\S+)(.*)$/.exec(address)!;
    return `| \`${id}\` | [${title}](${url})${note} | ${contents} | ${terms} |`;
  });
  return ['| name | set | what it holds | terms |\n|---|---|---|---|', ...rows].join('\n');
}

/** A page with the tables between their markers replaced. */
export function withTables(page: string): string {
  const tables: readonly (readonly [string, string])[] = [
    ['formats', formatTable()],
    ['sets', setTable()],
  ];
  return tables.reduce((text, [name, table]) => {
    const between = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
    return text.replace(between, (_, start: string, end: string) => `${start}${table}\n${end}`);
  }, page);
}

if (process.argv[1] === import.meta.filename) writeFileSync(dataPage, withTables(readFileSync(dataPage, 'utf8')));
