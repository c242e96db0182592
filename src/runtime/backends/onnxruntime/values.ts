/**
 * What a session takes and gives, and whether the caller's arrays fit.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import type { DType, HostArray } from '../../../tensor/host-array.ts';

export interface SessionValue {
  readonly name: string;
  readonly dtype: DType;
  /** A length, the name of one that is settled by the arrays given, or `''`. */
  readonly shape: readonly (number | string)[];
}

export type Arrays = Readonly<Record<string, HostArray>>;

/** Throws `runtime/session` unless the arrays are what a run needs: every input, at least one output, all of them fitting. */
export function checkFeeds(
  model: { inputs: readonly SessionValue[]; outputs: readonly SessionValue[] },
  inputs: Arrays,
  outputs?: Arrays,
): void {
  checkArrays('input', model.inputs, inputs);
  const missing = model.inputs.filter(({ name }) => !Object.hasOwn(inputs, name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new SondeError('runtime/session', `no array was given for ${missing.join(', ')}`);
  }
  if (outputs === undefined) return;
  checkArrays('output', model.outputs, outputs);
  if (Object.keys(outputs).length === 0) throw new SondeError('runtime/session', 'a run needs at least one output');
}

/** Throws `runtime/session` when the model has no output of that name. */
export function checkNames(outputs: readonly SessionValue[], names: readonly string[]): void {
  const unknown = names.find((name) => !outputs.some((output) => output.name === name));
  if (unknown !== undefined) throw new SondeError('runtime/session', `the model has no output ${unknown}`);
}

function checkArrays(kind: 'input' | 'output', values: readonly SessionValue[], arrays: Arrays): void {
  const known = new Map(values.map((value) => [value.name, value]));
  for (const [name, array] of Object.entries(arrays)) {
    const value = known.get(name);
    if (value === undefined) {
      throw new SondeError('runtime/session', `the model has no ${kind} ${name}`, {
        expected: [...known.keys()].join(', ') || 'none',
      });
    }
    if (!fits(value, array)) {
      throw new SondeError('runtime/session', `the array for ${kind} ${name} does not fit`, {
        expected: describe(value),
        found: describe(array),
      });
    }
  }
}

function fits({ dtype, shape }: SessionValue, array: HostArray): boolean {
  return (
    dtype === array.dtype &&
    shape.length === array.shape.length &&
    shape.every((length, axis) => typeof length === 'string' || length === array.shape[axis])
  );
}

export function describe({ dtype, shape }: { dtype: DType; shape: readonly (number | string)[] }): string {
  return `${dtype} [${shape.map((length) => (length === '' ? '?' : length)).join(', ')}]`;
}
