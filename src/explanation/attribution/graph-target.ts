/**
 * A target over any graph: an input, one number for each row of the batch, and taps on the way.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { gradients } from '../../graph/gradient.ts';
import { placeholderName } from '../../graph/onnx/export.ts';
import { reduceSum } from '../../graph/primitives.ts';
import { emit, type Node, type Tensor, topologicalOrder } from '../../graph/tensor.ts';
import type { Backend } from '../../runtime/backends/backend.ts';
import { compile } from '../../runtime/compile.ts';
import type { CompiledProgram } from '../../runtime/program.ts';
import { State } from '../../runtime/state.ts';
import { type HostArray, hostArray } from '../../tensor/host-array.ts';
import type { AttentionLayer, Attentions } from './attention.ts';
import { type AttentionInGraph, attentionIn } from './attention-graph.ts';
import {
  type AttributionTarget,
  type InputLayout,
  inputLength,
  type TapSlopes,
  withShuffledWeights,
} from './target.ts';

export interface TargetGraph {
  readonly name: string;
  readonly layout: InputLayout;
  /** `[batch, …]`. */
  readonly input: Tensor;
  /** `[batch]`: each depends on its own row of the input only. */
  readonly numbers: Tensor;
  readonly taps: Readonly<Record<string, Tensor>>;
  /** Weights by name, in the order of the network. */
  readonly weights: ReadonlyMap<string, { readonly tensor: Tensor; readonly value: HostArray }>;
  /** Whatever else is fed, with its values: classes, references, scheduled scalars. */
  readonly fed: Readonly<Record<string, { readonly tensor: Tensor; readonly value: HostArray }>>;
  readonly backend: Backend;
  readonly threads?: number;
}

export class GraphTarget implements AttributionTarget {
  readonly name: string;
  readonly layout: InputLayout;
  readonly batch: number;
  readonly taps: readonly string[];
  readonly mapSizes: Readonly<Record<string, readonly number[]>>;
  readonly #graph: TargetGraph;
  readonly #attention: AttentionInGraph | string;
  readonly #programs = new Map<string, Promise<CompiledProgram>>();

  constructor(graph: TargetGraph) {
    this.#graph = graph;
    this.name = graph.name;
    this.layout = graph.layout;
    this.batch = graph.input.shape[0];
    this.mapSizes = Object.fromEntries(Object.entries(graph.taps).map(([name, { shape }]) => [name, shape.slice(2)]));
    this.taps = Object.entries(graph.taps).flatMap(([name, tensor]) => (tensor.shape.length > 3 ? [name] : []));
    this.#attention = attentionIn(
      [graph.numbers],
      this.batch * graph.layout.views,
      spatialOf(graph),
      Object.values(graph.taps),
    );
  }

  get unattended(): string | undefined {
    return typeof this.#attention === 'string' ? this.#attention : undefined;
  }

  async values(data: Float32Array): Promise<Float32Array> {
    const { numbers } = await this.#run('values', () => ({ numbers: this.#graph.numbers }), data);
    return (numbers.data as Float32Array).slice();
  }

  async gradients(data: Float32Array) {
    const { numbers: y, input } = this.#graph;
    const { numbers, slope } = await this.#run(
      'gradients',
      () => ({ numbers: y, slope: gradients(reduceSum(y), [input])[0] }),
      data,
    );
    return { values: (numbers.data as Float32Array).slice(), gradients: (slope.data as Float32Array).slice() };
  }

  async tapSlopes(tap: string, data: Float32Array): Promise<TapSlopes> {
    const { numbers: y, taps } = this.#graph;
    const { activation, slope } = await this.#run(
      `tap ${tap}`,
      () => ({ activation: taps[tap], slope: slopeAt(taps[tap], y) }),
      data,
    );
    return {
      shape: activation.shape,
      activations: (activation.data as Float32Array).slice(),
      slopes: (slope.data as Float32Array).slice(),
    };
  }

  async attentions(data: Float32Array): Promise<Attentions> {
    const { numbers, name } = this.#graph;
    const attention = this.#attention;
    if (typeof attention === 'string') {
      throw new SondeError('graph/unsupported', `no attention can be shown for ${name}: ${attention}`);
    }
    const { layers, layout } = attention;
    const outputs = await this.#run(
      'attention',
      () => {
        const slopes = gradients(reduceSum(numbers), layers);
        return Object.fromEntries(
          layers.flatMap((weights, i) => [
            [`weights ${i}`, weights],
            [`slopes ${i}`, slopes[i]],
          ]),
        );
      },
      data,
    );
    const planes = this.batch * this.layout.views;
    return {
      planes,
      layout,
      layers: layers.map((_, i): AttentionLayer => {
        const { shape, data: weights } = outputs[`weights ${i}`];
        return {
          heads: shape.slice(0, -2).reduce((whole, length) => whole * length, 1) / planes,
          weights: (weights as Float32Array).slice(),
          slopes: (outputs[`slopes ${i}`].data as Float32Array).slice(),
        };
      }),
    };
  }

  async shuffled(share: number): Promise<AttributionTarget> {
    const { weights } = this.#graph;
    const values = new Map([...weights].map(([name, { value }]) => [name, value]));
    const other = withShuffledWeights(values, share, 'cascade');
    const swapped = new Map([...weights].map(([name, { tensor }]) => [name, { tensor, value: other.get(name)! }]));
    return new GraphTarget({ ...this.#graph, weights: swapped });
  }

  async release(): Promise<void> {
    for (const program of this.#programs.values()) await (await program).dispose();
    this.#programs.clear();
  }

  async #run(key: string, outputs: () => Readonly<Record<string, Tensor>>, data: Float32Array) {
    const { input, fed } = this.#graph;
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = this.#compile(key, outputs());
      this.#programs.set(key, program);
    }
    const values = Object.fromEntries(Object.entries(fed).map(([name, { value }]) => [name, value]));
    const rows = hostArray('float32', input.shape, data.subarray(0, this.batch * inputLength(this.layout)));
    return (await program).run({ ...values, [placeholderName(input)]: rows });
  }

  #compile(name: string, outputs: Readonly<Record<string, Tensor>>): Promise<CompiledProgram> {
    const { input, fed, weights, backend, threads } = this.#graph;
    const inputs = Object.fromEntries(Object.entries(fed).map(([key, { tensor }]) => [key, tensor]));
    const state = new State([...weights].map(([key, { value }]) => [key, value]));
    const uses = [...weights].map(([key, { tensor }]) => ({ name: key, tensor }));
    return compile(
      {
        name: `attribution ${name}`,
        inputs: { ...inputs, [placeholderName(input)]: input },
        state: uses,
        outputs,
        frozen: true,
      },
      state,
      backend,
      threads === undefined ? {} : { threads },
    );
  }
}

/** Operators that move values without making any. */
const moving = new Set(['Reshape', 'Transpose', 'Slice', 'Gather', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

/**
 * The slope of the numbers with respect to a tap. A tap that is laid out beside the way to them (tokens as a map) has the
 * slopes of the values that it was laid out from, laid out as they are.
 */
function slopeAt(tap: Tensor, numbers: Tensor): Tensor {
  const onWay = new Set(topologicalOrder([numbers]).flatMap(({ outputs }) => outputs));
  const moves: Node[] = [];
  let source = tap;
  while (!onWay.has(source) && moving.has(source.node.operator.type)) {
    moves.push(source.node);
    source = source.node.inputs[0]!;
  }
  const [slope] = gradients(reduceSum(numbers), [onWay.has(source) ? source : tap]);
  if (!onWay.has(source)) return slope;
  return moves.reduceRight(
    (moved, { operator, inputs, attributes }) => emit(operator, [moved, ...inputs.slice(1)], attributes),
    slope,
  );
}

/** Rows and columns, or frames, rows and columns, of what one view of the input shows. */
function spatialOf({ layout: { frames, height, width }, taps, input }: TargetGraph): number[] {
  const deep = frames > 1 || input.shape.length > 5 || Object.values(taps).some(({ shape }) => shape.length === 5);
  return deep ? [frames, height, width] : [height, width];
}
