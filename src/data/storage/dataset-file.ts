/**
 * `dataset.json`.
 * @module
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SondeError, usageError } from '../../base/errors.ts';
import type { DatasetIndex } from '../media.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { reasonOf } from './walk.ts';

const label = z.union([z.string(), z.number()]);

const schema = z.object({
  version: z.literal(1),
  name: z.string(),
  items: z.array(
    z.object({
      id: z.string(),
      patient: z.string(),
      kind: z.enum(['image', 'clip', 'volume']),
      frames: z.int().min(1),
      height: z.int().min(1),
      width: z.int().min(1),
      channels: z.union([z.literal(1), z.literal(3)]),
      spacingMm: z.tuple([z.number(), z.number(), z.number()]).optional(),
      frameRateHz: z.number().optional(),
      intensityRange: z.tuple([z.number(), z.number()]),
      labels: z.record(z.string(), label),
      frameLabels: z.record(z.string(), z.array(z.number())).optional(),
      format: z.string(),
    }),
  ),
  problems: z.array(z.object({ path: z.string(), reason: z.string(), severity: z.enum(['skipped', 'warning']) })),
  split: z.object({
    name: z.string(),
    seed: z.number(),
    parts: z.record(z.string(), z.enum(['train', 'validation', 'test'])),
  }),
  hash: z.string(),
});

export function writeIndex(path: string, index: DatasetIndex): void {
  writeFileAtomically(path, `${JSON.stringify(index, undefined, 1)}\n`);
}

/** Throws `usage` when there is no such file, `file/malformed` when it is not an index. */
export function readIndex(path: string): DatasetIndex {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`the index ${path} cannot be opened: ${reasonOf(error)}`);
  }
  return parseIndex(text, path);
}

/** The index in a JSON text; `where` names it in errors. Throws `file/malformed`. */
export function parseIndex(text: string, where: string): DatasetIndex {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SondeError('file/malformed', 'this index is not JSON', { where, cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SondeError('file/malformed', `this is no index of version 1: ${issue.message}`, {
    where,
    found: `a wrong value at ${issue.path.join('.') || 'the top'}`,
    hint: 'index the data again',
  });
}
