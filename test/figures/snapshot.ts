/**
 * Committed drawings: a figure must equal its snapshot. A changed one is written beside it as `-changed`, to be looked
 * at and, if right, moved over the old one; a new one is written and fails once, so that it is looked at too.
 * @module
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const folder = new URL('../../src/report/figures/snapshots/', import.meta.url);

export function matchesSnapshot(name: string, svg: string): void {
  const committed = new URL(`${name}.svg`, folder);
  const changed = new URL(`${name}-changed.svg`, folder);
  if (!existsSync(committed)) {
    writeFileSync(committed, svg);
    assert.fail(`${name}.svg is new: look at it, commit it, run again`);
  }
  if (readFileSync(committed, 'utf8') === svg) {
    rmSync(changed, { force: true });
    return;
  }
  writeFileSync(changed, svg);
  assert.fail(
    `${name} is drawn differently: compare ${name}-changed.svg with ${name}.svg in src/report/figures/snapshots`,
  );
}

/** Every figure must be a well-formed file of its own, say its finding in words, and miss no number. */
export function assertGoodFigure(svg: string): void {
  assertNested(svg);
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.match(svg, /<title>[^<]{10,}<\/title><desc>/, 'the finding must stand in words');
  assert.doesNotMatch(svg, /NaN|undefined|Infinity|\[object/, 'no number may be missing');
}

/** Elements nest and are closed, attributes are quoted and appear once. */
export function assertNested(xml: string): void {
  const open: string[] = [];
  const attribute = /\s+([a-zA-Z][a-zA-Z:-]*)="[^"<]*"/g;
  for (const [tag, closing, name, rest] of xml.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>/g)) {
    if (closing === '/') {
      assert.equal(open.pop(), name, `${tag} closes another element`);
      continue;
    }
    const keys = [...rest.matchAll(attribute)].map(([, key]) => key);
    assert.equal(new Set(keys).size, keys.length, `${tag} repeats an attribute`);
    assert.match(rest.replace(attribute, ''), /^\s*\/?$/, `${tag} has an attribute without quotes`);
    if (!rest.endsWith('/')) open.push(name);
  }
  assert.deepEqual(open, [], 'every element must be closed');
}
