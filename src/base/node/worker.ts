/**
 * Starts a worker thread on a module beside the caller, from TypeScript sources (under tsx) as well as from the build.
 * @module
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** `name` is the module's file name without its extension, resolved beside `from` (the caller's `import.meta.url`). */
export function startWorker(from: string, name: string, options: WorkerOptions = {}): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, from), options);
  // Node 20 does not pass tsx's loader on to worker threads, so the worker registers it itself.
  const url = new URL(`./${name}.ts`, from).href;
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const start = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(url)}); })`;
  return new Worker(start, { ...options, eval: true });
}
