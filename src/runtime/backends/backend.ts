/**
 * What a device offers: it takes a program's tensors, lowers them in its own way, and runs them over the caller's arrays.
 * @module
 */
import type { Tensor } from '../../graph/tensor.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import type { CompileOptions } from '../program.ts';

/** Arrays bound to the inputs and outputs of an executable, ready to run again and again. */
export interface Binding {
  release(): void;
}

/** A set of tensors compiled for a device. */
export interface Executable {
  /** Names the arrays that inputs are read from and outputs are written to. */
  bind(inputs: Readonly<Record<string, HostArray>>, outputs: Readonly<Record<string, HostArray>>): Binding;
  /** Off the event loop where the device allows. */
  run(binding: Binding): Promise<void>;
  release(): Promise<void>;
}

export interface BackendOptions extends CompileOptions {
  /** Values of placeholders that never change and need not be bound. */
  readonly constants?: ReadonlyMap<Tensor, HostArray>;
}

export interface Backend {
  readonly id: string;
  compile(
    name: string,
    inputs: Readonly<Record<string, Tensor>>,
    outputs: Readonly<Record<string, Tensor>>,
    options: BackendOptions,
  ): Promise<Executable>;
}
