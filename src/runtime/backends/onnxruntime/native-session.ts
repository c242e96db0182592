/**
 * A session through ONNX Runtime's C interface: values lie over the caller's arrays, outputs are written straight into
 * them, and runs leave the event loop free.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import { sizeOf } from '../../../base/shape.ts';
import { dtypeFromNumber } from '../../../graph/onnx/data-types.ts';
import { encodeModel } from '../../../graph/onnx/encode.ts';
import type { OnnxModel } from '../../../graph/onnx/model.ts';
import type { WriteExternal } from '../../../graph/onnx/tensor-data.ts';
import { bytesPerElement, type HostArray, viewOf } from '../../../tensor/host-array.ts';
import { returnFreedMemory } from '../native-library.ts';
import { logSeverities, optimisationLevels } from './api-table.ts';
import { type OnnxRuntimeLibrary, openLibrary } from './library.ts';
import { NativeBinding } from './native-binding.ts';
import { appendProvider, refusedProvider } from './providers.ts';
import type { Binding, ResolvedOptions, RunOptions, Session } from './session.ts';
import { type Arrays, checkFeeds, checkNames, type SessionValue } from './values.ts';

/** Throws `runtime/unavailable` where the library cannot be called, `runtime/session` when it refuses the model. */
export async function createNativeSession(model: Uint8Array | OnnxModel, options: ResolvedOptions): Promise<Session> {
  const library = await openLibrary();
  if (options.denormalsAsZero) await keepDenormalsElsewhere(library, options);
  const weights = new Map<string, HostArray>();
  const bytes =
    model instanceof Uint8Array ? model : encodeModel(model, { writeExternal: keepOutside(model, weights) });
  const handle = await compileModel(library, bytes, options, Object.fromEntries(weights));
  // Compiling takes several times the weights for a moment.
  await returnFreedMemory();
  return new NativeSession(library, handle, options.profilePrefix !== undefined, weights);
}

/** Weights beyond this many bytes are not copied into the bytes of the model. */
const largeWeight = 64 * 1024;

/** Collects the large weights of a model instead of writing them. */
function keepOutside({ graph }: OnnxModel, weights: Map<string, HostArray>): WriteExternal {
  return ({ byteLength }, name) => {
    const weight = graph.initialisers.get(name);
    if (byteLength < largeWeight || weight === undefined) return undefined;
    weights.set(name, weight);
    return { location: 'memory', offset: 0, length: byteLength };
  };
}

async function compileModel(
  library: OnnxRuntimeLibrary,
  model: Uint8Array,
  options: ResolvedOptions,
  weights: Arrays = {},
): Promise<bigint> {
  const sessionOptions = library.obtain('CreateSessionOptions');
  const outside = new NativeBinding(library, weights, {});
  try {
    outside.giveWeights(sessionOptions);
    applyOptions(library, sessionOptions, options);
    appendProvider(library, sessionOptions, options.provider);
    const handle = new BigUint64Array(1);
    const { environment } = library;
    const length = model.byteLength;
    await library.callAsync('CreateSessionFromArray', environment, model, length, sessionOptions, handle);
    return handle[0];
  } catch (error) {
    throw refusedProvider(options.provider, error) ?? error;
  } finally {
    library.functions.ReleaseSessionOptions(sessionOptions);
    outside.release();
  }
}

/**
 * The first session of a process also sets the mode of the thread it is made on, for good: one of the threads that
 * every later run may be given. A session without the option has to come first, or equal runs would differ by thread.
 */
async function keepDenormalsElsewhere(library: OnnxRuntimeLibrary, options: ResolvedOptions): Promise<void> {
  const value = [{ name: 'x', dtype: 'float32', shape: [1] }] as const;
  const graph = { name: 'nothing', inputs: value, outputs: value, initialisers: new Map(), nodes: [] };
  const nothing = encodeModel({ irVersion: 8, opsets: { '': 17 }, graph });
  const plain = { ...options, threads: 1, denormalsAsZero: false, profilePrefix: undefined };
  library.functions.ReleaseSession(await compileModel(library, nothing, plain));
}

function applyOptions(library: OnnxRuntimeLibrary, sessionOptions: bigint, options: ResolvedOptions): void {
  const { threads, optimisation, profilePrefix, arena, spinning, denormalsAsZero } = options;
  library.call('SetSessionLogSeverityLevel', sessionOptions, logSeverities.fatal);
  library.call('SetIntraOpNumThreads', sessionOptions, threads);
  library.call('SetSessionGraphOptimizationLevel', sessionOptions, optimisationLevels[optimisation]);
  library.call(arena ? 'EnableCpuMemArena' : 'DisableCpuMemArena', sessionOptions);
  // The plan of one block for all intermediate values is made after a first run: the arena would hold that run's memory
  // and the block as well.
  library.call(arena ? 'DisableMemPattern' : 'EnableMemPattern', sessionOptions);
  const entries = {
    'session.intra_op.allow_spinning': spinning,
    'session.set_denormal_as_zero': denormalsAsZero,
  };
  for (const [key, value] of Object.entries(entries)) {
    library.call('AddSessionConfigEntry', sessionOptions, key, value ? '1' : '0');
  }
  if (profilePrefix !== undefined) library.call('EnableProfiling', sessionOptions, profilePrefix);
}

class NativeSession implements Session {
  readonly kind = 'native';
  readonly inputs: readonly SessionValue[];
  readonly outputs: readonly SessionValue[];
  readonly #library: OnnxRuntimeLibrary;
  readonly #underWay = new Set<Promise<unknown>>();
  /** Read where they lie, for as long as the session lives. */
  readonly #weights: Map<string, HostArray>;
  #handle: bigint | undefined;
  #profiling: boolean;

  constructor(library: OnnxRuntimeLibrary, handle: bigint, profiling: boolean, weights: Map<string, HostArray>) {
    this.#library = library;
    this.#weights = weights;
    this.#handle = handle;
    this.#profiling = profiling;
    try {
      this.inputs = describeValues(library, handle, 'Input');
      this.outputs = describeValues(library, handle, 'Output');
    } catch (error) {
      library.functions.ReleaseSession(handle);
      throw error;
    }
  }

  bind(inputs: Arrays, outputs: Arrays): NativeBinding {
    this.#live();
    checkFeeds(this, inputs, outputs);
    return new NativeBinding(this.#library, inputs, outputs);
  }

  async run(binding: Binding, { signal }: RunOptions = {}): Promise<void> {
    await this.#track(this.#own(binding).run(this.#live(), signal));
  }

  runSync(binding: Binding): void {
    this.#own(binding).runSync(this.#live());
  }

  async fetch(inputs: Arrays, names = this.outputs.map(({ name }) => name)): Promise<Record<string, HostArray>> {
    this.#live();
    checkFeeds(this, inputs);
    checkNames(this.outputs, names);
    if (names.length === 0) return {};
    const binding = new NativeBinding(this.#library, inputs, {}, names);
    try {
      await this.#track(binding.run(this.#live()));
      return Object.fromEntries(binding.takeFetched().map(([name, value]) => [name, this.#copyOf(value)]));
    } finally {
      binding.release();
    }
  }

  endProfiling(): string | undefined {
    if (!this.#profiling) return undefined;
    this.#profiling = false;
    const { allocator, call, obtain, text } = this.#library;
    const address = obtain('SessionEndProfiling', this.#live(), allocator);
    const path = text(address);
    call('AllocatorFree', allocator, address);
    return path;
  }

  async release(): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    await Promise.allSettled(this.#underWay);
    this.#library.functions.ReleaseSession(handle);
    this.#weights.clear();
  }

  #live(): bigint {
    if (this.#handle === undefined) throw new SondeError('runtime/session', 'the session has been released');
    return this.#handle;
  }

  #own(binding: Binding): NativeBinding {
    if (binding instanceof NativeBinding) return binding;
    throw new SondeError('runtime/session', 'the binding was made by another kind of session');
  }

  async #track(running: Promise<void>): Promise<void> {
    this.#underWay.add(running);
    try {
      await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  /** Takes an ONNX Runtime value over into an array, and frees it. */
  #copyOf(value: bigint): HostArray {
    const { functions, obtain, bytes } = this.#library;
    try {
      const info = obtain('GetTensorTypeAndShape', value);
      try {
        const dtype = dtypeFromNumber(elementType(this.#library, info), 'output');
        const shape = dimensions(this.#library, info).map(Number);
        const length = sizeOf(shape);
        const copy =
          length === 0
            ? new Uint8Array()
            : bytes(obtain('GetTensorMutableData', value), length * bytesPerElement(dtype));
        return { dtype, shape, data: viewOf(dtype, copy.buffer, 0, length) };
      } finally {
        functions.ReleaseTensorTypeAndShapeInfo(info);
      }
    } finally {
      functions.ReleaseValue(value);
    }
  }
}

function describeValues(library: OnnxRuntimeLibrary, session: bigint, kind: 'Input' | 'Output'): SessionValue[] {
  const { allocator, call, functions, obtain, text } = library;
  const count = Number(obtain(`SessionGet${kind}Count`, session));
  return Array.from({ length: count }, (_, index) => {
    const nameAddress = obtain(`SessionGet${kind}Name`, session, index, allocator);
    const name = text(nameAddress);
    call('AllocatorFree', allocator, nameAddress);
    const typeInfo = obtain(`SessionGet${kind}TypeInfo`, session, index);
    try {
      const info = obtain('CastTypeInfoToTensorInfo', typeInfo);
      if (info === 0n) {
        throw new SondeError('graph/unsupported', `${kind.toLowerCase()} ${name} of the model is not a tensor`);
      }
      const lengths = dimensions(library, info);
      const names = new BigUint64Array(lengths.length);
      call('GetSymbolicDimensions', info, names, lengths.length);
      const shape = lengths.map((length, axis) => (length >= 0n ? Number(length) : text(names[axis])));
      return { name, dtype: dtypeFromNumber(elementType(library, info), name), shape };
    } finally {
      functions.ReleaseTypeInfo(typeInfo);
    }
  });
}

function elementType(library: OnnxRuntimeLibrary, info: bigint): number {
  const result = new Int32Array(1);
  library.call('GetTensorElementType', info, result);
  return result[0];
}

function dimensions(library: OnnxRuntimeLibrary, info: bigint): bigint[] {
  const rank = Number(library.obtain('GetDimensionsCount', info));
  const lengths = new BigInt64Array(rank);
  library.call('GetDimensions', info, lengths, rank);
  return [...lengths];
}
