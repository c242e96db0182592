/**
 * The devices a program can be compiled for, by the name that `--device` takes. Adding one is adding its file and one
 * line here. The browser's backend is `web.ts`, which a page imports by itself.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { Backend } from './backend.ts';
import { cuda, processor, webgpu } from './onnxruntime/backend.ts';

export const backends: readonly Backend[] = [processor, webgpu, cuda];

/** @throws SondeError `usage` naming the devices there are */
export function backendById(id: string): Backend {
  const backend = backends.find((candidate) => candidate.id === id);
  if (backend !== undefined) return backend;
  throw usageError(`there is no device ${id}`, { expected: backends.map((candidate) => candidate.id).join(', ') });
}
