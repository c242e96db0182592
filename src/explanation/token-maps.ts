/**
 * Transformers from elsewhere give tokens, `[B, N, W]`, where instruments look for maps, `[B, W, …grid]`: where attention
 * shows how tokens lie in the picture, they are laid out there, and the class token is a tap of its own.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { fromOnnx } from '../graph/onnx/import.ts';
import { fedInputs, type OnnxModel, type OnnxNode, type ValueInfo } from '../graph/onnx/model.ts';
import type { Tensor } from '../graph/tensor.ts';
import { type HostArray, hostArray } from '../tensor/host-array.ts';
import { attentionIn, type TokenLayout } from './attribution/attention-graph.ts';

/** Inputs at once while shapes are looked at, where the file leaves their number open. */
const triedBatch = 2;

/**
 * The model with every output of tokens replaced by `<name>.patches`, a map, and `<name>.class` where there is a class
 * token; as it is where none of its outputs are the tokens of its attention. Of outputs in `patchesOnly` the class token is
 * left out.
 */
export function withTokenMaps(model: OnnxModel, patchesOnly: ReadonlySet<string> = new Set()): OnnxModel {
  const { graph } = model;
  const [fed] = fedInputs(graph);
  const lengths = (fed?.shape ?? []).map((length, axis) =>
    axis === 0 && typeof length !== 'number' ? triedBatch : length,
  );
  if (lengths.length < 4 || !lengths.every((length): length is number => typeof length === 'number')) return model;
  const outputs = outputsOf(model, fed.name, lengths);
  if (outputs === undefined) return model;
  const attention = attentionIn(Object.values(outputs), lengths[0], lengths.slice(2));
  if (typeof attention === 'string') return model;
  const { layout } = attention;
  const added = graph.outputs.map((output) => {
    const { shape } = outputs[output.name];
    const tokens = shape.length === 3 && shape[0] === lengths[0] && shape[1] === layout.tokens;
    return tokens
      ? laidOut(output, shape[2], layout, !patchesOnly.has(output.name))
      : { outputs: [output], nodes: [], initialisers: [] };
  });
  if (added.every(({ nodes }) => nodes.length === 0)) return model;
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...added.flatMap(({ nodes }) => nodes)],
      outputs: added.flatMap((entry) => entry.outputs),
      initialisers: new Map([...graph.initialisers, ...added.flatMap(({ initialisers }) => initialisers)]),
    },
  };
}

/** `undefined` for a model that cannot be read as a graph: it is measured as it is. */
function outputsOf(
  model: OnnxModel,
  input: string,
  shape: readonly number[],
): Readonly<Record<string, Tensor>> | undefined {
  try {
    return fromOnnx(model, { shapes: { [input]: shape } }).outputs;
  } catch (error) {
    if (error instanceof SondeError) return undefined;
    throw error;
  }
}

interface Added {
  readonly outputs: ValueInfo[];
  readonly nodes: OnnxNode[];
  readonly initialisers: [string, HostArray][];
}

function laidOut(
  { name, shape }: ValueInfo,
  width: number,
  { tokens, placeless, grid }: TokenLayout,
  withClass: boolean,
): Added {
  const classed = withClass && placeless > 0;
  const batch = shape?.[0] ?? '';
  const value = (part: string) => `${name}.${part}`;
  const integers = (numbers: readonly number[], rank: 0 | 1 = 1) =>
    hostArray('int64', rank === 0 ? [] : [numbers.length], BigInt64Array.from(numbers, BigInt));
  const node = (
    operator: string,
    inputs: string[],
    output: string,
    attributes: OnnxNode['attributes'] = {},
  ): OnnxNode => ({
    name: output,
    operator,
    domain: '',
    inputs,
    outputs: [output],
    attributes,
  });
  const along = { axis: { type: 'int', value: 1 } } as const;
  const places = Array.from({ length: tokens - placeless }, (_, place) => placeless + place);
  return {
    outputs: [
      { name: value('patches'), dtype: 'float32', shape: [batch, width, ...grid] },
      ...(classed ? [{ name: value('class'), dtype: 'float32' as const, shape: [batch, width] }] : []),
    ],
    nodes: [
      node('Gather', [name, value('places')], value('rows'), along),
      node('Transpose', [value('rows')], value('columns'), { perm: { type: 'ints', value: [0, 2, 1] } }),
      node('Reshape', [value('columns'), value('grid')], value('patches')),
      ...(classed ? [node('Gather', [name, value('first')], value('class'), along)] : []),
    ],
    initialisers: [
      [value('places'), integers(places)],
      [value('grid'), integers([0, width, ...grid])],
      ...(classed ? [[value('first'), integers([0], 0)] as [string, HostArray]] : []),
    ],
  };
}
