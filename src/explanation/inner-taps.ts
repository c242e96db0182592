/**
 * Models from elsewhere give what their author wanted of them, often a single vector. What lies before it is looked at
 * too: values that everything after rests on (no way through the network passes them by), one where a stage ends.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { fromOnnx } from '../graph/onnx/import.ts';
import { fedInputs, type OnnxModel } from '../graph/onnx/model.ts';
import { type Node, type Tensor, topologicalOrder } from '../graph/tensor.ts';

/** Inputs at once while shapes are looked at, where the file leaves their number open. */
const triedBatch = 2;
/** Layers that are looked at beside the model's own outputs. */
const mostTaps = 5;

/** Operators that move values without making any. */
const moving = new Set([
  'Reshape',
  'Transpose',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
  'Cast',
  'Pad',
]);
/** Where layers come to rest: ends of shortcuts, then what follows a convolution. */
const resting = [
  new Set(['Add', 'Sum', 'Concat']),
  new Set(['Relu', 'Gelu', 'LeakyRelu', 'Sigmoid', 'MaxPool', 'Clip']),
];

/** A value that may be tapped: its name in the file, and what it is. */
interface Waist {
  readonly name: string;
  readonly operator: string;
  /** Without the batch axis. */
  readonly shape: readonly number[];
}

/**
 * The model with taps where its stages end, first layer to last, before its own outputs; as it is where it has several
 * outputs already, or cannot be read as a graph.
 */
export function withInnerTaps(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const [fed] = fedInputs(graph);
  const lengths = (fed?.shape ?? []).map((length, axis) =>
    axis === 0 && typeof length !== 'number' ? triedBatch : length,
  );
  if (graph.outputs.length > 2 || !lengths.every((length): length is number => typeof length === 'number'))
    return model;
  const found = waistsOf(model, fed.name, lengths);
  if (found === undefined) return model;
  const taken = new Set(graph.outputs.map(({ name }) => name));
  const chosen = stageEnds(found.filter(({ name }) => !taken.has(name)));
  if (chosen.length === 0) return model;
  const names = new Set([...taken, ...graph.inputs.map(({ name }) => name), ...graph.initialisers.keys()]);
  const taps = chosen.map((waist) => ({ waist, name: unusedName(readableName(waist), names) }));
  const batch = fed.shape?.[0] ?? '';
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [
        ...graph.nodes,
        ...taps.map(({ waist, name }) => ({
          name,
          operator: 'Identity',
          domain: '',
          inputs: [waist.name],
          outputs: [name],
          attributes: {},
        })),
      ],
      outputs: [
        ...taps.map(({ waist, name }) => ({ name, dtype: 'float32' as const, shape: [batch, ...waist.shape] })),
        ...graph.outputs,
      ],
    },
  };
}

/** Values that every way from the input to the outputs passes through, in their order; `undefined` where it cannot be read. */
function waistsOf(model: OnnxModel, input: string, shape: readonly number[]): Waist[] | undefined {
  try {
    const { inputs, outputs, values } = fromOnnx(model, { shapes: { [input]: shape } });
    const names = new Map(Object.entries(values).map(([name, tensor]) => [tensor, name]));
    // What the file calls the operator: reading may have made several of one.
    const written = new Map(
      model.graph.nodes.flatMap(({ operator, outputs: made }) => made.map((name) => [name, operator])),
    );
    return waists(Object.values(outputs), inputs[input]).flatMap((tensor) => {
      const name = names.get(tensor);
      if (name === undefined || tensor.dtype !== 'float32' || tensor.shape.length < 2 || tensor.shape[0] !== shape[0])
        return [];
      const operator = written.get(name) ?? tensor.node.operator.type;
      return moving.has(operator) ? [] : [{ name, operator, shape: tensor.shape.slice(1) }];
    });
  } catch (error) {
    if (error instanceof SondeError) return undefined;
    throw error;
  }
}

/** In the order of the graph, a value is a waist where no edge from before it leads past it. */
export function waists(outputs: readonly Tensor[], input: Tensor): Tensor[] {
  const order = topologicalOrder(outputs);
  const depends = new Set<Node>([input.node]);
  for (const node of order)
    if (node.inputs.some((from) => from !== undefined && depends.has(from.node))) depends.add(node);
  const along = [input.node, ...order.filter((node) => node !== input.node && depends.has(node))];
  const place = new Map(along.map((node, i) => [node, i]));
  const reaches = along.map(() => 0);
  along.forEach((node, i) => {
    for (const from of node.inputs) {
      const at = from === undefined ? undefined : place.get(from.node);
      if (at !== undefined) reaches[at] = Math.max(reaches[at], i);
    }
  });
  let farthest = 0;
  return along.flatMap((node, i) => {
    const waist = i > 0 && farthest <= i && node.outputs.length === 1;
    farthest = Math.max(farthest, reaches[i]);
    return waist ? [node.outputs[0]] : [];
  });
}

/** The last value of every size in turn; where those are few, more from the longest stretches of one size. */
export function stageEnds(found: readonly Waist[]): Waist[] {
  const stretches: Waist[][] = [];
  for (const waist of found) {
    const last = stretches.at(-1);
    if (last !== undefined && String(last[0].shape) === String(waist.shape)) last.push(waist);
    else stretches.push([waist]);
  }
  // Of many stages the last ones and those where most happens.
  const kept = stretches
    .map((stretch, i) => ({ i, stretch }))
    .sort((a, b) => b.stretch.length - a.stretch.length || b.i - a.i)
    .slice(0, mostTaps)
    .sort((a, b) => a.i - b.i);
  const counts = kept.map(() => 1);
  const rests = kept.map(({ stretch }) => restsOf(stretch));
  for (let left = mostTaps - kept.length; left > 0; left--) {
    const room = rests.map((list, i) => list.length / (counts[i] + 1));
    const widest = room.indexOf(Math.max(...room));
    if (widest < 0 || rests[widest].length <= counts[widest]) break;
    counts[widest]++;
  }
  return rests.flatMap((list, i) =>
    Array.from({ length: counts[i] }, (_, k) => list[Math.round(((k + 1) * list.length) / counts[i]) - 1]),
  );
}

/** Where a stretch comes to rest: at ends of shortcuts, else after activations, else at its end. */
function restsOf(stretch: readonly Waist[]): readonly Waist[] {
  for (const operators of resting) {
    const own = stretch.filter(({ operator }) => operators.has(operator));
    if (own.length > 0) return own;
  }
  return [stretch.at(-1)!];
}

/** Exporters name values by modules, such as `/layer1/layer1.0/relu/Relu_output_0`, or by numbers alone. */
function readableName({ name, operator, shape }: Waist): string {
  const parts = name
    .replace(/_output_\d+$/, '')
    .split('/')
    .filter((part) => part !== '');
  const own = parts.at(-1)!.replace(/_\d+$/, '').toLowerCase() === operator.toLowerCase() ? parts.slice(0, -1) : parts;
  const text = own.at(-1) ?? '';
  const parent = own.at(-2) ?? '';
  if (own.length > 0 && /[a-z]{2}/i.test(own.join('')) && !/^(input|onnx)\b/i.test(text)) {
    return parent === '' || text.startsWith(parent) ? text : `${parent}.${text}`;
  }
  const size = shape.length > 2 && shape.slice(1).some((length) => length > 1) ? ` ${shape.slice(1).join('×')}` : '';
  return `${operator.toLowerCase()}${size}`;
}

function unusedName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted} (${i})`;
  taken.add(name);
  return name;
}
