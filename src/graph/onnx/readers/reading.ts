/**
 * What a reader of one ONNX operator sees of its node.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import type { HostArray } from '../../../tensor/host-array.ts';
import type { Tensor } from '../../tensor.ts';
import { readInts } from '../attributes.ts';
import type { OnnxNode } from '../model.ts';

/** A node under reading; its operator means what it meant in this version of the operator set. */
export interface Reading {
  readonly node: OnnxNode;
  readonly opset: number;
  /** Whether the model is to be trained: normalisation then goes by the batch. */
  readonly training: boolean;
  /** Inputs as tensors, `undefined` where an optional one is left out. */
  readonly inputs: readonly (Tensor | undefined)[];
  /** An input whose value the file settles; `undefined` where it is left out. Throws `graph/unsupported` otherwise. */
  known(position: number): HostArray | undefined;
  /** Says which value a stored input, such as a running mean, takes after a training step. */
  update(position: number, next: Tensor): void;
}

/** Builds the outputs of a node; those after the last given one are not computed. */
export type NodeReader = (reading: Reading) => Tensor | readonly Tensor[];

/** An input that must be there. */
export function required({ node, inputs }: Reading, position: number): Tensor {
  const tensor = inputs[position];
  if (tensor !== undefined) return tensor;
  throw new SondeError('onnx/malformed', `input ${position} is missing`, { where: nameOf(node) });
}

/** Numbers of an input whose value the file settles. */
export function knownNumbers(reading: Reading, position: number): number[] | undefined {
  const value = reading.known(position);
  return value && Array.from(value.data as ArrayLike<number | bigint>, Number);
}

/** Numbers that older versions of an operator hold in an attribute and newer ones take as an input. */
export function numbersOf(reading: Reading, attribute: string, position: number): number[] | undefined {
  return readInts(reading.node, attribute, undefined) ?? knownNumbers(reading, position);
}

/** `Conv "layer1/conv"`, for messages. */
export function nameOf({ operator, name, outputs }: OnnxNode): string {
  return `${operator} "${name || outputs[0]}"`;
}

export function unsupported(node: OnnxNode, problem: string, hint?: string): SondeError {
  return new SondeError('graph/unsupported', problem, { where: nameOf(node), hint });
}
