/**
 * Symbolic values. A `Tensor` has a dtype, a static shape and the node that makes it; nothing is computed until a
 * program of tensors is compiled (see `runtime/`).
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, type Shape } from '../base/shape.ts';
import type { DType, HostArray } from '../tensor/host-array.ts';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface Tensor extends TensorType {
  readonly node: Node;
  /** Which output of the node this is. */
  readonly output: number;
}

export type AttributeValue = number | string | boolean | readonly number[] | readonly string[] | HostArray | undefined;
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface Node {
  readonly operator: Operator;
  /** `undefined` where an optional input is left out. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
  /** Path of the layer that made it, for messages. */
  readonly scope: string;
}

export interface GradientRequest<A extends Attributes = Attributes> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: A;
  /** Gradient of the loss with respect to each output; `undefined` where the loss does not depend on it. */
  readonly gradients: readonly (Tensor | undefined)[];
  /** Whether the gradient of each input is wanted. */
  readonly wanted: readonly boolean[];
}

/** From the gradients of the outputs to those of the inputs (vector-Jacobian product). */
export type GradientRule<A extends Attributes = Attributes> = (
  request: GradientRequest<A>,
) => readonly (Tensor | undefined)[];

/** How an operator is written as an ONNX node where it is not simply its name, inputs and attributes. */
export interface OnnxForm {
  /** Attributes that ONNX wants as input tensors: input position → attribute and its dtype. */
  readonly inputAttributes?: Readonly<Record<number, { attribute: string; dtype: 'int64' | 'float32' }>>;
  /** Attributes that are floating-point numbers in ONNX. */
  readonly floats?: readonly string[];
  /** Attributes that never reach the file. */
  readonly omit?: readonly string[];
}

/**
 * One operator: its shape rule, its gradient rule, its ONNX form.
 * Operators of the domain `sonde` are composites: a backend lowers them in its own way, or by `expand`.
 */
export interface Operator<A extends Attributes = Attributes> {
  readonly type: string;
  readonly domain: '' | 'com.microsoft' | 'sonde';
  /** Shape rule. Throws `shape/mismatch`. */
  infer(inputs: readonly Tensor[], attributes: A): readonly TensorType[];
  /** `'expand'`: differentiate the expansion; `{ none }`: has no gradient, and why (`''`: stops it on purpose). */
  readonly gradient: GradientRule<A> | 'expand' | { readonly none: string };
  /** The same values out of simpler operators. */
  readonly expand?: (inputs: readonly Tensor[], attributes: A) => readonly Tensor[];
  readonly onnx?: OnnxForm;
}

/** Keeps the attribute type while a rule is written, and gives it the common type afterwards. */
export function defineOperator<A extends Attributes>(operator: Operator<A>): Operator {
  return operator as unknown as Operator;
}

/** Throws `shape/mismatch` unless the tensors are of one dtype: ONNX converts nothing by itself. */
export function checkSameType(tensors: readonly Tensor[]): void {
  const dtypes = [...new Set(tensors.map(({ dtype }) => dtype))];
  if (dtypes.length > 1) {
    throw new SondeError('shape/mismatch', `operands are of different types: ${dtypes.join(', ')}`, {
      hint: 'cast one to the type of the other',
    });
  }
}

/** All operators by type, filled once by `operators/index.ts`; looked up by name so that rules can use one another. */
export const operatorTable = new Map<string, Operator>();

let currentScope = '';

/** Runs `build` with the layer path extended, so that nodes and errors know where they belong. */
export function inScope<T>(name: string, build: () => T): T {
  const outer = currentScope;
  currentScope = outer === '' ? name : `${outer}/${name}`;
  try {
    return build();
  } catch (error) {
    // What is refused before a node is made: arguments of a layer, lengths that do not divide.
    if (error instanceof SondeError && error.where === undefined && error.code === 'shape/mismatch') {
      const { code, problem, found, expected, hint } = error;
      throw new SondeError(code, problem, { where: currentScope, found, expected, hint, cause: error });
    }
    throw error;
  } finally {
    currentScope = outer;
  }
}

/** Makes a node. `operator` may be given by its type. */
export function emitAll(
  operator: string | Operator,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes = {},
): readonly Tensor[] {
  const rule = typeof operator === 'string' ? operatorTable.get(operator) : operator;
  if (rule === undefined) throw new SondeError('graph/unsupported', `operator ${operator} is not known`);
  let types: readonly TensorType[];
  try {
    types = rule.infer(inputs as readonly Tensor[], attributes);
  } catch (error) {
    if (error instanceof SondeError && error.where === undefined) throw located(error, rule, inputs);
    throw error;
  }
  const outputs: Tensor[] = [];
  const node: Node = { operator: rule, inputs, attributes, outputs, scope: currentScope };
  types.forEach((type, output) => {
    outputs.push({ ...type, node, output });
  });
  return outputs;
}

/** Makes a node of one output. */
export function emit(
  operator: string | Operator,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes = {},
): Tensor {
  return emitAll(operator, inputs, attributes)[0];
}

function located(error: SondeError, rule: Operator, inputs: readonly (Tensor | undefined)[]): SondeError {
  const shapes = inputs.map((input) => (input === undefined ? '-' : formatShape(input.shape))).join(', ');
  const found = error.found === undefined ? '' : `${error.found}; `;
  return new SondeError(error.code, error.problem, {
    where: currentScope === '' ? rule.type : `${rule.type} "${currentScope}"`,
    found: `${found}inputs ${shapes}`,
    expected: error.expected,
    hint: error.hint,
    cause: error,
  });
}

const placeholderOperator: Operator = {
  type: 'Placeholder',
  domain: 'sonde',
  infer: (_inputs, attributes) => [{ dtype: attributes.dtype as DType, shape: attributes.shape as Shape }],
  gradient: { none: 'it is an input' },
};

const constantOperator: Operator = {
  type: 'Constant',
  domain: '',
  infer: (_inputs, attributes) => {
    const { dtype, shape } = attributes.value as HostArray;
    return [{ dtype, shape }];
  },
  gradient: { none: 'it is a constant' },
};

/** A value fed at run time: an input or a piece of state. */
export function placeholder(name: string, dtype: DType, shape: Shape): Tensor {
  return emit(placeholderOperator, [], { name, dtype, shape });
}

/** A value known when the graph is built. */
export function constant(value: HostArray): Tensor {
  return emit(constantOperator, [], { value });
}

export function isPlaceholder(tensor: Tensor): boolean {
  return tensor.node.operator === placeholderOperator;
}

/** The value of a constant, `undefined` for anything else. */
export function constantValue(tensor: Tensor): HostArray | undefined {
  return tensor.node.operator === constantOperator ? (tensor.node.attributes.value as HostArray) : undefined;
}

/** Every node that the tensors depend on, each after its inputs. */
export function topologicalOrder(tensors: Iterable<Tensor>): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const tensor of tensors) {
    if (!done.has(tensor.node)) stack.push({ node: tensor.node, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (done.has(top.node)) {
        stack.pop();
      } else if (top.next < top.node.inputs.length) {
        const input = top.node.inputs[top.next++];
        if (input !== undefined && !done.has(input.node)) stack.push({ node: input.node, next: 0 });
      } else {
        done.add(top.node);
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
