/**
 * Functions of a model written out: each node that calls one is replaced by the nodes of its body.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { AttributeValue, OnnxFunction, OnnxModel, OnnxNode } from './model.ts';

/** Bodies that call one another deeper than this call themselves. */
const deepest = 32;

const keyOf = (domain: string, name: string, overload = ''): string => `${domain}:${name}:${overload}`;

/** The same model without functions. Throws `graph/unsupported` for one of another operator set, or that calls itself. */
export function withoutFunctions(model: OnnxModel): OnnxModel {
  if (model.functions === undefined || model.functions.length === 0) return model;
  const functions = new Map(model.functions.map((entry) => [keyOf(entry.domain, entry.name, entry.overload), entry]));
  for (const { name, opsets } of model.functions) {
    if (opsets[''] === undefined || opsets[''] === model.opsets['']) continue;
    throw new SondeError('graph/unsupported', `function ${name} is written in another operator set than the model`, {
      expected: `${model.opsets['']}`,
      found: `${opsets['']}`,
    });
  }
  const written = (nodes: readonly OnnxNode[], depth: number): OnnxNode[] =>
    nodes.flatMap((node) => {
      const body = functions.get(keyOf(node.domain, node.operator, node.overload));
      if (body === undefined) return [node];
      if (depth > deepest) throw new SondeError('graph/unsupported', `function ${node.operator} calls itself`);
      return written(bodyOf(body, node), depth + 1);
    });
  const { functions: _, ...rest } = model;
  return { ...rest, graph: { ...model.graph, nodes: written(model.graph.nodes, 0) } };
}

/** The body with the caller's inputs, outputs and attributes; its own values carry the name of the call. */
function bodyOf({ inputs, outputs, defaults, nodes }: OnnxFunction, call: OnnxNode): OnnxNode[] {
  const place = call.name || call.outputs[0];
  const names = new Map<string, string>([['', '']]);
  inputs.forEach((name, i) => {
    names.set(name, call.inputs[i] ?? '');
  });
  // An output that is an input, or that the caller leaves out, keeps a name of its own.
  const copies: OnnxNode[] = [];
  outputs.forEach((name, i) => {
    const wanted = call.outputs[i];
    if (wanted === undefined || wanted === '') return;
    const known = names.get(name);
    if (known === undefined) names.set(name, wanted);
    else
      copies.push({
        name: `${place}/${name}`,
        operator: 'Identity',
        domain: '',
        inputs: [known],
        outputs: [wanted],
        attributes: {},
      });
  });
  const named = (name: string) => names.get(name) ?? `${place}/${name}`;
  const given = { ...defaults, ...call.attributes };
  const body = nodes.map((node) => ({
    ...node,
    name: `${place}/${node.name || node.outputs[0]}`,
    inputs: node.inputs.map(named),
    outputs: node.outputs.map(named),
    attributes: filled(node.attributes, given),
  }));
  return [...body, ...copies];
}

/** Attributes with the caller's in the places of formal ones; what nobody gave is left out. */
function filled(
  attributes: OnnxNode['attributes'],
  given: Readonly<Record<string, AttributeValue>>,
): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]): [string, AttributeValue][] => {
      if (value.type !== 'parameter') return [[name, value]];
      return given[value.value] === undefined ? [] : [[name, given[value.value]]];
    }),
  );
}
