/**
 * `npm run docs`: brings the pages in `docs/methods/` and their figures up to what the methods say of themselves, and the page of
 * operators up to the code.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { methods } from '../src/pretext/index.ts';
import { acceptancePage } from './acceptance-page.ts';
import { dataPage, withTables } from './data-page.ts';
import { methodFigure } from './method-figure.ts';
import { renewed } from './method-page.ts';
import { operatorsPage } from './operators-page.ts';

function write(path: string, text: string): void {
  const file = new URL(`../${path}`, import.meta.url);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  writeFileSync(file, text);
  console.log(path);
}

for (const method of methods) {
  const page = `docs/methods/${method.card.id}.md`;
  write(page, renewed(readFileSync(new URL(`../${page}`, import.meta.url), 'utf8'), method));
  write(`docs/figures/${method.card.id}.svg`, methodFigure(method));
}
write('docs/acceptance.md', acceptancePage());
write('docs/operators.md', operatorsPage());
write('docs/data.md', withTables(readFileSync(dataPage, 'utf8')));
