/**
 * A network with a head as programs over one state: a training step, measuring the statistics of normalisation, and
 * answering.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { gradients } from '../../graph/gradient.ts';
import { inScope, placeholder, type Tensor } from '../../graph/tensor.ts';
import type { Trained } from '../../nn/optimisers/optimiser.ts';
import { ParameterStore } from '../../nn/parameters.ts';
import type { InputSpec } from '../../pretext/method.ts';
import type { Program, StateUse } from '../../runtime/program.ts';
import { type HostArray, hostArray, zeros } from '../../tensor/host-array.ts';
import { type FitTask, picturesInput } from './fit-task.ts';
import { type LearningNetwork, learningNetwork, type NetworkSource } from './learning-network.ts';
import { optimiserOf, type Recipe } from './recipe.ts';

export interface FitPrograms {
  readonly training: Program;
  /** Moves stored statistics towards those of a batch by the share `momentum`; absent where none follow the batches. */
  readonly calibration: Program | undefined;
  /** Measures all statistics, where those of stages that are held fast were never measured; absent elsewhere. */
  readonly preparation: Program | undefined;
  readonly evaluation: Program;
  /** The encoder as it answers. */
  readonly network: LearningNetwork;
  initialState(random: Random): Map<string, HostArray>;
}

export function buildPrograms(
  source: NetworkSource,
  task: FitTask,
  recipe: Recipe,
  batch: number,
  frozen: string | undefined,
): FitPrograms {
  const momentum = placeholder('momentum', 'float32', []);
  const training = construct(source, task, batch, frozen, momentum);
  const evaluation = construct(source, task, batch, frozen, undefined);
  const { program, moments } = trainingProgram(training, recipe);
  return {
    training: program,
    calibration: calibrationProgram(training, momentum),
    preparation: neverMeasured(training.network)
      ? calibrationProgram(construct(source, task, batch, 'none', momentum), momentum)
      : undefined,
    network: evaluation.network,
    evaluation: {
      name: 'answer',
      inputs: evaluation.fed,
      state: stateOf(evaluation, new Map()),
      outputs: evaluation.built.outputs,
    },
    initialState: (random) => {
      const state = new Map<string, HostArray>();
      for (const { name, value } of training.network.weights) {
        state.set(name, hostArray(value.dtype, value.shape, value.data.slice() as typeof value.data));
      }
      for (const [name, value] of training.store.initialValues(random)) {
        state.set(name, task.given?.get(name) ?? value);
      }
      for (const [name, shape] of moments) state.set(name, zeros('float32', shape));
      return state;
    },
  };
}

interface Construction {
  readonly network: LearningNetwork;
  readonly store: ParameterStore;
  readonly fed: Record<string, Tensor>;
  readonly built: ReturnType<FitTask['head']>;
}

function construct(
  source: NetworkSource,
  task: FitTask,
  batch: number,
  frozen: string | undefined,
  momentum: Tensor | undefined,
): Construction {
  const training = momentum !== undefined;
  const network = learningNetwork(source, { batch, taps: task.taps, training, frozen, momentum });
  const store = new ParameterStore(momentum);
  const fedAs = (specs: Readonly<Record<string, InputSpec>>) =>
    Object.fromEntries(
      Object.entries(specs).map(([name, { dtype, shape }]) => [name, placeholder(name, dtype, [batch, ...shape])]),
    );
  const inputs = fedAs(task.inputs ?? {});
  const targets = training ? fedAs(task.targets) : undefined;
  const scope = store.root(training).child('head');
  const built = inScope('head', () =>
    task.head({ taps: network.taps, pictures: network.input, inputs, targets, scope }),
  );
  return { network, store, fed: { [picturesInput]: network.input, ...inputs, ...targets }, built };
}

/** State of a program: values that change have a next one. */
function stateOf({ network, store }: Construction, next: ReadonlyMap<string, Tensor>): StateUse[] {
  return [...network.weights, ...store.entries().map(({ name, tensor }) => ({ name, tensor }))].map(
    ({ name, tensor }) => ({ name, tensor, next: next.get(name) }),
  );
}

function trainingProgram(
  construction: Construction,
  recipe: Recipe,
): { program: Program; moments: ReadonlyMap<string, readonly number[]> } {
  const { network, store, fed, built } = construction;
  const { loss } = built;
  if (loss === undefined) throw new SondeError('internal', 'a head that is trained has a loss');
  const deepest = Math.max(0, ...network.weights.map(({ stage }) => stage));
  const learning = [
    ...network.weights
      .filter(({ kind, learns }) => kind === 'parameter' && learns)
      .map(({ name, tensor, stage }) => ({
        name,
        tensor,
        learningRateScale: recipe.layerDecay ** (deepest + 1 - stage),
      })),
    ...store.trainable().map(({ name, tensor }) => ({ name, tensor, learningRateScale: recipe.headRate })),
  ];
  const derivatives = gradients(
    loss,
    learning.map(({ tensor }) => tensor),
  );
  const learningRate = placeholder('learningRate', 'float32', []);
  const step = placeholder('step', 'float32', []);
  const trained = learning.map(
    ({ name, tensor, learningRateScale }, i): Trained => ({
      name: `optimiser/${name}`,
      tensor,
      gradient: derivatives[i],
      learningRateScale,
      weightDecayScale: tensor.shape.length > 1 ? 1 : 0,
    }),
  );
  const update = optimiserOf(recipe)(trained, { learningRate, step });
  const next = new Map(learning.map(({ name }, i) => [name, update.parameters[i]]));
  return {
    program: {
      name: 'fine-tune',
      inputs: { ...fed, learningRate, step },
      state: [...stateOf(construction, next), ...update.moments],
      outputs: { loss },
    },
    moments: new Map(update.moments.map(({ name, tensor }) => [name, tensor.shape])),
  };
}

/**
 * Whether stages that are held fast normalise by statistics of no pictures at all, mean 0 and variance 1 as they begin:
 * a network that was drawn and never trained would stand there without its normalisation.
 */
function neverMeasured({ weights }: LearningNetwork): boolean {
  const held = weights.filter(({ kind, learns }) => kind === 'buffer' && !learns);
  const asBegun = ({ data }: HostArray) =>
    [0, 1].some((begun) => data.every((value: number | bigint) => value === begun));
  return held.length > 0 && held.every(({ value }) => asBegun(value));
}

/**
 * A training step leaves stored statistics alone: as running means they lag behind weights that move fast, by more than a
 * short fit has steps. They are measured anew, with the weights held still, before the network answers.
 */
function calibrationProgram(construction: Construction, momentum: Tensor): Program | undefined {
  const { network, store, fed, built } = construction;
  const next = new Map([...network.updates, ...store.updates()]);
  if (next.size === 0) return undefined;
  return {
    name: 'calibrate',
    inputs: { ...fed, momentum },
    state: stateOf(construction, next),
    outputs: { loss: built.loss! },
  };
}
