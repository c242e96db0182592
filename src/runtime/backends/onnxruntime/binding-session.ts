/**
 * The same sessions through ONNX Runtime's JavaScript binding, for platforms where its C interface cannot be called.
 * Slower: runs block the event loop and every output is copied.
 * @module
 */
import * as ort from 'onnxruntime-node';
import { messageOf, SondeError } from '../../../base/errors.ts';
import { encodeModel } from '../../../graph/onnx/encode.ts';
import type { OnnxModel } from '../../../graph/onnx/model.ts';
import type { DType, HostArray, NumericData } from '../../../tensor/host-array.ts';
import { refusedProvider } from './providers.ts';
import type { Binding, ResolvedOptions, RunOptions, Session } from './session.ts';
import { type Arrays, checkFeeds, checkNames, describe, type SessionValue } from './values.ts';

/** Throws `runtime/session` when ONNX Runtime refuses the model. */
export async function createBindingSession(model: Uint8Array | OnnxModel, options: ResolvedOptions): Promise<Session> {
  const { provider, threads, optimisation, profilePrefix, arena, spinning, denormalsAsZero } = options;
  const flag = (value: boolean) => (value ? '1' : '0');
  const session = await told(
    ort.InferenceSession.create(model instanceof Uint8Array ? model : encodeModel(model), {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      graphOptimizationLevel: optimisation === 'none' ? 'disabled' : optimisation,
      enableCpuMemArena: arena,
      enableMemPattern: !arena,
      logSeverityLevel: 4,
      extra: {
        session: { intra_op: { allow_spinning: flag(spinning) }, set_denormal_as_zero: flag(denormalsAsZero) },
      },
      ...(profilePrefix !== undefined && { enableProfiling: true, profileFilePrefix: profilePrefix }),
    }),
  ).catch((error: unknown) => {
    throw refusedProvider(provider, error) ?? error;
  });
  return new BindingSession(session);
}

class CopyingBinding implements Binding {
  readonly inputs: Arrays;
  readonly outputs: Arrays;
  state: 'idle' | 'running' | 'released' = 'idle';

  constructor(inputs: Arrays, outputs: Arrays) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  release(): void {
    this.state = 'released';
  }
}

class BindingSession implements Session {
  readonly kind = 'binding';
  readonly inputs: readonly SessionValue[];
  readonly outputs: readonly SessionValue[];
  #session: ort.InferenceSession | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: ort.InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map(describeValue);
    this.outputs = session.outputMetadata.map(describeValue);
  }

  bind(inputs: Arrays, outputs: Arrays): Binding {
    this.#live();
    checkFeeds(this, inputs, outputs);
    return new CopyingBinding(inputs, outputs);
  }

  async run(binding: Binding, { signal }: RunOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    if (!(binding instanceof CopyingBinding)) {
      throw new SondeError('runtime/session', 'the binding was made by another kind of session');
    }
    if (binding.state !== 'idle') throw new SondeError('runtime/session', `the binding is ${binding.state}`);
    binding.state = 'running';
    try {
      const results = await this.#results(binding.inputs, Object.keys(binding.outputs));
      for (const [name, array] of Object.entries(binding.outputs)) copyInto(array, name, results[name]);
    } finally {
      // A release during the run holds.
      if (binding.state === 'running') binding.state = 'idle';
    }
  }

  runSync(): void {
    throw new SondeError('runtime/unavailable', 'this platform cannot run a model within one call', {
      hint: 'use run instead of runSync',
    });
  }

  async fetch(inputs: Arrays, names = this.outputs.map(({ name }) => name)): Promise<Record<string, HostArray>> {
    checkFeeds(this, inputs);
    checkNames(this.outputs, names);
    if (names.length === 0) return {};
    const results = await this.#results(inputs, names);
    return Object.fromEntries(
      names.map((name) => {
        const { type, dims, data } = results[name];
        return [name, { dtype: type as DType, shape: [...dims], data: data as NumericData }];
      }),
    );
  }

  endProfiling(): undefined {
    // The binding closes the trace but keeps its path to itself.
    this.#live().endProfiling();
  }

  async release(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    await this.#last.catch(() => {});
    await session.release();
  }

  #live(): ort.InferenceSession {
    if (this.#session === undefined) throw new SondeError('runtime/session', 'the session has been released');
    return this.#session;
  }

  async #results(inputs: Arrays, names: readonly string[]): Promise<ort.InferenceSession.ReturnType> {
    const session = this.#live();
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { dtype, shape, data }]) => {
        // The binding refuses shared memory.
        const own = data.buffer instanceof ArrayBuffer ? data : data.slice();
        return [name, new ort.Tensor(dtype, own as ort.Tensor.DataTypeMap[typeof dtype], shape)];
      }),
    );
    const running = told(session.run(feeds, [...names]));
    this.#last = running;
    return await running;
  }
}

function describeValue(value: ort.InferenceSession.ValueMetadata): SessionValue {
  if (value.isTensor) return { name: value.name, dtype: value.type as DType, shape: value.shape };
  throw new SondeError('graph/unsupported', `${value.name} of the model is not a tensor`);
}

function copyInto(array: HostArray, name: string, result: ort.Tensor): void {
  if (array.shape.length === result.dims.length && array.shape.every((length, axis) => length === result.dims[axis])) {
    (array.data as { set(values: unknown): void }).set(result.data);
    return;
  }
  throw new SondeError('runtime/session', `the array for output ${name} does not fit`, {
    expected: describe({ dtype: array.dtype, shape: result.dims }),
    found: describe(array),
  });
}

async function told<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw new SondeError('runtime/session', messageOf(error), { cause: error });
  }
}
