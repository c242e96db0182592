/**
 * Parameters and buffers by name. Building a network asks a scope for its parameters; asking twice for one name gives
 * the same tensor, which is how weights are shared. Names follow PyTorch's paths with dots.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { formatShape, type Shape, sameShape } from '../base/shape.ts';
import '../graph/operators/index.ts';
import { inScope, placeholder, type Tensor } from '../graph/tensor.ts';
import { float32, type HostArray, hostArray } from '../tensor/host-array.ts';

/** Makes the first value of a parameter from its own random stream. */
export type Initialiser = (shape: Shape, random: Random) => HostArray<'float32'>;

export interface ParameterOptions {
  /** Multiplies the learning rate (0 freezes). Default 1. */
  readonly learningRateScale?: number;
  /** Multiplies the weight decay. Default 1. */
  readonly weightDecayScale?: number;
}

export interface ParameterEntry extends ParameterOptions {
  readonly name: string;
  readonly tensor: Tensor;
  readonly initialise: Initialiser;
  /** Parameters are trained; buffers (running statistics) are updated by the forward pass. */
  readonly kind: 'parameter' | 'buffer';
}

/** All parameters and buffers of a network under construction, in the order they were first asked for. */
export class ParameterStore {
  readonly #entries = new Map<string, ParameterEntry>();
  readonly #updates = new Map<string, Tensor>();
  /** Share of a batch in running statistics, in place of what layers have: a scalar that is fed. */
  readonly momentum: Tensor | undefined;

  constructor(momentum?: Tensor) {
    this.momentum = momentum;
  }

  define(name: string, shape: Shape, initialise: Initialiser, kind: ParameterEntry['kind'], options: ParameterOptions) {
    const known = this.#entries.get(name);
    if (known === undefined) {
      const tensor = placeholder(name, 'float32', shape);
      this.#entries.set(name, { name, tensor, initialise, kind, ...options });
      return tensor;
    }
    if (!sameShape(known.tensor.shape, shape)) {
      throw new SondeError('shape/mismatch', `parameter ${name} is shared with two shapes`, {
        expected: formatShape(known.tensor.shape),
        found: formatShape(shape),
      });
    }
    return known.tensor;
  }

  /** Takes a parameter or buffer that a network made elsewhere, an ONNX file's, brings with its value. */
  adopt(tensor: Tensor, value: HostArray, kind: ParameterEntry['kind'], options: ParameterOptions = {}): void {
    const name = tensor.node.attributes.name as string;
    if (this.#entries.has(name)) throw new SondeError('usage', `there is a parameter ${name} already`);
    const initialise = () => hostArray('float32', value.shape, Float32Array.from(value.data as Float32Array));
    this.#entries.set(name, { name, tensor, initialise, kind, ...options });
  }

  /** Says which value a buffer takes after a training step. Where a network is applied twice, updates follow in turn. */
  update(name: string, next: (current: Tensor) => Tensor): void {
    const current = this.#updates.get(name) ?? this.#entries.get(name)!.tensor;
    this.#updates.set(name, next(current));
  }

  entries(): ParameterEntry[] {
    return [...this.#entries.values()];
  }

  trainable(): ParameterEntry[] {
    return this.entries().filter(({ kind, learningRateScale }) => kind === 'parameter' && learningRateScale !== 0);
  }

  updates(): ReadonlyMap<string, Tensor> {
    return this.#updates;
  }

  /** First values; each depends on the seed and the parameter's name only. */
  initialValues(random: Random): Map<string, HostArray> {
    return new Map(
      this.entries().map(({ name, tensor, initialise }) => [name, initialise(tensor.shape, random.split(name))]),
    );
  }

  root(training: boolean): Scope {
    return new Scope(this, '', training);
  }
}

/** A place in the tree of layers. */
export class Scope {
  readonly store: ParameterStore;
  readonly path: string;
  /** Training mode: batch statistics, dropout. */
  readonly training: boolean;

  constructor(store: ParameterStore, path: string, training: boolean) {
    this.store = store;
    this.path = path;
    this.training = training;
  }

  /** Builds a layer one level down; its nodes carry the path, for messages and for reading the graph. */
  layer<T>(name: string, build: (scope: Scope) => T): T {
    return inScope(name, () => build(this.child(name)));
  }

  child(name: string): Scope {
    return new Scope(this.store, this.#named(name), this.training);
  }

  parameter(name: string, shape: Shape, initialise: Initialiser, options: ParameterOptions = {}): Tensor {
    return this.store.define(this.#named(name), shape, initialise, 'parameter', options);
  }

  buffer(name: string, shape: Shape, value: number): Tensor {
    return this.store.define(this.#named(name), shape, (s) => float32(s, value), 'buffer', {});
  }

  update(name: string, next: (current: Tensor) => Tensor): void {
    this.store.update(this.#named(name), next);
  }

  #named(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}
