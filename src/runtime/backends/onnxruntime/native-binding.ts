/**
 * Arrays bound to the inputs and outputs of a native session.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import { dataTypeNumber } from '../../../graph/onnx/data-types.ts';
import type { HostArray } from '../../../tensor/host-array.ts';
import type { NativeArgument } from '../native-library.ts';
import type { OnnxRuntimeLibrary } from './library.ts';
import type { Binding } from './session.ts';
import type { Arrays } from './values.ts';

/** Where arrays without elements are said to lie. */
const nowhere = new Uint8Array(64);

/** ONNX Runtime's values over the caller's arrays, with the tables of addresses that a run takes. */
export class NativeBinding implements Binding {
  readonly inputs: Arrays;
  readonly outputs: Arrays;
  readonly #library: OnnxRuntimeLibrary;
  readonly #runOptions: bigint;
  readonly #inputNames: NameTable;
  readonly #inputValues: BigUint64Array;
  readonly #outputNames: NameTable;
  readonly #outputValues: BigUint64Array;
  /** Names of outputs that ONNX Runtime allocates, after those written in place. */
  readonly #fetched: readonly string[];
  #state: 'idle' | 'running' | 'released' = 'idle';
  #releaseWhenDone = false;

  constructor(library: OnnxRuntimeLibrary, inputs: Arrays, outputs: Arrays, fetched: readonly string[] = []) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.#library = library;
    this.#fetched = fetched;
    this.#inputNames = new NameTable(library, Object.keys(inputs));
    this.#outputNames = new NameTable(library, [...Object.keys(outputs), ...fetched]);
    this.#inputValues = new BigUint64Array(this.#inputNames.count);
    this.#outputValues = new BigUint64Array(this.#outputNames.count);
    this.#runOptions = library.obtain('CreateRunOptions');
    try {
      this.#fill(this.#inputValues, Object.values(inputs));
      this.#fill(this.#outputValues, Object.values(outputs));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  async run(session: bigint, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#start();
    const terminate = () => this.#library.call('RunOptionsSetTerminate', this.#runOptions);
    signal?.addEventListener('abort', terminate, { once: true });
    try {
      await this.#library.callAsync('Run', ...this.#runArguments(session));
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', terminate);
      if (signal?.aborted) this.#library.call('RunOptionsUnsetTerminate', this.#runOptions);
      this.#finish();
    }
  }

  runSync(session: bigint): void {
    this.#start();
    try {
      this.#library.call('Run', ...this.#runArguments(session));
    } finally {
      this.#finish();
    }
  }

  /** Puts the inputs in the place of weights that a model names as kept outside. */
  giveWeights(sessionOptions: bigint): void {
    const { addresses, count } = this.#inputNames;
    if (count > 0) this.#library.call('AddExternalInitializers', sessionOptions, addresses, this.#inputValues, count);
  }

  /** Values that the last run allocated; the caller releases them. */
  takeFetched(): [name: string, value: bigint][] {
    const first = this.#outputValues.length - this.#fetched.length;
    return this.#fetched.map((name, index) => {
      const value = this.#outputValues[first + index];
      this.#outputValues[first + index] = 0n;
      return [name, value];
    });
  }

  release(): void {
    if (this.#state === 'running') this.#releaseWhenDone = true;
    if (this.#state !== 'idle') return;
    this.#state = 'released';
    const { ReleaseValue, ReleaseRunOptions } = this.#library.functions;
    for (const value of [...this.#inputValues, ...this.#outputValues]) if (value !== 0n) ReleaseValue(value);
    ReleaseRunOptions(this.#runOptions);
  }

  #runArguments(session: bigint): NativeArgument[] {
    const [inputs, outputs] = [this.#inputNames, this.#outputNames];
    return [
      session,
      this.#runOptions,
      inputs.addresses,
      this.#inputValues,
      inputs.count,
      outputs.addresses,
      outputs.count,
      this.#outputValues,
    ];
  }

  #start(): void {
    if (this.#state !== 'idle') throw new SondeError('runtime/session', `the binding is ${this.#state}`);
    this.#state = 'running';
  }

  #finish(): void {
    this.#state = 'idle';
    if (this.#releaseWhenDone) this.release();
  }

  #fill(values: BigUint64Array, arrays: readonly HostArray[]): void {
    const { address, memoryInfo, obtain } = this.#library;
    arrays.forEach(({ dtype, shape, data }, index) => {
      const lengths = BigInt64Array.from(shape, BigInt);
      const memory = address(data.length > 0 ? data : nowhere);
      const type = dataTypeNumber(dtype);
      values[index] = obtain(
        'CreateTensorWithDataAsOrtValue',
        memoryInfo,
        memory,
        data.byteLength,
        lengths,
        lengths.length,
        type,
      );
    });
  }
}

/** Names as an array of C strings. */
class NameTable {
  readonly count: number;
  readonly addresses: BigUint64Array;
  /** Referenced for as long as the addresses are. */
  readonly texts: readonly Uint8Array[];

  constructor(library: OnnxRuntimeLibrary, names: readonly string[]) {
    const encoder = new TextEncoder();
    this.count = names.length;
    this.texts = names.map((name) => encoder.encode(`${name}\0`));
    this.addresses = BigUint64Array.from(this.texts, (text) => library.address(text));
  }
}
