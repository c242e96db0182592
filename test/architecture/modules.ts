/**
 * Source files as the architecture test sees them: their text without comments, and what they import.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Import {
  /** A path of the repository (`src/graph/tensor.ts`), or a package's or Node's name as written. */
  readonly target: string;
  /** True when nothing of it is left once types are taken away. */
  readonly typeOnly: boolean;
}

export interface Module {
  /** Path in the repository, with forward slashes. */
  readonly path: string;
  /** Text without comments and without what stands in strings. */
  readonly code: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/;
const template = /`(?:\\[\s\S]|[^`\\])*`/;
/** A regular expression follows something that a division cannot follow. */
const pattern = /(?<=[(,=:!&|?{};]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[dgimsuvy]*/;
const tokens = new RegExp([quoted, template, comment, pattern].map(({ source }) => source).join('|'), 'g');

const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** The same lines without comments; with `strings`, what stands in quotes goes too. */
function bare(source: string, strings: boolean): string {
  return source.replace(tokens, (token) => {
    if (token.startsWith('//') || token.startsWith('/*')) return blank(token);
    // What a template computes stays: it is code.
    if (token.startsWith('`'))
      return token.replace(/\$\{[^}]*\}|[^$]|\$/g, (part) => (part.length > 1 ? part : blank(part)));
    return strings ? blank(token) : token;
  });
}

/** Reads one source. `import { type A }` keeps its import at run time, so only `import type` counts as a type's. */
export function readModule(path: string, source: string): Module {
  const code = bare(source, false);
  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
    imports.push({ target, typeOnly });
  };
  const declared = /^[ \t]*(?:import|export)\b\s*(type\s+(?!from\b))?(?:[\w$*{][^'";=]*?\sfrom\s*)?['"]([^'"]+)['"]/gm;
  for (const [, type, specifier] of code.matchAll(declared)) add(specifier, type !== undefined);
  const called = /(typeof\s+)?\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*[,)]/g;
  for (const [, type, specifier] of code.matchAll(called)) add(specifier, type !== undefined);
  return { path, code: bare(source, true), lines: source.split('\n').length - 1, imports };
}

/** Every TypeScript file below the folders, read; generated files are passed over. */
export function readModules(root: string, folders: readonly string[]): Module[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => posix.join(folder, path.replaceAll('\\', '/')))
      .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)(generated|node_modules|dist)\//.test(path))
      .sort()
      .map((path) => readModule(path, readFileSync(join(root, path), 'utf8'))),
  );
}
