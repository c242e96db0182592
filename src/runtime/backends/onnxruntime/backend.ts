/**
 * ONNX Runtime on the processor, through its C API.
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
import { processorLowerings } from '../../lowering/index.ts';
import type { Backend, Executable } from '../backend.ts';
import { createSession, type Session } from './session.ts';

export const processor: Backend = {
  id: 'cpu',
  compile: async (name, inputs, outputs, options) => {
    const names = Object.keys(outputs);
    const lowered = rewrite(Object.values(outputs), processorLowerings);
    const model = toOnnx(Object.values(inputs), Object.fromEntries(names.map((key, i) => [key, lowered[i]])), {
      name,
      ...(options.constants === undefined ? {} : { initialisers: options.constants }),
    });
    const bytes = encodeModel(model);
    const session = await createSession(bytes, {
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.profilePrefix === undefined ? {} : { profilePrefix: options.profilePrefix }),
    }).catch((error: unknown) => {
      throw failedSession(name, bytes, model, error);
    });
    return executable(session);
  },
};

function executable(session: Session): Executable {
  return {
    bind: (inputs, outputs) => session.bind(inputs, outputs),
    run: (binding) => session.run(binding as Parameters<Session['run']>[0]),
    release: () => session.release(),
  };
}

/** Keeps the graph that could not be compiled, so that it can be looked at. */
function failedSession(name: string, bytes: Uint8Array, model: OnnxModel, error: unknown): SondeError {
  const path = join(tmpdir(), `sonde-${process.pid}-${name.replaceAll('/', '-')}-failed.onnx`);
  writeFileSync(path, bytes);
  return new SondeError(
    'runtime/session',
    `program ${name} (${model.graph.nodes.length} nodes) could not be compiled`,
    {
      found: messageOf(error),
      hint: `the graph was saved to ${path}`,
      cause: error,
    },
  );
}
