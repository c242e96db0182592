/**
 * Results on disk: one file a protocol and label, everything that was measured side by side in it.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from '../../training/storage/run-folder.ts';
import type { Comparison } from '../measure.ts';
import type { ProbeResult } from '../probe-result.ts';

export interface ProbeRecord {
  readonly probes: readonly ProbeResult[];
  readonly differences: readonly Comparison[];
}

/** Writes a record so that it can be read and compared by people: down to single answers a line each. */
export function writeProbeRecord(path: string, record: ProbeRecord): void {
  mkdirSync(dirname(path), { recursive: true });
  writeAtomically(path, `${indented(record)}\n`);
}

/** JSON where whatever holds no objects stands on one line. */
function indented(value: unknown, margin = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const plain = (part: unknown): boolean =>
    typeof part !== 'object' || part === null || (Array.isArray(part) && part.every((one) => typeof one !== 'object'));
  if (Object.values(value).every(plain)) return JSON.stringify(value);
  const inner = `${margin} `;
  if (Array.isArray(value)) {
    return `[\n${value.map((part) => inner + indented(part, inner)).join(',\n')}\n${margin}]`;
  }
  const fields = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => `${inner}${JSON.stringify(name)}: ${indented(part, inner)}`);
  return `{\n${fields.join(',\n')}\n${margin}}`;
}
