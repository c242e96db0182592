/**
 * What a benchmark of a training step is: shapes, network, loss and optimiser of one line of the peer's table.
 * @module
 */
import { Random } from '../../src/base/random.ts';
import { gradients } from '../../src/graph/gradient.ts';
import { placeholder, type Tensor } from '../../src/graph/tensor.ts';
import type { Optimiser } from '../../src/nn/optimisers/optimiser.ts';
import { ParameterStore, type Scope } from '../../src/nn/parameters.ts';
import type { Program, StateUse } from '../../src/runtime/program.ts';
import { float32, type HostArray, zeros } from '../../src/tensor/host-array.ts';

export interface Workload {
  readonly name: string;
  /** Run one after another; together they are one step. */
  readonly programs: readonly Program[];
  readonly state: ReadonlyMap<string, HostArray>;
  readonly feeds: Readonly<Record<string, HostArray>>;
  /** Learning rate of each program. */
  readonly learningRates: readonly number[];
  readonly parameters: number;
}

export interface Definition {
  readonly name: string;
  readonly inputs: Readonly<Record<string, HostArray>>;
  readonly training?: boolean;
  /** Builds the loss of each objective; parameters chosen by prefix. */
  readonly build: (scope: Scope, inputs: Readonly<Record<string, Tensor>>) => readonly ObjectiveOf[];
}

export interface ObjectiveOf {
  readonly loss: Tensor;
  readonly optimiser?: Optimiser;
  readonly learningRate?: number;
  readonly trains?: (name: string) => boolean;
}

/** Turns a definition into programs: forward, backward and update in one graph each; forward only without an optimiser. */
export function defineWorkload({ name, inputs, training = true, build }: Definition): Workload {
  const store = new ParameterStore();
  const fed = Object.fromEntries(
    Object.entries(inputs).map(([key, { dtype, shape }]) => [key, placeholder(key, dtype, shape)]),
  );
  const objectives = build(store.root(training), fed);
  const state = new Map(store.initialValues(new Random(name)));
  const programs = objectives.map((objective, i) => {
    const { program, moments } = stepOf(`${name}-${i}`, store, fed, objective, i === 0);
    for (const { name: moment, tensor } of moments) state.set(moment, zeros('float32', tensor.shape));
    return program;
  });
  return {
    name,
    programs,
    state,
    feeds: inputs,
    learningRates: objectives.map(({ learningRate = 0 }) => learningRate),
    parameters: store.trainable().reduce((sum, { tensor }) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0),
  };
}

function stepOf(
  name: string,
  store: ParameterStore,
  fed: Readonly<Record<string, Tensor>>,
  { loss, optimiser, trains = () => true }: ObjectiveOf,
  first: boolean,
): { program: Program; moments: readonly StateUse[] } {
  if (optimiser === undefined) {
    const state = store.entries().map((entry) => ({ name: entry.name, tensor: entry.tensor }));
    return { program: { name, inputs: fed, state, outputs: { loss }, frozen: true }, moments: [] };
  }
  const mine = store.trainable().filter((entry) => trains(entry.name));
  const derivatives = gradients(
    loss,
    mine.map(({ tensor }) => tensor),
  );
  const learningRate = placeholder('learningRate', 'float32', []);
  const step = placeholder('step', 'float32', []);
  const trained = mine.map(({ name: parameter, tensor }, i) => ({
    name: parameter,
    tensor,
    gradient: derivatives[i],
    learningRateScale: 1,
    weightDecayScale: 1,
  }));
  const update = optimiser(trained, { learningRate, step });
  const next = new Map(mine.map((entry, i) => [entry.name, update.parameters[i]]));
  if (first) for (const [buffer, value] of store.updates()) next.set(buffer, value);
  const state: StateUse[] = [
    ...store.entries().map((entry) => ({ name: entry.name, tensor: entry.tensor, next: next.get(entry.name) })),
    ...update.moments,
  ];
  return {
    program: { name, inputs: { ...fed, learningRate, step }, state, outputs: { loss } },
    moments: update.moments,
  };
}

/** Normal random numbers, the same at every call. */
export function normals(shape: readonly number[], seed: string): HostArray<'float32'> {
  const array = float32(shape, 0);
  new Random(seed).fillNormal(array.data);
  return array;
}
