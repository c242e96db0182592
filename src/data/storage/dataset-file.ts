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

const vector = z.tuple([z.number(), z.number(), z.number()]);
const place = { label: z.string(), x: z.number(), y: z.number(), frame: z.number().optional() };

const annotation = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('boxes'),
    name: z.string(),
    boxes: z.array(z.object({ ...place, width: z.number(), height: z.number() })),
  }),
  z.object({ type: z.literal('points'), name: z.string(), points: z.array(z.object(place)) }),
  z.object({
    type: z.literal('intervals'),
    name: z.string(),
    intervals: z.array(z.object({ label: z.string(), startS: z.number(), endS: z.number() })),
  }),
  z.object({
    type: z.literal('mask'),
    name: z.string(),
    file: z.string(),
    classes: z.record(z.string(), z.string()).optional(),
    frame: z.number().optional(),
  }),
]);

const track = z.object({
  name: z.string(),
  kind: z.enum(['audio', 'signal']),
  sampleRateHz: z.number(),
  channels: z.number(),
  durationS: z.number(),
  file: z.string().optional(),
});

export const splitSchema = z.object({
  name: z.string(),
  seed: z.number(),
  parts: z.record(z.string(), z.enum(['train', 'validation', 'test'])),
  recipe: z
    .object({
      fractions: vector.optional(),
      stratifyBy: z.string().optional(),
      wholeBy: z.string().optional(),
      within: z.string().optional(),
      folds: z.int().optional(),
      fold: z.int().optional(),
    })
    .optional(),
});

const schema = z.object({
  version: z.literal(1),
  name: z.string(),
  items: z.array(
    z.object({
      id: z.string(),
      patient: z.string(),
      kind: z.enum(['image', 'clip', 'volume', 'signal']),
      frames: z.int().min(1),
      height: z.int().min(1),
      width: z.int().min(1),
      channels: z.union([z.literal(1), z.literal(3)]),
      spacingMm: z.tuple([z.number(), z.number(), z.number()]).optional(),
      frameRateHz: z.number().optional(),
      frameTimesS: z.array(z.number()).optional(),
      rescale: z.tuple([z.number(), z.number()]).optional(),
      intensityRange: z.tuple([z.number(), z.number()]),
      labels: z.record(z.string(), label),
      frameLabels: z.record(z.string(), z.array(z.number())).optional(),
      geometry: z
        .object({ originMm: vector, directions: z.tuple([vector, vector, vector]), axes: z.string() })
        .optional(),
      tracks: z.array(track).optional(),
      annotations: z.array(annotation).optional(),
      placement: z
        .object({
          ...{ frames: z.int().min(1), height: z.int().min(1), width: z.int().min(1) },
          box: z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) }),
          chosen: z.array(z.int()).optional(),
        })
        .optional(),
      files: z.array(z.string()).optional(),
      format: z.string(),
    }),
  ),
  problems: z.array(z.object({ path: z.string(), reason: z.string(), severity: z.enum(['skipped', 'warning']) })),
  split: splitSchema,
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
