/**
 * Which pieces of state may be overwritten while a program runs: those whose only reader is on the way to their own next
 * value, so that nothing can read the old value after the new one is written. The moments of optimisers are; parameters,
 * which the backward pass still reads, are not.
 * @module
 */
import { type Node, type Tensor, topologicalOrder } from '../graph/tensor.ts';
import type { Program } from './program.ts';

/** Reads of one entry at a time: each output entry depends on the same entry of the inputs only. */
const elementwise = new Set(['Add', 'Sub', 'Mul', 'Div']);

/** Names of the state whose next value may be written over the old one. */
export function overwritable({ state, outputs }: Program): Set<string> {
  const roots = [...Object.values(outputs), ...state.flatMap(({ next }) => (next === undefined ? [] : [next]))];
  const readers = new Map<Tensor, Node[]>();
  for (const node of topologicalOrder(roots)) {
    for (const input of node.inputs) {
      if (input !== undefined) readers.set(input, [...(readers.get(input) ?? []), node]);
    }
  }
  const shown = new Set(roots);
  const names = new Set<string>();
  for (const { name, tensor, next } of state) {
    if (next === undefined || shown.has(tensor)) continue;
    const [reader, ...others] = readers.get(tensor) ?? [];
    if (reader === undefined || others.length > 0 || !elementwise.has(reader.operator.type)) continue;
    if (leadsTo(reader, next)) names.add(name);
  }
  return names;
}

/** Whether the result flows into the next value through sums and products of single entries only. */
function leadsTo(reader: Node, next: Tensor): boolean {
  let node = next.node;
  while (node !== reader) {
    if (!elementwise.has(node.operator.type)) return false;
    const [inner] = node.inputs;
    if (inner === undefined) return false;
    node = inner.node;
  }
  return true;
}
