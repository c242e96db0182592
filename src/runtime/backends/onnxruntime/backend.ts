/**
 * ONNX Runtime on the processor and on graphics processors: one lowering and one execution provider each.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, SondeError } from '../../../base/errors.ts';
import { encodeModel } from '../../../graph/onnx/encode.ts';
import { toOnnx } from '../../../graph/onnx/export.ts';
import type { OnnxModel } from '../../../graph/onnx/model.ts';
import { rewrite } from '../../../graph/passes/rewrite.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import type { HostArray } from '../../../tensor/host-array.ts';
import { acceleratorLowerings, lowerForProcessor, webgpuLowerings } from '../../lowering/index.ts';
import type { Backend, Executable } from '../backend.ts';
import type { DeviceId } from '../devices.ts';
import { withConstantValues } from './constant-values.ts';
import { createSession, type Session } from './session.ts';

/** Makes outputs out of operators that the provider runs well. */
type Lower = typeof lowerForProcessor;

const sessionBackend = (provider: DeviceId, lower: Lower): Backend => ({
  id: provider,
  compile: async (name, inputs, outputs, options) => {
    const names = Object.keys(outputs);
    const threads = options.threads === undefined ? {} : { threads: options.threads };
    const constants = options.constants ?? new Map<Tensor, HostArray>();
    const lowered = await withConstantValues({ outputs: lower(Object.values(outputs), constants), constants }, threads);
    const named = Object.fromEntries(names.map((key, i) => [key, lowered.outputs[i]]));
    const model = toOnnx(Object.values(inputs), named, { name, initialisers: lowered.constants });
    const session = await createSession(model, {
      provider,
      ...threads,
      ...(options.profilePrefix === undefined ? {} : { profilePrefix: options.profilePrefix }),
    }).catch((error: unknown) => {
      // A device that is not there is no fault of the graph.
      if (error instanceof SondeError && error.code === 'runtime/unavailable') throw error;
      throw failedSession(name, model, 'could not be compiled', error);
    });
    return executable(name, session, model);
  },
});

export const processor = sessionBackend('cpu', lowerForProcessor);

/** Through WebGPU: any graphics processor with a driver. State travels to it and back at every run. */
export const webgpu = sessionBackend('webgpu', (outputs) => rewrite(outputs, webgpuLowerings));

/** NVIDIA's, where ONNX Runtime's CUDA provider is installed. */
export const cuda = sessionBackend('cuda', (outputs) => rewrite(outputs, acceleratorLowerings));

function executable(name: string, session: Session, model: OnnxModel): Executable {
  return {
    bind: (inputs, outputs) => session.bind(inputs, outputs),
    run: (binding) =>
      session.run(binding as Parameters<Session['run']>[0]).catch((error: unknown) => {
        throw failedSession(name, model, 'failed', error);
      }),
    release: () => session.release(),
  };
}

/** Keeps the graph that could not be compiled or run, so that it can be looked at. */
function failedSession(name: string, model: OnnxModel, what: string, error: unknown): SondeError {
  const path = join(tmpdir(), `sonde-${process.pid}-${name.replaceAll('/', '-')}-failed.onnx`);
  writeFileSync(path, encodeModel(model));
  return new SondeError('runtime/session', `program ${name} (${model.graph.nodes.length} nodes) ${what}`, {
    found: messageOf(error),
    hint: `the graph was saved to ${path}`,
    cause: error,
  });
}
