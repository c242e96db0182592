/**
 * The folder the lab shows: its runs, and its files, none from outside it.
 * @module
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { usageError } from '../base/errors.ts';
import type { RunManifest } from '../training/run-record.ts';

export interface RunFolder {
  /** The folder's path inside the workspace with `/`; `~` for the workspace itself. Names the run in addresses. */
  readonly name: string;
  readonly path: string;
  readonly manifest: RunManifest;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** The real path of the workspace. Throws `usage` where it is no folder. */
export async function openWorkspace(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw usageError(`there is no folder ${path}`, { hint: 'name the folder that holds the runs' });
  }
  return realpath(resolve(path));
}

/**
 * The real path of a file (or folder) below a folder, or nothing: for paths that lead out of it, by `..` or by a link,
 * for hidden files, and for what is neither.
 */
export async function fileInside(
  root: string,
  path: string,
  kind: 'file' | 'folder' = 'file',
): Promise<string | undefined> {
  const steps = path.split(/[/\\]/);
  if (path.includes('\0') || steps.some((step) => step === '' || step.startsWith('.'))) return undefined;
  const real = await realpath(join(root, ...steps)).catch(() => undefined);
  if (real === undefined || !real.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
  const found = await stat(real).catch(() => undefined);
  const fits = kind === 'file' ? found?.isFile() : found?.isDirectory();
  return fits === true ? real : undefined;
}

/** A response with a file's bytes. */
export async function fileResponse(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const { size } = await stat(path);
  const type = contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
  // A file that grows while it is sent must not exceed the length announced.
  const body = size === 0 ? null : (Readable.toWeb(createReadStream(path, { end: size - 1 })) as ReadableStream);
  return new Response(body, {
    headers: { 'Content-Type': type, 'Content-Length': String(size), 'Cache-Control': 'no-store', ...headers },
  });
}

/** All runs: the workspace itself, its folders, and those under `runs/`; the latest touched first. */
export async function listRuns(root: string): Promise<RunFolder[]> {
  const below = async (folder: string) => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => join(folder, entry.name));
  };
  const folders = [root, ...(await below(root)), ...(await below(join(root, 'runs')))];
  const found = await Promise.all(
    folders.map(async (path) => {
      const manifest = await readManifest(root, path);
      if (manifest === undefined) return [];
      const touched = await Promise.all(
        ['run.json', 'metrics.jsonl'].map((file) => stat(join(path, file)).catch(() => undefined)),
      );
      const name = relative(root, path).split(sep).join('/') || '~';
      return [{ run: { name, path, manifest }, time: Math.max(...touched.map((file) => file?.mtimeMs ?? 0)) }];
    }),
  );
  const runs = found.flat().sort((a, b) => b.time - a.time || (a.run.name < b.run.name ? -1 : 1));
  return runs.map(({ run }) => run);
}

/** A run's manifest, or nothing while it is missing or being written. */
export async function readManifest(root: string, folder: string): Promise<RunManifest | undefined> {
  const path = await fileInside(root, pathInside(root, folder, 'run.json'));
  if (path === undefined) return undefined;
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as RunManifest;
    return manifest.version === 1 && typeof manifest.id === 'string' ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** A file of a run as a path inside the workspace. */
export function pathInside(root: string, folder: string, file: string): string {
  return relative(root, join(folder, file)).split(sep).join('/');
}

/** Where a run's report lies, as a path inside the workspace: its own, or that of the whole workspace. */
export async function reportOf(root: string, run: RunFolder): Promise<string | undefined> {
  for (const path of new Set([pathInside(root, run.path, 'report.html'), 'report.html'])) {
    if ((await fileInside(root, path)) !== undefined) return path;
  }
  return undefined;
}
