/**
 * Results on disk: one file a protocol and label, everything that was measured side by side in it.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { encodeModel } from '../../graph/onnx/encode.ts';
import { writeAtomically } from '../../training/storage/run-folder.ts';
import type { Comparison, Contender, FinishedResult, SettledTask } from '../measure.ts';
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

/**
 * Results of single tasks while a probe lasts, so that one that was stopped does not measure them again.
 *
 * @param folder where they are kept, each in a file of its own
 * @param contender who is measured
 * @param settings what the outcome depends on beside the model and the task: data, split, extraction
 */
export function resultFiles(
  folder: string,
  contender: Contender,
  settings: unknown,
): (encoder: string, task: SettledTask) => FinishedResult {
  let common: string | undefined;
  return (encoder, { label, protocol, options }) => {
    common ??= createHash('sha256').update(encodeModel(contender.model)).update(JSON.stringify(settings)).digest('hex');
    const identity = JSON.stringify([common, encoder, label, protocol.id, options]);
    const path = join(folder, `${createHash('sha256').update(identity).digest('hex').slice(0, 16)}.result`);
    return {
      read: () => {
        if (!existsSync(path)) return undefined;
        try {
          return deserialize(readFileSync(path)) as ProbeResult;
        } catch {
          // Of another version of Node: it is measured again.
          return undefined;
        }
      },
      write: (result) => {
        mkdirSync(folder, { recursive: true });
        // Not JSON, which has no NaN.
        writeAtomically(path, serialize(result));
      },
    };
  };
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
