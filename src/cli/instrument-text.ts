/**
 * The instruments as text: what each asks and what can be told to it.
 * @module
 */
import { z } from 'zod';
import { instruments } from '../explanation/index.ts';
import type { Instrument } from '../explanation/instrument.ts';

export function listInstruments(json: boolean): void {
  const list = instruments.map(describeInstrument);
  if (json) {
    console.log(JSON.stringify(list, null, 2));
    return;
  }
  const width = Math.max(...list.map(({ id }) => id.length));
  for (const { id, question, usual, options } of list) {
    console.log(`${id.padEnd(width)}  ${question}${usual ? '' : ' (when asked for)'}`);
    for (const option of options) {
      console.log(
        `${''.padEnd(width)}    ${id}.${option.name} = ${JSON.stringify(option.default)}  ${option.description}`,
      );
    }
  }
}

function describeInstrument({ id, title, question, source, usual, options }: Instrument) {
  const schema = z.toJSONSchema(options, { io: 'input' });
  return {
    id,
    title,
    question,
    source,
    usual,
    options: Object.entries(schema.properties ?? {}).map(([name, property]) => {
      const { default: value, description = '' } = property as { default?: unknown; description?: string };
      return { name, default: value, description };
    }),
  };
}
