/**
 * An ONNX model as plain values, independent of protocol buffers. `encode.ts` and `decode.ts` turn it to bytes and back.
 *
 * Reference: ONNX intermediate representation, https://onnx.ai/onnx/repo-docs/IR.html
 * @module
 */
import type { DType, HostArray } from '../../tensor/host-array.ts';
import type { attributeTypes } from './data-types.ts';

export interface OnnxModel {
  /** Version of the file format; 8 is read by everything since 2021. */
  readonly irVersion: number;
  /** Version of the operator set of every domain used; `''` is ONNX's own domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly graph: OnnxGraph;
  readonly producer?: { readonly name: string; readonly version: string };
  /** Reverse domain name and version of the model itself. */
  readonly domain?: string;
  readonly version?: number;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly functions?: readonly OnnxFunction[];
}

export interface OnnxGraph {
  readonly name: string;
  /** Files of IR version 3 and older list the initialisers among the inputs too. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initialisers: ReadonlyMap<string, HostArray>;
  /** In topological order. */
  readonly nodes: readonly OnnxNode[];
  /** What is known of values between nodes; never needed. */
  readonly values?: readonly ValueInfo[];
  readonly description?: string;
}

export interface OnnxNode {
  readonly name: string;
  /** The operator as ONNX spells it, such as `Conv`. */
  readonly operator: string;
  /** `''` for ONNX's own operators. */
  readonly domain: string;
  /** Names of values; `''` leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Picks one of several functions of the same name. */
  readonly overload?: string;
}

/** A length, the name of a symbolic length, or `''` for an unknown one. */
export type Dimension = number | string;

export interface ValueType {
  /** Absent where the file does not say, which it may for values of inner graphs only. */
  readonly dtype?: DType;
  /** Absent when not even the rank is known. */
  readonly shape?: readonly Dimension[];
  /** What the tensor is wrapped in, outermost first; absent for a plain tensor. */
  readonly containers?: readonly ('sequence' | 'optional')[];
}

export interface ValueInfo extends ValueType {
  readonly name: string;
}

/** A node type made of nodes; its formal attributes appear in the body as `parameter` values. */
export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of attributes that a caller must give. */
  readonly parameters: readonly string[];
  /** Attributes with a default. */
  readonly defaults: Readonly<Record<string, AttributeValue>>;
  readonly nodes: readonly OnnxNode[];
  readonly opsets: Readonly<Record<string, number>>;
  readonly overload?: string;
}

/** 64-bit integers are numbers where a number is exact, bigints beyond. */
export type Integer = number | bigint;

export type AttributeValue =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'int'; readonly value: Integer }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: HostArray }
  | { readonly type: 'graph'; readonly value: OnnxGraph }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'ints'; readonly value: readonly Integer[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensors'; readonly value: readonly HostArray[] }
  | { readonly type: 'graphs'; readonly value: readonly OnnxGraph[] }
  | { readonly type: 'type'; readonly value: ValueType }
  /** Stands for the attribute `value` of the function whose body the node is in. */
  | { readonly type: 'parameter'; readonly value: string; readonly of: keyof typeof attributeTypes };

/** The inputs a caller has to feed: those without an initialiser. */
export function fedInputs(graph: OnnxGraph): ValueInfo[] {
  return graph.inputs.filter(({ name }) => !graph.initialisers.has(name));
}
