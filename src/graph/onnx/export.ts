/**
 * From a graph of tensors to an ONNX model.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { float32, type HostArray, int64 } from '../../tensor/host-array.ts';
import { type Attributes, constantValue, isPlaceholder, type Node, type Tensor, topologicalOrder } from '../tensor.ts';
import { dataTypeNumber } from './data-types.ts';
import type { AttributeValue, OnnxModel, OnnxNode } from './model.ts';

export const opset = 17;

export interface ExportOptions {
  readonly name?: string;
  /** Values for placeholders that become weights inside the model instead of inputs. */
  readonly initialisers?: ReadonlyMap<Tensor, HostArray>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes named outputs and everything they need. All operators must be ONNX's (or `com.microsoft`): lower first.
 *
 * @param inputs placeholders in the order the model takes them; their names are used
 */
export function toOnnx(
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
  { name = 'sonde', initialisers = new Map(), metadata }: ExportOptions = {},
): OnnxModel {
  const names = new Map<Tensor, string>();
  const taken = new Set(Object.keys(outputs));
  const constants = new Map<string, HostArray>();
  const nodes: OnnxNode[] = [];
  for (const input of inputs) names.set(input, placeholderName(input));
  for (const tensor of names.values()) taken.add(tensor);

  const fresh = (base: string): string => {
    let candidate = base;
    for (let k = 1; taken.has(candidate); k++) candidate = `${base}_${k}`;
    taken.add(candidate);
    return candidate;
  };
  const addInitialiser = (value: HostArray, base: string): string => {
    const weightName = fresh(base);
    constants.set(weightName, value);
    return weightName;
  };
  const constantNames = new Map<string, string>();
  const addConstant = (value: HostArray, base: string): string => {
    const key = value.data.length <= 16 ? `${value.dtype}${value.shape}:${value.data}` : undefined;
    const earlier = key === undefined ? undefined : constantNames.get(key);
    if (earlier !== undefined) return earlier;
    const constantName = addInitialiser(value, base);
    if (key !== undefined) constantNames.set(key, constantName);
    return constantName;
  };

  for (const node of topologicalOrder(Object.values(outputs))) {
    const [first] = node.outputs;
    if (isPlaceholder(first)) {
      const value = initialisers.get(first);
      // Weights keep their names, also where two are equal: they are learnt apart.
      if (value !== undefined) names.set(first, addInitialiser(value, placeholderName(first)));
      else if (!names.has(first)) {
        throw new SondeError(
          'internal',
          `input ${placeholderName(first)} of the graph is not among the model's inputs`,
        );
      }
      continue;
    }
    const value = constantValue(first);
    if (value !== undefined) {
      names.set(first, addConstant(value, 'constant'));
      continue;
    }
    nodes.push(writeNode(node, names, fresh, addConstant));
  }
  // Graph outputs carry their own names: a copy where a value has another name already.
  for (const [outputName, tensor] of Object.entries(outputs)) {
    nodes.push(plainNode('Identity', fresh(`${outputName}/copy`), [names.get(tensor)!], [outputName]));
  }
  return {
    irVersion: 8,
    opsets: nodes.some((node) => node.domain === 'com.microsoft') ? { '': opset, 'com.microsoft': 1 } : { '': opset },
    producer: { name: 'sonde', version: '0.1.0' },
    ...(metadata === undefined ? {} : { metadata }),
    graph: {
      name,
      inputs: inputs.map((tensor) => ({ name: names.get(tensor)!, dtype: tensor.dtype, shape: tensor.shape })),
      outputs: Object.entries(outputs).map(([key, { dtype, shape }]) => ({ name: key, dtype, shape })),
      initialisers: constants,
      nodes: renameCopies(nodes, new Set(Object.keys(outputs))),
    },
  };
}

export function placeholderName(tensor: Tensor): string {
  return tensor.node.attributes.name as string;
}

function plainNode(operator: string, name: string, inputs: string[], outputs: string[]): OnnxNode {
  return { name, operator, domain: '', inputs, outputs, attributes: {} };
}

function writeNode(
  node: Node,
  names: Map<Tensor, string>,
  fresh: (base: string) => string,
  addConstant: (value: HostArray, base: string) => string,
): OnnxNode {
  const { operator, attributes, scope } = node;
  if (operator.domain === 'sonde') {
    throw new SondeError('graph/unsupported', `${operator.type} is not an ONNX operator: lower the graph first`);
  }
  const base = `${scope === '' ? '' : `${scope}/`}${operator.type}`;
  const inputs = node.inputs.map((input) => (input === undefined ? '' : names.get(input)!));
  const form = operator.onnx ?? {};
  const omitted = new Set(form.omit);
  for (const [position, { attribute, dtype }] of Object.entries(form.inputAttributes ?? {})) {
    omitted.add(attribute);
    const value = attributes[attribute] as number | readonly number[];
    const list = typeof value === 'number' ? [value] : value;
    const shape = typeof value === 'number' ? [] : [value.length];
    const array = dtype === 'int64' ? int64(shape, list) : float32(shape, list);
    inputs[Number(position)] = addConstant(array, attribute);
  }
  const outputs = node.outputs.map((output, i) => {
    const outputName = fresh(i === 0 ? base : `${base}:${i}`);
    names.set(output, outputName);
    return outputName;
  });
  return {
    name: outputs[0],
    operator: operator.type,
    domain: operator.domain,
    inputs,
    outputs,
    attributes: writeAttributes(attributes, omitted, new Set(form.floats)),
  };
}

function writeAttributes(attributes: Attributes, omitted: ReadonlySet<string>, floats: ReadonlySet<string>) {
  const written: Record<string, AttributeValue> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (omitted.has(key) || value === undefined) continue;
    written[snakeCase(key)] = writeAttribute(key, value, floats.has(key));
  }
  return written;
}

function writeAttribute(key: string, value: NonNullable<Attributes[string]>, float: boolean): AttributeValue {
  if (key === 'to') return { type: 'int', value: dataTypeNumber(value as HostArray['dtype']) };
  if (typeof value === 'number') return { type: float ? 'float' : 'int', value };
  if (typeof value === 'boolean') return { type: 'int', value: value ? 1 : 0 };
  if (typeof value === 'string') return { type: 'string', value };
  if (Array.isArray(value)) {
    if (typeof value[0] === 'string') return { type: 'strings', value };
    return { type: float ? 'floats' : 'ints', value };
  }
  return { type: 'tensor', value: value as HostArray };
}

/** ONNX spells most attributes `like_this`, a few `likeThis`. */
function snakeCase(name: string): string {
  const kept = new Set(['transA', 'transB', 'transBatchA', 'transBatchB']);
  return kept.has(name) ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Lets the node that makes an output carry its name, where nothing else needs the old one. */
function renameCopies(nodes: readonly OnnxNode[], outputs: ReadonlySet<string>): OnnxNode[] {
  const renamed = new Map<string, string>();
  const copies = new Set<OnnxNode>();
  const makers = new Set(nodes.flatMap((node) => node.outputs));
  for (const node of nodes) {
    if (node.operator !== 'Identity' || !outputs.has(node.outputs[0])) continue;
    const [source] = node.inputs;
    if (renamed.has(source) || !makers.has(source) || outputs.has(source)) continue;
    renamed.set(source, node.outputs[0]);
    copies.add(node);
  }
  const rename = (value: string) => renamed.get(value) ?? value;
  return nodes
    .filter((node) => !copies.has(node))
    .map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }));
}
