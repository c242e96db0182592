/**
 * Brings the pages in `docs/methods/` up to what the methods say of themselves.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { methods } from '../src/pretext/index.ts';
import { renewed } from './method-page.ts';

for (const method of methods) {
  const path = new URL(`../docs/methods/${method.card.id}.md`, import.meta.url);
  const page = readFileSync(path, 'utf8');
  const next = renewed(page, method);
  if (next === page) continue;
  writeFileSync(path, next);
  console.log(`docs/methods/${method.card.id}.md`);
}
