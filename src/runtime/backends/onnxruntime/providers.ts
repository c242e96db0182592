/**
 * Execution providers of ONNX Runtime beside the processor, and what to install where one is missing.
 * @module
 */
import { messageOf, SondeError } from '../../../base/errors.ts';
import type { DeviceId } from '../devices.ts';
import type { OnnxRuntimeLibrary } from './library.ts';

const hints = {
  webgpu:
    'WebGPU needs a graphics driver: Vulkan on Linux (Debian: mesa-vulkan-drivers, or the maker’s own), Metal on ' +
    'macOS, Direct3D 12 on Windows; without one, compute on the processor (--device cpu)',
  cuda:
    'CUDA needs an NVIDIA driver, CUDA 12 with cuDNN 9, and ONNX Runtime’s CUDA provider: on Linux x64, ' +
    'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12 fetches it; ' +
    'without it, compute on the processor (--device cpu)',
} as const;

/** Lets a provider take what it can of a session. Throws `runtime/unavailable` where it is not installed. */
export function appendProvider(library: OnnxRuntimeLibrary, sessionOptions: bigint, provider: DeviceId): void {
  if (provider === 'cpu') return;
  try {
    if (provider === 'cuda') appendCuda(library, sessionOptions);
    else library.call('AppendProvider', sessionOptions, 'WebGPU', null, null, 0);
  } catch (error) {
    throw unavailable(provider, error);
  }
}

function appendCuda({ call, functions, obtain }: OnnxRuntimeLibrary, sessionOptions: bigint): void {
  const cudaOptions = obtain('CreateCudaProviderOptions');
  try {
    call('AppendCudaProvider', sessionOptions, cudaOptions);
  } finally {
    functions.ReleaseCudaProviderOptions(cudaOptions);
  }
}

/** The error to give when a session could not be made because its provider found no device; else `undefined`. */
export function refusedProvider(provider: DeviceId, error: unknown): SondeError | undefined {
  if (provider === 'cpu' || (error instanceof SondeError && error.code === 'runtime/unavailable')) return undefined;
  const noDevice = /adapter|no supported|vulkan|webgpu device|CUDA driver|no CUDA-capable|cudaGetDevice|provider.*not/i;
  return noDevice.test(messageOf(error)) ? unavailable(provider, error) : undefined;
}

function unavailable(provider: Exclude<DeviceId, 'cpu'>, error: unknown): SondeError {
  const title = provider === 'cuda' ? 'CUDA' : 'WebGPU';
  return new SondeError('runtime/unavailable', `${title} cannot be used on this machine`, {
    found: firstSentence(messageOf(error)),
    hint: hints[provider],
    cause: error,
  });
}

/** ONNX Runtime puts the place in its sources before what happened. */
function firstSentence(message: string): string {
  return message.replace(/^.*(?:was false\.|\) ?:)\s*/s, '').split('\n')[0];
}
