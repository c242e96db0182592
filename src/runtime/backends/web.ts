/**
 * ONNX Runtime in a browser, as WebAssembly: the same programs and the same state as in Node. A page imports this file by
 * itself; it needs the optional package `onnxruntime-web`.
 * @module
 */
import * as ort from 'onnxruntime-web/wasm';
import { messageOf, SondeError } from '../../base/errors.ts';
import { sameShape } from '../../base/shape.ts';
import { encodeModel } from '../../graph/onnx/encode.ts';
import { toOnnx } from '../../graph/onnx/export.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { lowerForProcessor } from '../lowering/index.ts';
import type { Backend, Binding, Executable } from './backend.ts';

export interface WebOptions {
  /** Folder, ending in `/`, that the page serves ONNX Runtime's `.wasm` from; default: beside the script. */
  readonly wasmFolder?: string;
}

/**
 * Runs on one thread unless a program asks for more; more need a page that is isolated from others (COOP and COEP
 * headers). A run holds the thread it is called on, so a page that stays awake puts this into a worker.
 */
export function webBackend({ wasmFolder }: WebOptions = {}): Backend {
  if (wasmFolder !== undefined) ort.env.wasm.wasmPaths = wasmFolder;
  return {
    id: 'web',
    compile: async (name, inputs, outputs, { threads = 1, constants }) => {
      // Counts for the first session of a page; those after share its threads.
      ort.env.wasm.numThreads = threads;
      const names = Object.keys(outputs);
      const lowered = lowerForProcessor(Object.values(outputs), constants);
      const model = toOnnx(Object.values(inputs), Object.fromEntries(names.map((key, i) => [key, lowered[i]])), {
        name,
        ...(constants === undefined ? {} : { initialisers: constants }),
      });
      const session = await ort.InferenceSession.create(encodeModel(model), {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
        // See `onnxruntime/native-session.ts`: memory is held once, not twice.
        enableMemPattern: false,
        logSeverityLevel: 4,
      }).catch((cause: unknown) => {
        throw new SondeError(
          'runtime/session',
          `program ${name} (${model.graph.nodes.length} nodes) could not be compiled`,
          { found: messageOf(cause), hint: 'compile it in Node to have the graph saved', cause },
        );
      });
      return new WebExecutable(name, session);
    },
  };
}

class WebBinding implements Binding {
  readonly feeds: Record<string, ort.Tensor>;
  readonly outputs: Readonly<Record<string, HostArray>>;

  constructor(inputs: Readonly<Record<string, HostArray>>, outputs: Readonly<Record<string, HostArray>>) {
    this.feeds = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, tensorOver(array)]));
    this.outputs = outputs;
  }

  release(): void {
    // The tensors lie over the caller's arrays and hold nothing of their own.
  }
}

class WebExecutable implements Executable {
  readonly #name: string;
  readonly #session: ort.InferenceSession;

  constructor(name: string, session: ort.InferenceSession) {
    this.#name = name;
    this.#session = session;
  }

  bind(inputs: Readonly<Record<string, HostArray>>, outputs: Readonly<Record<string, HostArray>>): Binding {
    return new WebBinding(inputs, outputs);
  }

  async run(binding: Binding): Promise<void> {
    const { feeds, outputs } = binding as WebBinding;
    const results = await this.#session.run(feeds, Object.keys(outputs)).catch((cause: unknown) => {
      throw new SondeError('runtime/session', `program ${this.#name} failed`, { found: messageOf(cause), cause });
    });
    for (const [name, array] of Object.entries(outputs)) {
      const { dims, data } = results[name];
      if (!sameShape(dims, array.shape)) throw new SondeError('internal', `output ${name} has another shape than said`);
      (array.data as { set(values: unknown): void }).set(data);
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function tensorOver({ dtype, shape, data }: HostArray): ort.Tensor {
  return new ort.Tensor(dtype, data as ort.Tensor.DataTypeMap[typeof dtype], shape);
}
