/**
 * Reverse-mode differentiation: from a graph to the graph of its gradients. The result is made of ordinary tensors, so
 * it can be compiled, written to ONNX or differentiated again.
 * @module
 */
import './operators/index.ts';
import { SondeError } from '../base/errors.ts';
import { formatShape, sameShape, sizeOf } from '../base/shape.ts';
import { sumOf } from './accumulation.ts';
import { expand, scalar } from './primitives.ts';
import { inScope, type Node, type Tensor, topologicalOrder } from './tensor.ts';

/**
 * Gradients of a scalar with respect to any inputs or intermediate tensors.
 *
 * @param loss scalar float tensor
 * @param wrt tensors the loss depends on; where it does not depend on one, its gradient is zeros
 * @param seed gradient of the final objective with respect to `loss`, default 1 (any shape if given)
 * @throws SondeError `graph/no-gradient` naming the node that has none
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[], seed?: Tensor): Tensor[] {
  if (seed === undefined && sizeOf(loss.shape) !== 1) {
    throw new SondeError('graph/no-gradient', `the loss must be a scalar, it has shape ${formatShape(loss.shape)}`, {
      hint: 'reduce it with reduceMean or reduceSum, or pass the seed of the gradient',
    });
  }
  if (seed !== undefined && !sameShape(seed.shape, loss.shape)) {
    throw new SondeError('shape/mismatch', 'the seed of a gradient has the shape of what is differentiated', {
      expected: formatShape(loss.shape),
      found: formatShape(seed.shape),
    });
  }
  const everywhere = (tensor: Tensor, value: number) => expand(scalar(value, tensor.dtype), tensor.shape);
  const collected = reverse([[loss, seed ?? everywhere(loss, 1)]], new Set(wrt), new Set());
  return wrt.map((tensor) => total(collected, tensor) ?? everywhere(tensor, 0));
}

/** The walk back from outputs with given gradients; nothing passes beyond the tensors of `boundary`. */
function reverse(
  seeds: readonly (readonly [Tensor, Tensor])[],
  wrt: ReadonlySet<Tensor>,
  boundary: ReadonlySet<Tensor>,
): Map<Tensor, Tensor[]> {
  const order = topologicalOrder(seeds.map(([output]) => output));
  const dependent = dependentNodes(order, wrt, boundary);
  const collected = new Map<Tensor, Tensor[]>();
  for (const [output, seed] of seeds) collect(collected, output, seed);
  for (const node of order.reverse()) {
    if (!dependent.has(node)) continue;
    const incoming = node.outputs.map((output) => total(collected, output));
    if (incoming.every((gradient) => gradient === undefined)) continue;
    backward(node, incoming, dependent, wrt, collected);
  }
  return collected;
}

/** Nodes through which the outputs depend on a wanted tensor. */
function dependentNodes(order: readonly Node[], wanted: ReadonlySet<Tensor>, boundary: ReadonlySet<Tensor>): Set<Node> {
  const dependent = new Set<Node>();
  for (const node of order) {
    if (node.outputs.some((output) => boundary.has(output)) || stopsGradient(node)) continue;
    if (node.inputs.some((input) => input !== undefined && (wanted.has(input) || dependent.has(input.node)))) {
      dependent.add(node);
    }
  }
  return dependent;
}

function stopsGradient({ operator: { gradient } }: Node): boolean {
  return typeof gradient === 'object' && gradient.none === '';
}

function backward(
  node: Node,
  incoming: readonly (Tensor | undefined)[],
  dependent: ReadonlySet<Node>,
  wrt: ReadonlySet<Tensor>,
  collected: Map<Tensor, Tensor[]>,
): void {
  const { operator, attributes, outputs } = node;
  const inputs = node.inputs as readonly Tensor[];
  const wanted = inputs.map((input) => input !== undefined && (wrt.has(input) || dependent.has(input.node)));
  const rule = operator.gradient;
  if (rule === 'expand') {
    inScope(node.scope, () => throughExpansion(node, incoming, wanted, collected));
    return;
  }
  if (typeof rule !== 'function') {
    throw new SondeError('graph/no-gradient', `no gradient can pass: ${rule.none}`, {
      where: node.scope === '' ? operator.type : `${operator.type} "${node.scope}"`,
    });
  }
  const results = inScope(node.scope, () => rule({ inputs, outputs, attributes, gradients: incoming, wanted }));
  inputs.forEach((input, i) => {
    const gradient = results[i];
    if (!wanted[i] || gradient === undefined) return;
    if (!sameShape(gradient.shape, input.shape)) {
      throw new SondeError('internal', `gradient of input ${i} of ${operator.type} has the wrong shape`, {
        expected: formatShape(input.shape),
        found: formatShape(gradient.shape),
      });
    }
    collect(collected, input, gradient);
  });
}

/** A composite without a rule of its own is differentiated through its expansion. */
function throughExpansion(
  node: Node,
  incoming: readonly (Tensor | undefined)[],
  wanted: readonly boolean[],
  collected: Map<Tensor, Tensor[]>,
): void {
  const { operator, attributes } = node;
  const inputs = node.inputs as readonly Tensor[];
  const expanded = operator.expand!(inputs, attributes);
  const targets = inputs.filter((_, i) => wanted[i]);
  const seeds = expanded.flatMap((output, i) => {
    const seed = incoming[i];
    return seed === undefined ? [] : [[output, seed] as const];
  });
  const inside = reverse(seeds, new Set(targets), new Set(inputs.filter((input) => input !== undefined)));
  for (const target of new Set(targets)) {
    const gradient = total(inside, target);
    if (gradient !== undefined) collect(collected, target, gradient);
  }
}

function collect(collected: Map<Tensor, Tensor[]>, tensor: Tensor, gradient: Tensor): void {
  const list = collected.get(tensor);
  if (list === undefined) collected.set(tensor, [gradient]);
  else list.push(gradient);
}

function total(collected: Map<Tensor, Tensor[]>, tensor: Tensor): Tensor | undefined {
  const list = collected.get(tensor);
  if (list === undefined) return undefined;
  const sum = sumOf(list);
  collected.set(tensor, [sum]);
  return sum;
}
