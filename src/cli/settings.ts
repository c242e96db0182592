/**
 * Checked options from `--set` settings, with a sentence where one is wrong.
 * @module
 */
import type { z } from 'zod';
import { parseOptions } from '../training/configuration.ts';

export function parseSettings<T>(where: string, schema: z.ZodType<T>, given: Readonly<Record<string, unknown>>): T {
  return parseOptions(where, schema, {}, given) as T;
}
