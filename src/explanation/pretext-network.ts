/**
 * The network of a run with its heads, asked its own questions again: for answers, for losses, and for gradients with
 * respect to what it is shown.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Factors, MethodContext, SampleView } from '../pretext/method.ts';
import type { Backend } from '../runtime/backends/backend.ts';
import { compile } from '../runtime/compile.ts';
import type { CompiledProgram } from '../runtime/program.ts';
import { State } from '../runtime/state.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { buildModel } from '../training/model.ts';
import { allocateBatch, type BatchArrays, fillBatch } from '../training/sampling/batch.ts';
import { sampleView } from '../training/sampling/views.ts';
import type { AskedRun } from './subject.ts';

/** A batch of pretext questions, with every draw that made them. */
export interface QuestionBatch {
  readonly arrays: BatchArrays;
  readonly factors: readonly Factors[];
  readonly views: readonly SampleView[];
  readonly patients: readonly string[];
}

export interface PretextNetworkOptions {
  readonly backend: Backend;
  readonly threads?: number;
  /** Questions at once; default: those of training. */
  readonly batchSize?: number;
  /** Another state than the trained one: the untrained network, a network with some weights at random. */
  readonly state?: ReadonlyMap<string, HostArray>;
  /** Other options of the method, such as a counter-measure switched off. */
  readonly context?: MethodContext<unknown>;
}

export class PretextNetwork {
  readonly run: AskedRun;
  readonly context: MethodContext<unknown>;
  readonly batchSize: number;
  /** What is fed, by name, batched. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** `loss:…`, `measure:…`, `logits`, `classes`, `embedding`, `production:…` of evaluation. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly taps: Readonly<Record<string, Tensor>>;
  /** Scheduled scalars as they are at the end of training; fed with every question. */
  readonly scheduled: Readonly<Record<string, HostArray>>;
  readonly #state: State;
  readonly #uses: readonly { readonly name: string; readonly tensor: Tensor }[];
  readonly #backend: Backend;
  readonly #threads: number | undefined;

  /** Throws `run/corrupt` where the run has kept no weights. */
  constructor(run: AskedRun, { backend, threads, batchSize, state, context = run.context }: PretextNetworkOptions) {
    const { configuration } = run;
    const values = state ?? run.state();
    if (values.size === 0) {
      throw new SondeError('run/corrupt', `run ${run.manifest.id} has no checkpoint`, {
        hint: 'train it again: instruments that ask pretext questions need its heads',
      });
    }
    this.run = run;
    this.context = context;
    this.batchSize = batchSize ?? configuration.batchSize;
    const { evaluation, taps } = buildModel({ ...configuration, context, batchSize: this.batchSize });
    this.inputs = evaluation.inputs;
    this.outputs = evaluation.outputs;
    this.taps = taps;
    this.#uses = evaluation.state.map(({ name, tensor }) => ({ name, tensor }));
    this.#state = new State(new Map(evaluation.state.map(({ name }) => [name, weightOf(values, name)])));
    this.#backend = backend;
    this.#threads = threads;
    this.scheduled = Object.fromEntries(
      Object.entries(configuration.method.schedules ?? {}).map(([name, at]) => [
        name,
        float32([], at(1, context.options)),
      ]),
    );
  }

  /** Whether its answers are choices among classes, so that single logits can be explained. */
  get chooses(): boolean {
    return this.outputs.logits !== undefined;
  }

  /** Questions about items of the store, one an item in turn, by the run's own sampler. */
  ask(store: FrameStore, items: readonly number[], random: Random): QuestionBatch {
    const { method } = this.run.configuration;
    const arrays = allocateBatch(method.inputs(this.context), this.batchSize);
    const order = random.split('order').permutation(items.length);
    const chosen = Array.from({ length: this.batchSize }, (_, i) => items[order[i % items.length]]);
    const request = { method, context: this.context, store, items: chosen, candidates: items, random };
    const factors = fillBatch(request, arrays);
    const views = chosen.map((item) => sampleView(store, item, items));
    return { arrays, factors, views, patients: views.map(({ item }) => item.patient) };
  }

  /** Compiles any tensors built over `inputs` and `outputs`; the weights become constants. */
  compile(name: string, outputs: Readonly<Record<string, Tensor>>, fed: Readonly<Record<string, Tensor>> = {}) {
    return compile(
      { name, inputs: { ...this.inputs, ...fed }, state: this.#uses, outputs, frozen: true },
      this.#state,
      this.#backend,
      this.#threads === undefined ? {} : { threads: this.#threads },
    );
  }

  /** Weights and statistics by name, in the order of the network. */
  weights(): Map<string, { readonly tensor: Tensor; readonly value: HostArray }> {
    return new Map(this.#uses.map(({ name, tensor }) => [name, { tensor, value: this.#state.get(name) }]));
  }

  /** Runs what `compile` made on a batch of questions. */
  answer(program: CompiledProgram, arrays: BatchArrays, fed: Readonly<Record<string, HostArray>> = {}) {
    return program.run({ ...this.scheduled, ...arrays, ...fed });
  }
}

function weightOf(values: ReadonlyMap<string, HostArray>, name: string): HostArray {
  const value = values.get(name);
  if (value !== undefined) return value;
  throw new SondeError('run/corrupt', `the run's weights lack ${name}`);
}
