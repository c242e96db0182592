/**
 * One model for every batch size, out of the same network written for two of them.
 * @module
 */

import type { HostArray } from '../../tensor/host-array.ts';
import { int64 } from '../../tensor/host-array.ts';
import type { OnnxModel, OnnxNode } from './model.ts';

/** A network written for one batch size. */
export interface SizedModel {
  readonly batch: number;
  readonly model: OnnxModel;
}

/** Which input of an operator is a shape that it makes. */
const shapeInput: Readonly<Record<string, number>> = { Reshape: 1, Expand: 1, Resize: 3 };

/**
 * The first model with its batch axis left open, or `undefined` where more than shapes depends on the batch.
 *
 * The two must differ in shapes of Reshape alone (one length of each, a multiple of the batch, is then left to the
 * runtime) and of Expand and Resize (one length, the batch itself, is then asked of the input). Batches that are prime and
 * larger than any small length keep a shape from being mistaken for another.
 */
export function withOpenBatch(first: SizedModel, second: SizedModel): OnnxModel | undefined {
  const [a, b] = [first.model.graph, second.model.graph];
  if (JSON.stringify(a.nodes) !== JSON.stringify(b.nodes) || a.initialisers.size !== b.initialisers.size)
    return undefined;
  const initialisers = new Map(a.initialisers);
  const asked: OnnxNode[] = [];
  for (const [name, value] of a.initialisers) {
    const other = b.initialisers.get(name);
    if (other === undefined) return undefined;
    if (sameValues(value, other)) continue;
    const at = batchLength(value, first.batch, other, second.batch);
    const uses = a.nodes.filter(({ inputs }) => inputs.includes(name));
    if (at === undefined || uses.some(({ operator, inputs }) => inputs.indexOf(name) !== shapeInput[operator]))
      return undefined;
    const lengths = Array.from(value.data as BigInt64Array, Number);
    if (uses.every(({ operator }) => operator === 'Reshape')) {
      initialisers.set(name, int64(value.shape, lengths.with(at, -1)));
    } else if (lengths[at] === first.batch) {
      initialisers.delete(name);
      asked.push(...shapeNodes(name, lengths, at, a.inputs[0].name, initialisers));
    } else return undefined;
  }
  const loosen = <T extends { shape?: readonly (number | string)[] }>(value: T): T =>
    value.shape === undefined ? value : { ...value, shape: ['batch', ...value.shape.slice(1)] };
  return {
    ...first.model,
    graph: {
      ...a,
      initialisers,
      nodes: [...asked, ...a.nodes],
      inputs: a.inputs.map(loosen),
      outputs: a.outputs.map(loosen),
    },
  };
}

function sameValues(a: HostArray, b: HostArray): boolean {
  if (a === b) return true;
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) return false;
  for (let i = 0; i < a.data.length; i++) if (a.data[i] !== b.data[i]) return false;
  return true;
}

/** The one place at which two shapes differ, where there both are the same multiple of their batch. */
function batchLength(a: HostArray, batchA: number, b: HostArray, batchB: number): number | undefined {
  if (a.dtype !== 'int64' || b.dtype !== 'int64' || String(a.shape) !== String(b.shape)) return undefined;
  const [left, right] = [a, b].map(({ data }) => Array.from(data as BigInt64Array, Number));
  const places = left.flatMap((length, i) => (length === right[i] ? [] : [i]));
  if (places.length !== 1 || left.includes(-1)) return undefined;
  const [at] = places;
  return left[at] % batchA === 0 && left[at] / batchA === right[at] / batchB ? at : undefined;
}

/** Nodes that put the batch of the input in its place among the other lengths, under the shape's own name. */
function shapeNodes(
  name: string,
  lengths: readonly number[],
  at: number,
  input: string,
  initialisers: Map<string, HostArray>,
): OnnxNode[] {
  const node = (operator: string, output: string, inputs: readonly string[], attributes: OnnxNode['attributes']) => ({
    name: output,
    operator,
    domain: '',
    inputs,
    outputs: [output],
    attributes,
  });
  const part = (suffix: string, values: readonly number[]) => {
    if (values.length === 0) return [];
    initialisers.set(`${name}/${suffix}`, int64([values.length], values));
    return [`${name}/${suffix}`];
  };
  const batch = `${name}/batch`;
  const parts = [...part('before', lengths.slice(0, at)), batch, ...part('after', lengths.slice(at + 1))];
  return [
    node('Shape', batch, [input], { start: { type: 'int', value: 0 }, end: { type: 'int', value: 1 } }),
    node('Concat', name, parts, { axis: { type: 'int', value: 0 } }),
  ];
}
