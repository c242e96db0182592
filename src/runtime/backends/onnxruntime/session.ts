/**
 * Running ONNX models: a session holds a compiled model, a binding names the arrays it reads and writes.
 * @module
 */
import { availableParallelism } from 'node:os';
import { SondeError } from '../../../base/errors.ts';
import type { OnnxModel } from '../../../graph/onnx/model.ts';
import type { HostArray } from '../../../tensor/host-array.ts';
import type { DeviceId } from '../devices.ts';
import type { Arrays, SessionValue } from './values.ts';

export interface SessionOptions {
  /** What runs the operators, default `cpu`; those it lacks run on the processor. */
  readonly provider?: DeviceId;
  /** Threads that work on one operator; default: as many as the machine offers. */
  readonly threads?: number;
  /** How much ONNX Runtime may rewrite the graph; default `all`. */
  readonly optimisation?: 'all' | 'extended' | 'basic' | 'none';
  /** Writes a trace of every kernel to `<prefix>_<time>.json`; `endProfiling` closes it. */
  readonly profilePrefix?: string;
  /** Whether intermediate memory is kept between runs; default true. */
  readonly arena?: boolean;
  /** Whether idle threads wait busily for the next operator; default true. */
  readonly spinning?: boolean;
  /**
   * Whether ONNX Runtime's own threads treat numbers below 1.2e-38 as zero; default false. The thread that starts a run
   * does a share of the work and goes on computing them, so with one thread nothing changes, and with several equal
   * runs may differ where such numbers arise: not for runs that must be repeatable.
   */
  readonly denormalsAsZero?: boolean;
}

export type ResolvedOptions = Required<Omit<SessionOptions, 'profilePrefix'>> & Pick<SessionOptions, 'profilePrefix'>;

export interface Session {
  /** `native` writes into the caller's arrays, `binding` copies (see `binding-session.ts`). */
  readonly kind: 'native' | 'binding';
  /** What has to be fed. */
  readonly inputs: readonly SessionValue[];
  readonly outputs: readonly SessionValue[];
  /**
   * Names the arrays to read and to write, once for many runs. They may lie in shared memory, at any offset, and are
   * kept alive as long as the binding; their buffers must not be transferred to another thread meanwhile. Outputs may be
   * left out, but not all. One array may be input and output only if nothing
   * reads the old value after the new one is written. Throws `runtime/session` when arrays and model do not fit.
   */
  bind(inputs: Arrays, outputs: Arrays): Binding;
  /** Runs off the event loop. One binding runs once at a time. Rejects with `runtime/session`. */
  run(binding: Binding, options?: RunOptions): Promise<void>;
  /** Runs on this thread. Throws `runtime/session`. */
  runSync(binding: Binding): void;
  /** Runs once and gives outputs as new arrays; `names` default to all. Serves models whose output shapes are not known. */
  fetch(inputs: Arrays, names?: readonly string[]): Promise<Record<string, HostArray>>;
  /** Closes the trace and gives its path, `undefined` when there is none. */
  endProfiling(): string | undefined;
  /** Waits for runs under way, then frees the model. */
  release(): Promise<void>;
}

export interface RunOptions {
  /** Ends the run between two operators; the promise then rejects with the signal's reason, outputs may be half written. */
  readonly signal?: AbortSignal;
}

export interface Binding {
  readonly inputs: Arrays;
  readonly outputs: Arrays;
  /** Frees what the session holds for it, after a run under way. */
  release(): void;
}

/**
 * Compiles a model, off the event loop. The large weights of a model that is not yet bytes are read where they lie: they
 * must not change while the session lives. Through ONNX Runtime's C interface where it can be called, through its
 * JavaScript binding elsewhere.
 * @throws SondeError `runtime/session` when ONNX Runtime refuses the model, `runtime/unavailable` where it does not run
 */
export async function createSession(model: Uint8Array | OnnxModel, options: SessionOptions = {}): Promise<Session> {
  const resolved = resolveOptions(options);
  try {
    const { openLibrary } = await import('./library.ts');
    await openLibrary();
  } catch (error) {
    if (!(error instanceof SondeError) || error.code !== 'runtime/unavailable') throw error;
    const { createBindingSession } = await import('./binding-session.ts').catch(() => Promise.reject(error));
    return await createBindingSession(model, resolved);
  }
  const { createNativeSession } = await import('./native-session.ts');
  return createNativeSession(model, resolved);
}

export function resolveOptions(options: SessionOptions): ResolvedOptions {
  const { provider = 'cpu', threads = availableParallelism(), optimisation = 'all', profilePrefix } = options;
  const { arena = true, spinning = true, denormalsAsZero = false } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new SondeError('usage', 'a session needs at least one thread', { found: String(threads) });
  }
  return { provider, threads, optimisation, profilePrefix, arena, spinning, denormalsAsZero };
}
