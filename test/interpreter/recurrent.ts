/**
 * ONNX's LSTM, GRU and plain recurrent layer, one number at a time.
 * @module
 */
import { flatIndex, type Kernel, type Values, zeros } from './values.ts';

interface RecurrentAttributes {
  hiddenSize: number;
  direction: string;
  linearBeforeReset?: number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Products of one gate's rows with the input and with the state, biases apart: [of the input, of the state]. */
type Sums = (gate: number, unit: number, state: Float64Array) => [number, number];
/** The next state (and cell, changed in place) of one sequence of the batch. */
type Step = (sums: Sums, hidden: Float64Array, cell: Float64Array, direction: number) => Float64Array;

function recurrent(inputs: readonly Values[], attributes: RecurrentAttributes, gates: number, step: Step) {
  const [x, w, r, bias, , h0, c0] = inputs as readonly (Values | undefined)[];
  const [steps, batch, features] = x!.shape;
  const { hiddenSize: size, direction } = attributes;
  const backwards = direction === 'bidirectional' ? [false, true] : [direction === 'reverse'];
  const y = zeros([steps, backwards.length, batch, size]);
  const [lastHidden, lastCell] = [zeros([backwards.length, batch, size]), zeros([backwards.length, batch, size])];
  const at = (values: Values, ...index: number[]) => values.data[flatIndex(values.shape, index)];
  backwards.forEach((reverse, d) => {
    for (let b = 0; b < batch; b++) {
      let hidden: Float64Array = Float64Array.from({ length: size }, (_, u) =>
        h0 === undefined ? 0 : at(h0, d, b, u),
      );
      const cell = Float64Array.from({ length: size }, (_, u) => (c0 === undefined ? 0 : at(c0, d, b, u)));
      for (let s = 0; s < steps; s++) {
        const t = reverse ? steps - 1 - s : s;
        const sums: Sums = (gate, unit, state) => {
          const row = gate * size + unit;
          let [fromInput, fromState] =
            bias === undefined ? [0, 0] : [at(bias, d, row), at(bias, d, gates * size + row)];
          for (let i = 0; i < features; i++) fromInput += at(w!, d, row, i) * at(x!, t, b, i);
          for (let i = 0; i < size; i++) fromState += at(r!, d, row, i) * state[i];
          return [fromInput, fromState];
        };
        hidden = step(sums, hidden, cell, d);
        hidden.forEach((value, u) => {
          y.data[flatIndex(y.shape, [t, d, b, u])] = value;
        });
      }
      hidden.forEach((value, u) => {
        lastHidden.data[flatIndex(lastHidden.shape, [d, b, u])] = value;
        lastCell.data[flatIndex(lastCell.shape, [d, b, u])] = cell[u];
      });
    }
  });
  return [y, lastHidden, lastCell];
}

const lstm: Kernel<RecurrentAttributes> = (inputs, attributes) => {
  const size = attributes.hiddenSize;
  const peepholes = (inputs as readonly (Values | undefined)[])[7];
  return recurrent(inputs, attributes, 4, (sums, hidden, cell, d) => {
    const seen = (which: number, unit: number) => peepholes?.data[d * 3 * size + which * size + unit] ?? 0;
    const total = (gate: number, unit: number) => sums(gate, unit, hidden).reduce((a, b) => a + b);
    return hidden.map((_, u) => {
      const before = cell[u];
      const admitted = sigmoid(total(0, u) + seen(0, u) * before) * Math.tanh(total(3, u));
      cell[u] = sigmoid(total(2, u) + seen(2, u) * before) * before + admitted;
      return sigmoid(total(1, u) + seen(1, u) * cell[u]) * Math.tanh(cell[u]);
    });
  });
};

const gru: Kernel<RecurrentAttributes> = (inputs, attributes) =>
  recurrent(inputs, attributes, 3, (sums, hidden) => {
    const gate = (which: number, u: number) => sigmoid(sums(which, u, hidden).reduce((a, b) => a + b));
    const reset = hidden.map((_, u) => gate(1, u));
    const allowed = hidden.map((value, u) => value * reset[u]);
    return hidden.map((value, u) => {
      const [fromInput, fromState] = attributes.linearBeforeReset
        ? sums(2, u, hidden).map((sum, i) => (i === 1 ? sum * reset[u] : sum))
        : sums(2, u, allowed);
      const update = gate(0, u);
      return (1 - update) * Math.tanh(fromInput + fromState) + update * value;
    });
  }).slice(0, 2);

const plain: Kernel<RecurrentAttributes & { activations: readonly string[] }> = (inputs, attributes) => {
  const [activation] = attributes.activations;
  const squash = (x: number) => (activation === 'Relu' ? Math.max(x, 0) : Math.tanh(x));
  return recurrent(inputs, attributes, 1, (sums, hidden) =>
    hidden.map((_, u) => squash(sums(0, u, hidden).reduce((a, b) => a + b))),
  ).slice(0, 2);
};

export const recurrentKernels: Record<string, Kernel> = { LSTM: lstm, GRU: gru, RNN: plain };
