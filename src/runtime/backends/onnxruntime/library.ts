/**
 * ONNX Runtime's shared library, found inside the onnxruntime-node package and called through its C interface.
 * The package's own JavaScript binding blocks the event loop and copies every output.
 * @module
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { messageOf, SondeError } from '../../../base/errors.ts';
import {
  foreignFunctions,
  type NativeArgument,
  type NativeFunction,
  type NativeResult,
  pinLibrary,
} from '../native-library.ts';
import { type ApiFunction, allocatorTypes, apiTable, apiVersion, logSeverities, memoryTypes } from './api-table.ts';

export interface OnnxRuntimeLibrary {
  /** Of ONNX Runtime, such as `1.30.0`. */
  readonly version: string;
  readonly functions: { readonly [K in ApiFunction]: NativeFunction };
  readonly environment: bigint;
  /** Describes memory of the host, for tensors over the caller's arrays. */
  readonly memoryInfo: bigint;
  readonly allocator: bigint;
  /** Calls a function that answers with a status. Throws `runtime/session` with the status' message. */
  call(name: ApiFunction, ...values: NativeArgument[]): void;
  /** The same on another thread. */
  callAsync(name: ApiFunction, ...values: NativeArgument[]): Promise<void>;
  /** Calls a function whose last parameter is the address of its result. */
  obtain(name: ApiFunction, ...values: NativeArgument[]): bigint;
  /** A C string. */
  text(address: bigint): string;
  /** A copy of memory at an address. */
  bytes(address: bigint, length: number): Uint8Array<ArrayBuffer>;
  /** Where the elements of an array lie; valid for as long as the array is referenced. */
  address(array: ArrayBufferView): bigint;
}

/** Arguments of calls on other threads, whose memory must not be collected meanwhile. */
const underWay = new Set<readonly NativeArgument[]>();

let library: Promise<OnnxRuntimeLibrary> | undefined;

/** Opens the library, once a thread. Throws `runtime/unavailable`. */
export function openLibrary(): Promise<OnnxRuntimeLibrary> {
  library ??= open();
  return library;
}

/** Throws `runtime/unavailable` when the package has no library for this platform. */
export function libraryPath(): string {
  const hint = 'run npm install; linux, macOS and Windows on x64 or arm64 are supported';
  try {
    const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    const folder = join(dirname(manifest), 'bin', 'napi-v6', process.platform, process.arch);
    // On macOS two names of the same library are shipped; the package's own binding asks for the shorter.
    const names = readdirSync(folder).filter((name) => /^(lib)?onnxruntime[\d.]*\.(so|dylib|dll)[\d.]*$/.test(name));
    names.sort((a, b) => a.length - b.length);
    if (names.length > 0) return join(folder, names[0]);
    throw new Error(`no library in ${folder}`);
  } catch (cause) {
    throw new SondeError('runtime/unavailable', `ONNX Runtime was not found: ${messageOf(cause)}`, { hint, cause });
  }
}

async function open(): Promise<OnnxRuntimeLibrary> {
  const koffi = await foreignFunctions();
  const path = libraryPath();
  // Its threads would run into nothing if the library were unloaded while a worker thread of Node ends.
  await pinLibrary(path);
  const types: Record<string, string> = { p: 'void *', i: 'int', n: 'int64_t', s: 'const char *', '-': 'void' };
  types.f = process.platform === 'win32' ? 'const char16_t *' : 'const char *';
  const at = (address: bigint, position: number, result: string, parameters: string[]): NativeFunction =>
    koffi.decode(koffi.decode(address, position * 8, 'void *'), koffi.proto(result, parameters));

  const base = koffi.load(path).func('OrtGetApiBase', 'void *', [])();
  const api = at(base, 0, 'void *', ['uint32_t'])(apiVersion);
  if (typeof api !== 'bigint') throw new SondeError('runtime/unavailable', `ONNX Runtime is too old: ${path}`);
  const functions = Object.fromEntries(
    Object.entries(apiTable).map(([name, [position, result, parameters]]) => [
      name,
      at(
        api,
        position,
        types[result],
        Array.from(parameters, (letter) => types[letter]),
      ),
    ]),
  ) as Record<ApiFunction, NativeFunction>;

  const check = (status: NativeResult): void => {
    if (typeof status !== 'bigint') return;
    const message = String(functions.GetErrorMessage(status));
    functions.ReleaseStatus(status);
    throw new SondeError('runtime/session', message);
  };
  const call = (name: ApiFunction, ...values: NativeArgument[]) => check(functions[name](...values));
  const obtain = (name: ApiFunction, ...values: NativeArgument[]): bigint => {
    const result = new BigUint64Array(1);
    call(name, ...values, result);
    return result[0];
  };
  // Refused models and failed runs are reported as errors; what the library would print besides is noise.
  const environment = obtain('CreateEnv', logSeverities.fatal, 'sonde');
  return {
    version: String(at(base, 1, 'const char *', [])()),
    functions,
    environment,
    memoryInfo: obtain('CreateCpuMemoryInfo', allocatorTypes.device, memoryTypes.default),
    allocator: obtain('GetAllocatorWithDefaultOptions'),
    call,
    callAsync: (name, ...values) =>
      new Promise((resolve, reject) => {
        underWay.add(values);
        functions[name].async(...values, (error, status) => {
          underWay.delete(values);
          try {
            if (error) throw new SondeError('runtime/session', messageOf(error), { cause: error });
            check(status);
            resolve();
          } catch (failure) {
            reject(failure);
          }
        });
      }),
    obtain,
    text: (address) => koffi.decode.string(address),
    bytes: (address, length) => new Uint8Array(koffi.view(address, length)).slice(),
    address: (array) => koffi.address(array),
  };
}
