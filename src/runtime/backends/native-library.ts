/**
 * Native libraries through koffi, for the backends that call one.
 * @module
 */
import { messageOf, SondeError } from '../../base/errors.ts';

type Koffi = typeof import('koffi').default;

/** What a native function takes: addresses, numbers, C strings, memory of the host, nothing. */
export type NativeArgument = bigint | number | string | ArrayBufferView | null;
export type NativeResult = bigint | number | string | null;

export interface NativeFunction {
  (...values: NativeArgument[]): NativeResult;
  /** Runs on another thread; the last argument is told the error or the result. */
  async(...values: [...NativeArgument[], (error: unknown, result: NativeResult) => void]): void;
}

let loading: Promise<Koffi> | undefined;

/** The foreign-function interface. Throws `runtime/unavailable` where it has no build for the platform. */
export function foreignFunctions(): Promise<Koffi> {
  loading ??= import('koffi').then(
    ({ default: koffi }) => {
      // The default of 128 kB for calls on other threads is too little for compilers of graphs.
      koffi.config({ sync_stack_size: 8 * 2 ** 20, async_stack_size: 8 * 2 ** 20 });
      return koffi;
    },
    (cause) => {
      throw new SondeError('runtime/unavailable', `native libraries cannot be called: ${messageOf(cause)}`, { cause });
    },
  );
  return loading;
}

/** Keeps a library in memory until the process ends, whatever closes it before. */
export async function pinLibrary(path: string): Promise<void> {
  const koffi = await foreignFunctions();
  if (process.platform === 'win32') {
    const open = koffi.load('kernel32.dll').func('bool __stdcall GetModuleHandleExW(uint32_t, str16, _Out_ void **)');
    koffi.load(path);
    open(1, path, [null]);
    return;
  }
  const [now, keep] = [0x2, process.platform === 'darwin' ? 0x80 : 0x1000];
  const open = koffi.load(null).func('void *dlopen(const char *path, int flags)');
  open(path, now | keep);
}

let trim: ((pad: number) => number) | undefined;

/** Gives memory that native code has freed back to the system, where the allocator keeps it (glibc). */
export async function returnFreedMemory(): Promise<void> {
  if (process.platform !== 'linux') return;
  const koffi = await foreignFunctions();
  if (trim === undefined) {
    try {
      trim = koffi.load(null).func('int malloc_trim(size_t pad)');
    } catch {
      // Another C library, which does not keep it.
      trim = () => 0;
    }
  }
  trim(0);
}
