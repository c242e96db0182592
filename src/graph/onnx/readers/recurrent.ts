/**
 * Recurrent layers. Sequences of one batch are of one length; their activations are the usual ones.
 * @module
 */
import { transpose } from '../../primitives.ts';
import { type Attributes, emitAll, type Tensor } from '../../tensor.ts';
import { readAttribute, readInt } from '../attributes.ts';
import { knownNumbers, type NodeReader, type Reading, required, unsupported } from './reading.ts';

/** Which axes of inputs and outputs change places where the batch comes first (`layout` 1). */
const batchFirst = { sequence: [1, 0, 2], state: [1, 0, 2], outputs: [2, 0, 1, 3] };

/**
 * @param usual names of the activations of one direction
 * @param states positions of the initial states among the inputs
 */
function recurrent(
  type: string,
  usual: readonly (readonly string[])[],
  states: readonly number[],
  more: (reading: Reading, activations: readonly string[]) => Attributes = () => ({}),
): NodeReader {
  return (reading) => {
    const { node } = reading;
    const direction = readAttribute(node, 'direction', 'string') ?? 'forward';
    const count = direction === 'bidirectional' ? 2 : 1;
    const named = readAttribute(node, 'activations', 'strings');
    const activations = (named ?? [...usual[0], ...usual[0]]).slice(0, usual[0].length);
    const same = (a: readonly string[]) => a.every((name, i) => name.toLowerCase() === activations[i].toLowerCase());
    const repeated = Array.from({ length: count }, () => activations).flat();
    if (!usual.some(same) || (named !== undefined && named.join() !== repeated.join())) {
      throw unsupported(node, `the activations ${named?.join(', ')} are not known`);
    }
    if (readAttribute(node, 'clip', 'float') !== undefined || readInt(node, 'input_forget', 0) === 1) {
      throw unsupported(node, 'clipped cells and coupled gates are not known');
    }
    const first = readInt(node, 'layout', 0) === 1;
    const moved = (tensor: Tensor | undefined, order: readonly number[]) =>
      tensor === undefined || !first ? tensor : transpose(tensor, order);
    const inputs = [...reading.inputs];
    inputs[0] = moved(required(reading, 0), batchFirst.sequence);
    for (const position of states) inputs[position] = moved(inputs[position], batchFirst.state);
    inputs[4] = undefined;
    checkLengths(reading, inputs[0]!.shape[0]);
    while (inputs.length > 0 && inputs[inputs.length - 1] === undefined) inputs.pop();
    const hiddenSize = readInt(node, 'hidden_size', required(reading, 2).shape[2]);
    const outputs = emitAll(type, inputs, { hiddenSize, direction, ...more(reading, activations) });
    return outputs.map((output, i) => moved(output, i === 0 ? batchFirst.outputs : batchFirst.state)!);
  };
}

/** Lengths may be given where all are the whole sequence. */
function checkLengths(reading: Reading, steps: number): void {
  if (reading.inputs[4] === undefined) return;
  if (knownNumbers(reading, 4)!.every((length) => length === steps)) return;
  throw unsupported(reading.node, 'sequences of different lengths in one batch are not known');
}

export const recurrentReaders: Readonly<Record<string, NodeReader>> = {
  LSTM: recurrent('LSTM', [['Sigmoid', 'Tanh', 'Tanh']], [5, 6]),
  GRU: recurrent('GRU', [['Sigmoid', 'Tanh']], [5], ({ node }) => ({
    linearBeforeReset: readInt(node, 'linear_before_reset', 0),
  })),
  RNN: recurrent('RNN', [['Tanh'], ['Relu']], [5], ({ node }, [activation]) => ({
    activations: new Array<string>(readAttribute(node, 'direction', 'string') === 'bidirectional' ? 2 : 1).fill(
      activation,
    ),
  })),
};
