/**
 * What is compiled: fed inputs, pieces of state with their next values, and outputs.
 * @module
 */

import type { Tensor } from '../graph/tensor.ts';
import type { HostArray } from '../tensor/host-array.ts';

/** A piece of state a program reads, and, where it changes it, the tensor that becomes its new value. */
export interface StateUse {
  readonly name: string;
  readonly tensor: Tensor;
  readonly next?: Tensor;
}

/** A computation over named placeholders. */
export interface Program {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly state: readonly StateUse[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** The state never changes again: its values become part of the compiled graph, which a backend can then fuse. */
  readonly frozen?: boolean;
}

/** Values fed to a run; arrays are read in place, so a worker may fill them while another step runs. */
export type Feeds = Readonly<Record<string, HostArray>>;

export interface CompileOptions {
  /** Threads of one operator, default: all cores. Part of what makes a result reproducible. */
  readonly threads?: number;
  /** Path prefix of a profile to write. */
  readonly profilePrefix?: string;
}

/** A program made ready on a device. Its outputs are valid until the next run. */
export interface CompiledProgram {
  readonly name: string;
  /** Runs once: state is updated, outputs are returned as arrays owned by the program. */
  run(feeds: Feeds): Promise<Readonly<Record<string, HostArray>>>;
  dispose(): Promise<void>;
}
