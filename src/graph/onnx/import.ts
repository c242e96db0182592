/**
 * From an ONNX model to a graph of tensors, which can be run, differentiated, trained and written back.
 * @module
 */
import '../operators/index.ts';
import { SondeError, usageError } from '../../base/errors.ts';
import { type Shape, sizeOf } from '../../base/shape.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { foldedValue } from '../passes/fold.ts';
import { constant, constantValue, inScope, placeholder, type Tensor } from '../tensor.ts';
import { readAttribute } from './attributes.ts';
import { withoutFunctions } from './functions.ts';
import { fedInputs, type OnnxGraph, type OnnxModel, type OnnxNode, type ValueInfo } from './model.ts';
import { nodeReaders } from './readers/index.ts';
import { unsupported } from './readers/reading.ts';

export interface ImportOptions {
  /** Lengths for the file's symbolic ones, such as `{ batch: 8 }`: shapes are static. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** Whole shapes of inputs by name, where the file leaves lengths unnamed. */
  readonly shapes?: Readonly<Record<string, Shape>>;
  /** Whether batch normalisation goes by the statistics of the batch and updates the stored ones (default: no). */
  readonly training?: boolean;
}

export interface ImportedParameter {
  readonly tensor: Tensor;
  readonly value: HostArray;
  /** Parameters can be trained; buffers are the stored statistics of normalisation. */
  readonly kind: 'parameter' | 'buffer';
}

export interface ImportedModel {
  /** What is fed, in the file's order. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Weights by their names in the file. */
  readonly parameters: ReadonlyMap<string, ImportedParameter>;
  /** Every named value between inputs and outputs: what can be tapped. */
  readonly values: Readonly<Record<string, Tensor>>;
  /** In training, what each buffer becomes after a step. */
  readonly updates: ReadonlyMap<string, Tensor>;
}

/**
 * Reads a model of operator sets 1 to 23. Weights become placeholders with a first value, so that gradients with respect
 * to them exist; single numbers, shapes and indices become constants.
 *
 * @throws SondeError `graph/unsupported` naming the node and the operator that is not known, `usage` where a length is
 * neither fixed by the file nor given
 */
export function fromOnnx(model: OnnxModel, options: ImportOptions = {}): ImportedModel {
  const { graph, opsets } = withoutFunctions(model);
  const importing = new Importing(graph, opsets[''] ?? 1, options);
  for (const node of graph.nodes) importing.read(node);
  const named = ({ name }: ValueInfo): [string, Tensor] => [name, importing.tensor(name)];
  return {
    inputs: Object.fromEntries(fedInputs(graph).map(named)),
    outputs: Object.fromEntries(graph.outputs.map(named)),
    parameters: importing.parameters,
    values: Object.fromEntries(importing.tensors),
    updates: importing.updates,
  };
}

class Importing {
  readonly tensors = new Map<string, Tensor>();
  readonly parameters = new Map<string, ImportedParameter>();
  readonly updates = new Map<string, Tensor>();
  readonly #initialisers: Map<string, HostArray>;
  readonly #opset: number;
  readonly #training: boolean;
  readonly #buffers: ReadonlySet<string>;
  /** Values that a node has and that are not computed, such as the mask of a dropout, by the node. */
  readonly #leftOut = new Map<string, OnnxNode>();

  constructor(graph: OnnxGraph, opset: number, options: ImportOptions) {
    this.#initialisers = new Map(graph.initialisers);
    this.#opset = opset;
    this.#training = options.training ?? false;
    const normalisations = graph.nodes.filter(({ operator }) => operator === 'BatchNormalization');
    this.#buffers = new Set(normalisations.flatMap(({ inputs }) => inputs.slice(3, 5)));
    for (const input of fedInputs(graph)) {
      if (input.dtype === undefined) throw new SondeError('onnx/malformed', `input ${input.name} has no type`);
      this.tensors.set(input.name, placeholder(input.name, input.dtype, staticShape(input, options)));
    }
  }

  /** The tensor of a value; weights come into being when the first node asks for them. */
  tensor(name: string): Tensor {
    const known = this.tensors.get(name);
    if (known !== undefined) return known;
    const value = this.#initialisers.get(name);
    if (value === undefined) {
      const node = this.#leftOut.get(name);
      if (node !== undefined) throw unsupported(node, `its output ${name} is not computed`);
      throw new SondeError('onnx/malformed', `nothing makes the value ${name}`);
    }
    const tensor = isWeight(name, value) ? this.#parameter(name, value) : constant(value);
    this.tensors.set(name, tensor);
    return tensor;
  }

  read(node: OnnxNode): void {
    if (node.operator === 'If' && node.domain === '') {
      this.#branch(node);
      return;
    }
    const reader = node.domain === '' ? nodeReaders.get(node.operator) : undefined;
    if (reader === undefined) {
      const domain = node.domain === '' ? '' : ` of ${node.domain}`;
      throw unsupported(node, `the operator ${node.operator}${domain} is not known`);
    }
    const inputs = node.inputs.map((name) => (name === '' ? undefined : this.tensor(name)));
    const known = (position: number) => this.#known(node, position);
    const outputs = inScope(node.name || node.outputs[0], () => {
      const built = reader({
        node,
        opset: this.#opset,
        training: this.#training,
        inputs,
        known,
        update: (position, next) => this.updates.set(node.inputs[position], next),
      });
      return (Array.isArray(built) ? (built as readonly Tensor[]) : [built as Tensor]).map(folded);
    });
    node.outputs.forEach((name, i) => {
      if (name === '') return;
      if (outputs[i] === undefined) this.#leftOut.set(name, node);
      else this.tensors.set(name, outputs[i]);
    });
  }

  /** Of a condition that the file settles the one branch is read, in place. */
  #branch(node: OnnxNode): void {
    const chosen = Number(this.#known(node, 0)!.data[0]) !== 0 ? 'then_branch' : 'else_branch';
    const graph = readAttribute(node, chosen, 'graph');
    if (graph === undefined) throw unsupported(node, `it has no ${chosen}`);
    for (const [name, value] of graph.initialisers) this.#initialisers.set(name, value);
    for (const inner of graph.nodes) this.read(inner);
    node.outputs.forEach((name, i) => {
      if (name !== '') this.tensors.set(name, this.tensor(graph.outputs[i].name));
    });
  }

  #known(node: OnnxNode, position: number): HostArray | undefined {
    const name = node.inputs[position];
    if (name === undefined || name === '') return undefined;
    const value = this.#initialisers.get(name) ?? constantValue(this.tensor(name));
    if (value !== undefined) return value;
    throw unsupported(node, `its input ${name} depends on what is fed`, 'shapes and indices must be fixed by the file');
  }

  #parameter(name: string, value: HostArray): Tensor {
    const tensor = placeholder(name, value.dtype, value.shape);
    this.parameters.set(name, { tensor, value, kind: this.#buffers.has(name) ? 'buffer' : 'parameter' });
    return tensor;
  }
}

function folded(tensor: Tensor): Tensor {
  if (constantValue(tensor) !== undefined) return tensor;
  const value = foldedValue(tensor);
  return value === undefined ? tensor : constant(value);
}

/** Floats, except single numbers that are not called what a weight is called. */
function isWeight(name: string, { dtype, shape }: HostArray): boolean {
  if (!dtype.startsWith('float') || shape.length === 0) return false;
  return sizeOf(shape) > 1 || /weight|bias|scale|gamma|beta|slope|running/i.test(name);
}

function staticShape({ name, shape }: ValueInfo, { dimensions = {}, shapes = {} }: ImportOptions): number[] {
  if (Object.hasOwn(shapes, name)) return [...shapes[name]];
  if (shape === undefined) {
    throw usageError(`the file does not say the shape of input ${name}`, { hint: 'give it in the option shapes' });
  }
  return shape.map((length, axis) => {
    if (typeof length === 'number') return length;
    if (Object.hasOwn(dimensions, length)) return dimensions[length];
    throw usageError(`axis ${axis} of input ${name} has no fixed length`, {
      found: length === '' ? 'an unnamed length' : length,
      hint: length === '' ? 'give the shape in the option shapes' : `give ${length} in the option dimensions`,
    });
  });
}
