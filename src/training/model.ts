/**
 * A method on a trunk as programs: a training step (one for each objective), a held-out evaluation, and the encoder.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { gradients } from '../graph/gradient.ts';
import {
  add,
  concat,
  multiply,
  reduceSum,
  reduceSumSquare,
  reshape,
  sqrt,
  stopGradient,
  subtract,
} from '../graph/primitives.ts';
import { inScope, placeholder, type Tensor } from '../graph/tensor.ts';
import type { Trained } from '../nn/optimisers/optimiser.ts';
import { type ParameterEntry, ParameterStore } from '../nn/parameters.ts';
import type { Trunk, TrunkOutput } from '../nn/trunks/trunk.ts';
import type { Built, InputSpec, MethodContext, Objective, OptimiserRecipe, PretextMethod } from '../pretext/method.ts';
import type { Program, StateUse } from '../runtime/program.ts';
import { type HostArray, zeros } from '../tensor/host-array.ts';
import { optimiserOf } from './optimiser.ts';

/** Everything that defines the network to train. */
export interface ModelSpec {
  readonly method: PretextMethod;
  readonly context: MethodContext<unknown>;
  readonly trunk: Trunk;
  readonly trunkOptions: unknown;
  readonly optimiser: OptimiserRecipe;
  readonly batchSize: number;
}

export interface Model {
  /** Run in turn, one for each objective. */
  readonly steps: readonly Program[];
  /** Loss, measures, logits and embedding of a held-out batch, with running statistics. */
  readonly evaluation: Program;
  /** Taps of the trunk within `evaluation`. */
  readonly taps: Readonly<Record<string, Tensor>>;
  /** Trainable parameters by name. */
  readonly parameters: readonly string[];
  readonly parameterCount: number;
  readonly answerNames: readonly string[];
  readonly measureNames: readonly string[];
  /** Names of the networks kept beside the trunk. */
  readonly kept: readonly string[];
  /** First values of everything the programs use. */
  initialState(random: Random): Map<string, HostArray>;
}

interface OwnState {
  readonly tensor: Tensor;
  readonly initial: (random: Random) => HostArray<'float32'>;
}

interface Construction {
  readonly store: ParameterStore;
  readonly own: Map<string, OwnState>;
  readonly inputs: Record<string, Tensor>;
  readonly scheduled: Record<string, Tensor>;
  readonly built: Built;
}

/** Builds the programs of a model; static shapes, so one model belongs to one batch size. */
export function buildModel(spec: ModelSpec): Model {
  const training = construct(spec, true);
  const evaluation = construct(spec, false);
  const trained = training.store.trainable();
  const moments = new Map<string, HostArray>();
  const { objectives } = training.built;
  const steps = objectives.map((objective, i) =>
    stepProgram(spec, training, objective, i === 0, i === objectives.length - 1, moments),
  );
  return {
    steps,
    evaluation: evaluationProgram(evaluation),
    taps: evaluation.built.trunkOutput.taps,
    parameters: trained.map(({ name }) => name),
    parameterCount: trained.reduce((sum, { tensor }) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0),
    answerNames: training.built.answers?.names ?? [],
    measureNames: Object.keys(training.built.measures),
    kept: Object.keys(training.built.keeps ?? {}),
    initialState: (random) => {
      const state = training.store.initialValues(random.split('parameters'));
      for (const { from, to } of training.built.momentumCopies ?? []) copyPrefix(state, from, to);
      for (const [name, { initial }] of training.own) state.set(name, initial(random.split('state', name)));
      for (const [name, value] of moments) state.set(name, zeros('float32', value.shape));
      return state;
    },
  };
}

/** The trunk alone, in evaluation mode, on pictures `[B, C, …]`: what is exported and measured. */
export function encoderProgram(trunk: Trunk, trunkOptions: unknown, inputShape: readonly number[]) {
  const store = new ParameterStore();
  const input = placeholder('input', 'float32', inputShape);
  const scope = store.root(false).child('trunk');
  const output = inScope('trunk', () => trunk.build(scope, input, trunkOptions));
  return { input, output, parameters: store.entries() };
}

/** The networks that the method keeps beside the trunk, in evaluation mode, with the parameters any of them may need. */
export function keptNetworks(spec: ModelSpec) {
  const { built, store } = construct(spec, false);
  return { networks: built.keeps ?? {}, parameters: store.entries() };
}

function construct(spec: ModelSpec, training: boolean): Construction {
  const { method, context, trunk, trunkOptions, batchSize } = spec;
  const store = new ParameterStore();
  const root = store.root(training);
  const own = new Map<string, OwnState>();
  const inputs: Record<string, Tensor> = {};
  for (const [name, { dtype, shape }] of Object.entries<InputSpec>(method.inputs(context))) {
    inputs[name] = placeholder(name, dtype, [batchSize, ...shape]);
  }
  const scheduled: Record<string, Tensor> = {};
  for (const name of Object.keys(method.schedules ?? {})) scheduled[name] = placeholder(name, 'float32', []);
  const apply = (path: string, x: Tensor): TrunkOutput => {
    if (x.shape.length !== trunk.rank + 2) {
      throw new SondeError('usage', `${method.card.title} feeds ${x.shape.length - 2}-D pictures`, {
        expected: `a ${x.shape.length - 2}-D trunk`,
        found: `${trunk.title}, which takes ${trunk.rank}-D input`,
        hint: 'choose another trunk with --trunk',
      });
    }
    const scope = path.split('.').reduce((at, name) => at.child(name), root);
    return inScope(path, () => trunk.build(scope, x, trunkOptions));
  };
  const built = fitting(method, trunk, () =>
    method.build({
      ...context,
      inputs,
      scheduled,
      scope: root,
      trunk: (x) => apply('trunk', x),
      momentumTrunk: (x) => detached(apply('momentum.trunk', x)),
      state: (name, shape, initial) => {
        const key = `method.${name}`;
        const known = own.get(key);
        if (known !== undefined) return known.tensor;
        const tensor = placeholder(key, 'float32', shape);
        own.set(key, { tensor, initial });
        return tensor;
      },
    }),
  );
  return { store, own, inputs, scheduled, built };
}

/** What a network says of lengths that do not go together, as a sentence about the choice of trunk. */
function fitting<T>(method: PretextMethod, trunk: Trunk, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof SondeError) || error.code !== 'shape/mismatch') throw error;
    throw new SondeError(
      'usage',
      `${method.card.title} cannot be trained on the trunk ${trunk.title} as they are set`,
      {
        found: error.message.split('\n')[0],
        hint: 'choose another trunk (--trunk), other options of it (--set-trunk), or larger inputs (--set)',
      },
    );
  }
}

function detached({ map, features, taps }: TrunkOutput): TrunkOutput {
  return {
    map: stopGradient(map),
    features: stopGradient(features),
    taps: Object.fromEntries(Object.entries(taps).map(([name, tap]) => [name, stopGradient(tap)])),
  };
}

function stepProgram(
  { optimiser, method }: ModelSpec,
  construction: Construction,
  objective: Objective,
  first: boolean,
  last: boolean,
  moments: Map<string, HostArray>,
): Program {
  const { store, own, inputs, scheduled, built } = construction;
  const copied = (built.momentumCopies ?? []).map(({ to }) => `${to}.`);
  const mine = store
    .trainable()
    .filter(({ name }) => !copied.some((prefix) => name.startsWith(prefix)) && (objective.trains?.(name) ?? true));
  if (mine.length === 0)
    throw new SondeError('internal', `objective ${objective.name} of ${method.card.id} trains nothing`);
  const derivatives = gradients(
    objective.loss,
    mine.map(({ tensor }) => tensor),
  );
  const learningRate = placeholder('learningRate', 'float32', []);
  const step = placeholder('step', 'float32', []);
  const trained = mine.map((entry, i): Trained => withGradient(entry, derivatives[i], objective.name));
  const update = optimiserOf(objective.optimiser ?? optimiser)(trained, { learningRate, step });
  const next = new Map(mine.map(({ name }, i) => [name, update.parameters[i]]));
  const state: StateUse[] = store.entries().map(({ name, tensor }) => ({ name, tensor, next: next.get(name) }));
  for (const { name, tensor, next: value } of update.moments) {
    moments.set(name, zeros('float32', tensor.shape));
    state.push({ name, tensor, next: value });
  }
  const advanced = new Map<string, Tensor>(next);
  if (first) for (const [name, value] of store.updates()) advanced.set(name, value);
  if (last) for (const [name, value] of momentumUpdates(construction, advanced)) advanced.set(name, value);
  const ownNext = last ? (built.nextState ?? {}) : {};
  for (const [name, { tensor }] of own) {
    state.push({ name, tensor, next: ownNext[name.slice('method.'.length)] });
  }
  const complete = state.map((use) => ({ ...use, next: use.next ?? advanced.get(use.name) }));
  return {
    name: `step-${objective.name}`,
    inputs: { ...inputs, ...scheduled, learningRate, step },
    state: complete,
    outputs: {
      loss: objective.loss,
      gradientNorm: globalNorm(derivatives),
      ...prefixed('part:', objective.parts ?? {}),
      ...(last ? prefixed('measure:', built.measures) : {}),
    },
  };
}

/** Moments of different objectives on one parameter are kept apart. */
function withGradient(
  { name, tensor, learningRateScale = 1, weightDecayScale = 1 }: ParameterEntry,
  gradient: Tensor,
  objective: string,
): Trained {
  return { name: `optimiser/${objective}/${name}`, tensor, gradient, learningRateScale, weightDecayScale };
}

/** copy ← rate · copy + (1 − rate) · followed, with the followed parameter's new value; statistics follow at once. */
function momentumUpdates(
  { store, scheduled, built }: Construction,
  advanced: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const updates = new Map<string, Tensor>();
  const entries = new Map(store.entries().map((entry) => [entry.name, entry]));
  for (const { from, to, rate } of built.momentumCopies ?? []) {
    for (const { name, tensor, kind } of entries.values()) {
      if (!name.startsWith(`${to}.`) || kind === 'buffer') continue;
      const source = `${from}.${name.slice(to.length + 1)}`;
      const followed = advanced.get(source) ?? entries.get(source)?.tensor;
      if (followed === undefined) throw new SondeError('internal', `${name} has nothing to follow`);
      const kept = multiply(tensor, scheduled[rate]);
      updates.set(name, add(kept, multiply(followed, subtract(1, scheduled[rate]))));
    }
  }
  return updates;
}

function evaluationProgram({ store, own, inputs, scheduled, built }: Construction): Program {
  const losses = Object.fromEntries(built.objectives.map(({ name, loss }) => [`loss:${name}`, loss]));
  return {
    name: 'evaluation',
    inputs: { ...inputs, ...scheduled },
    state: [
      ...store.entries().map(({ name, tensor }) => ({ name, tensor })),
      ...[...own].map(([name, { tensor }]) => ({ name, tensor })),
    ],
    outputs: {
      ...losses,
      ...prefixed('measure:', built.measures),
      embedding: built.embedding,
      ...(built.answers === undefined ? {} : { logits: built.answers.logits, classes: built.answers.classes }),
      ...prefixed('production:', built.productions ?? {}),
    },
  };
}

function globalNorm(tensors: readonly Tensor[]): Tensor {
  const squares = tensors.map((tensor) => reshape(reduceSumSquare(tensor), [1]));
  return sqrt(reduceSum(concat(squares, 0)));
}

function prefixed(prefix: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));
}

function copyPrefix(state: Map<string, HostArray>, from: string, to: string): void {
  for (const [name, value] of state) {
    if (!name.startsWith(`${to}.`)) continue;
    const source = state.get(`${from}.${name.slice(to.length + 1)}`);
    if (source !== undefined) (value.data as Float32Array).set(source.data as Float32Array);
  }
}
