/**
 * ONNX's LSTM, GRU and plain recurrent layer. A runtime has kernels for their forward pass; their gradients go through the cells unrolled.
 * Layouts: x `[T, B, I]`, W `[D, gates·H, I]`, R `[D, gates·H, H]`, B `[D, 2·gates·H]`, states `[D, B, H]`, Y `[T, D, B, H]`.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sameShape } from '../../base/shape.ts';
import { split, stack, unstack } from '../layout.ts';
import { add, fill, linear, multiply, relu, reshape, tanh } from '../primitives.ts';
import { gruStep, type LstmState, lstmStep } from '../recurrence.ts';
import { defineOperator, type Operator, type Tensor } from '../tensor.ts';

type RecurrentAttributes = { hiddenSize: number; direction: 'forward' | 'reverse' | 'bidirectional' };
type GruAttributes = RecurrentAttributes & { linearBeforeReset: number };
type PlainAttributes = RecurrentAttributes & { activations: readonly string[] };
type Inputs = readonly (Tensor | undefined)[];

/** Whether each direction runs backwards in time. */
const directionsOf = ({ direction }: RecurrentAttributes): readonly boolean[] =>
  direction === 'bidirectional' ? [false, true] : [direction === 'reverse'];

function inferRecurrent(inputs: Inputs, attributes: RecurrentAttributes, gates: number, states: number) {
  const [x, w, r, , lengths] = inputs as readonly Tensor[];
  const directions = directionsOf(attributes).length;
  const { hiddenSize } = attributes;
  if (lengths !== undefined) {
    throw new SondeError('graph/unsupported', 'sequences of different lengths in one batch are not supported', {
      hint: 'group sequences by length, or pad them and mask what is behind the end',
    });
  }
  const [steps, batch, features] = x.shape;
  for (const [name, tensor, shape] of [
    ['input', w, [directions, gates * hiddenSize, features]],
    ['recurrent', r, [directions, gates * hiddenSize, hiddenSize]],
  ] as const) {
    if (sameShape(tensor.shape, shape)) continue;
    throw new SondeError('shape/mismatch', `the ${name} weight does not fit ${hiddenSize} hidden units`, {
      expected: formatShape(shape),
      found: formatShape(tensor.shape),
      hint: 'weights are [directions, gates · hidden, …]; an LSTM has 4 gates, a GRU 3, a plain layer 1',
    });
  }
  const state = { dtype: x.dtype, shape: [directions, batch, hiddenSize] };
  const sequence = { dtype: x.dtype, shape: [steps, directions, batch, hiddenSize] };
  return [sequence, ...new Array<typeof state>(states).fill(state)];
}

interface Direction {
  /** What the input and the biases contribute to the gates at each step, `[B, gates·H]`, in the order they are used. */
  readonly projected: readonly Tensor[];
  /** `[gates·H, H]` */
  readonly recurrent: Tensor;
  /** `[gates·H]`, not yet in `projected`. */
  readonly recurrentBias: Tensor;
  readonly hidden: Tensor;
  readonly cell: Tensor;
  /** `[3·H]` */
  readonly peepholes: Tensor | undefined;
}

/** Cuts what the inputs hold of one direction out of them. */
function directionOf(inputs: Inputs, d: number, { hiddenSize }: RecurrentAttributes, backwards: boolean): Direction {
  const [x, w, r, bias, , hidden, cell, peepholes] = inputs;
  const [steps, batch, features] = x!.shape;
  const of = (tensor: Tensor) => unstack(tensor, 0)[d];
  const weight = of(w!);
  const rows = weight.shape[0];
  const [inputBias, recurrentBias] =
    bias === undefined ? [fill([rows], 0), fill([rows], 0)] : split(of(bias), [rows, rows], 0);
  const all = linear(reshape(x!, [steps * batch, features]), weight, inputBias);
  const projected = unstack(reshape(all, [steps, batch, rows]), 0);
  const state = (tensor: Tensor | undefined) => (tensor === undefined ? fill([batch, hiddenSize], 0) : of(tensor));
  return {
    projected: backwards ? projected.toReversed() : projected,
    recurrent: of(r!),
    recurrentBias,
    hidden: state(hidden),
    cell: state(cell),
    peepholes: peepholes === undefined ? undefined : of(peepholes),
  };
}

/** Runs every direction; `states` are those after its last step. */
function unrolled(
  inputs: Inputs,
  attributes: RecurrentAttributes,
  run: (direction: Direction) => { outputs: readonly Tensor[]; states: readonly Tensor[] },
): readonly Tensor[] {
  const results = directionsOf(attributes).map((backwards, d) => {
    const { outputs, states } = run(directionOf(inputs, d, attributes, backwards));
    return { outputs: backwards ? outputs.toReversed() : outputs, states };
  });
  const sequence = stack(
    results.map(({ outputs }) => stack(outputs, 0)),
    1,
  );
  return [sequence, ...results[0].states.map((_, i) => stack(results.map(({ states }) => states[i])))];
}

/** Gates in ONNX's order: input, output, forget, candidate; peepholes: input, output, forget. */
function runLstm({ projected, recurrent, recurrentBias, hidden, cell, peepholes }: Direction) {
  const size = recurrent.shape[1];
  const parts = peepholes === undefined ? undefined : split(peepholes, [size, size, size], 0);
  const seen = parts && { input: parts[0], output: parts[1], forget: parts[2] };
  let state: LstmState = { hidden, cell };
  const outputs = projected.map((fromInput) => {
    const gates = linear(state.hidden, recurrent, add(fromInput, recurrentBias));
    const [input, output, forget, candidate] = split(gates, [size, size, size, size], 1);
    state = lstmStep({ input, output, forget, candidate }, state.cell, seen);
    return state.hidden;
  });
  return { outputs, states: [state.hidden, state.cell] };
}

/** Gates in ONNX's order: update, reset, candidate. */
function runGru({ projected, recurrent, recurrentBias, hidden }: Direction, linearBeforeReset: boolean) {
  const size = recurrent.shape[1];
  const [gateWeight, candidateWeight] = split(recurrent, [2 * size, size], 0);
  const [gateBias, candidateBias] = split(recurrentBias, [2 * size, size], 0);
  let state = hidden;
  const outputs = projected.map((fromInput) => {
    const previous = state;
    const [toGates, toCandidate] = split(fromInput, [2 * size, size], 1);
    const [update, reset] = split(linear(previous, gateWeight, add(toGates, gateBias)), [size, size], 1);
    const candidate = (gate: Tensor) =>
      linearBeforeReset
        ? tanh(add(toCandidate, multiply(gate, linear(previous, candidateWeight, candidateBias))))
        : tanh(linear(multiply(gate, previous), candidateWeight, add(toCandidate, candidateBias)));
    state = gruStep(reset, update, candidate, previous);
    return state;
  });
  return { outputs, states: [state] };
}

/** h ← f(W x + R h + b), f the hyperbolic tangent or the rectifier (Elman, 1990). */
function runPlain({ projected, recurrent, recurrentBias, hidden }: Direction, activation: string) {
  const squash = activation.toLowerCase() === 'relu' ? relu : tanh;
  let state = hidden;
  const outputs = projected.map((fromInput) => {
    state = squash(linear(state, recurrent, add(fromInput, recurrentBias)));
    return state;
  });
  return { outputs, states: [state] };
}

export const recurrentOperators: readonly Operator[] = [
  defineOperator<RecurrentAttributes>({
    type: 'LSTM',
    domain: '',
    infer: (inputs, attributes) => inferRecurrent(inputs, attributes, 4, 2),
    gradient: 'expand',
    expand: (inputs, attributes) => unrolled(inputs, attributes, runLstm),
  }),
  defineOperator<GruAttributes>({
    type: 'GRU',
    domain: '',
    infer: (inputs, attributes) => inferRecurrent(inputs, attributes, 3, 1),
    gradient: 'expand',
    expand: (inputs, attributes) =>
      unrolled(inputs, attributes, (direction) => runGru(direction, attributes.linearBeforeReset === 1)),
  }),
  defineOperator<PlainAttributes>({
    type: 'RNN',
    domain: '',
    infer: (inputs, attributes) => inferRecurrent(inputs, attributes, 1, 1),
    gradient: 'expand',
    expand: (inputs, attributes) =>
      unrolled(inputs, attributes, (direction) => runPlain(direction, attributes.activations[0])),
  }),
];
