/**
 * Options of a phantom as a person writes them, `name:option=value,option=value`, checked against its schema.
 * @module
 */
import type { z } from 'zod';
import { usageError } from '../../base/errors.ts';

/**
 * The values in `text`, still as text. A part without `=` continues the value of an option in `lists` before it.
 * Throws `usage`.
 */
export function optionsInText(text: string, name: string, lists: readonly string[] = []): Record<string, string> {
  if (text !== name && !text.startsWith(`${name}:`)) {
    throw usageError(`'${text}' does not name a phantom`, { expected: `${name} or ${name}:option=value,option=value` });
  }
  const given: Record<string, string> = {};
  let last: string | undefined;
  for (const part of text.slice(name.length + 1).split(',')) {
    const equals = part.indexOf('=');
    if (part.trim() === '') continue;
    if (equals >= 0) {
      last = part.slice(0, equals).trim();
      given[last] = part.slice(equals + 1).trim();
    } else if (last !== undefined && lists.includes(last)) {
      given[last] += `,${part.trim()}`;
    } else {
      throw usageError(`'${part}' in '${text}' has no value`, { expected: 'option=value' });
    }
  }
  return given;
}

/** Options with their defaults filled in. Throws `usage`, naming the option and its legal values. */
export function completed<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  given: Readonly<Record<string, unknown>>,
  phantom: string,
): z.infer<z.ZodObject<Shape>> {
  const fields = schema.shape as Record<string, { description?: string }>;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(fields, name)) {
      throw usageError(`the ${phantom} has no option '${name}'`, {
        expected: `one of ${Object.keys(fields).join(', ')}`,
      });
    }
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const name = String(issue.path[0] ?? '');
  const { description } = fields[name] ?? {};
  throw usageError(`option '${name}' of the ${phantom}: ${issue.message}`, {
    found: JSON.stringify(given[name]),
    ...(description === undefined ? {} : { hint: `${name}: ${description}` }),
  });
}
