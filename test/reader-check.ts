/**
 * Models as other programs write them, read and held against ONNX Runtime's own kernels, and their gradients against
 * central differences in float64.
 * @module
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../src/base/random.ts';
import { sizeOf } from '../src/base/shape.ts';
import { add, gradients, multiply, reduceSum, type Tensor } from '../src/graph/index.ts';
import { encodeModel } from '../src/graph/onnx/encode.ts';
import { fromOnnx, type ImportOptions } from '../src/graph/onnx/import.ts';
import type { AttributeValue, Dimension, OnnxModel } from '../src/graph/onnx/model.ts';
import { constant } from '../src/graph/tensor.ts';
import { processor } from '../src/runtime/backends/onnxruntime/backend.ts';
import { createSession } from '../src/runtime/backends/onnxruntime/session.ts';
import { evaluate } from '../src/runtime/evaluate.ts';
import { float32, type HostArray, int64 } from '../src/tensor/host-array.ts';
import { interpret } from './interpreter/interpret.ts';
import { fromHost, type Values } from './interpreter/values.ts';
import { assertClose, type Draw } from './operator-check.ts';

export type Entry = [
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes?: Record<string, AttributeValue>,
];

/** A model of float32 inputs; the first outputs of the last entry, as many as are named, are the model's. */
export function modelOf(
  opset: number,
  inputs: Record<string, readonly Dimension[]>,
  entries: Entry[],
  initialisers: Record<string, HostArray> = {},
): OnnxModel {
  const nodes = entries.map(([operator, from, to, attributes = {}], i) => {
    const [domain, name] = operator.includes(':') ? operator.split(':') : ['', operator];
    return { name: `node${i}`, operator: name, domain, inputs: from, outputs: to, attributes };
  });
  const outputs = entries[entries.length - 1][2].filter((name) => name !== '').map((name) => ({ name }));
  const values = Object.entries(inputs).map(([name, shape]) => ({ name, dtype: 'float32' as const, shape }));
  const graph = { name: 'test', inputs: values, outputs, initialisers: new Map(Object.entries(initialisers)), nodes };
  return { irVersion: 8, opsets: { '': opset }, graph };
}

export interface ReaderCheckOptions extends ImportOptions {
  readonly seed?: string;
  /** Draws what is fed; default normal. */
  readonly draw?: Draw;
  /** What the outputs should be, where ONNX Runtime has no kernel or is not the judge. */
  readonly expected?: readonly HostArray[];
  readonly fed?: Readonly<Record<string, HostArray>>;
  /** Whether the gradient is asked for (default yes). */
  readonly differentiable?: boolean;
  readonly tolerance?: number;
  /** Distance of the differences, default 1e-5; smaller where many maxima lie close together. */
  readonly step?: number;
}

/** Values of the model, read and run here and by ONNX Runtime as it stands; gradients against differences. */
export async function checkReader(model: OnnxModel, options: ReaderCheckOptions = {}): Promise<void> {
  const {
    seed = 'reader',
    draw = (random) => random.normal(),
    differentiable = true,
    tolerance = 2e-5,
    step = 1e-5,
  } = options;
  const random = new Random(seed);
  const { inputs, outputs, parameters } = fromOnnx(model, options);
  const drawn = (length: number) => Float64Array.from({ length }, () => draw(random));
  const fed = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [
      name,
      options.fed?.[name] ?? float32(shape, drawn(sizeOf(shape))),
    ]),
  );
  const feeds = new Map([
    ...[...parameters.values()].map(({ tensor, value }) => [tensor, value] as const),
    ...Object.entries(inputs).map(([name, tensor]) => [tensor, fed[name]] as const),
  ]);
  const results = Object.values(outputs);
  const expected = options.expected ?? (await byTheRuntime(model, fed, Object.keys(outputs)));
  const wanted = [...feeds.keys()].filter(({ dtype }) => dtype === 'float32');
  const scored = results.filter(({ dtype }) => dtype === 'float32');
  const weights = scored.map(({ shape }) => float32(shape, drawnNormal(random, sizeOf(shape))));
  const loss = differentiable
    ? scored.map((y, i) => reduceSum(multiply(y, constant(weights[i])))).reduce((a, b) => add(a, b))
    : undefined;
  const slopes = loss === undefined ? [] : gradients(loss, wanted);
  const found = await evaluate([...results, ...slopes], feeds, processor, { threads: 1 });
  results.forEach((_, i) => {
    assert.deepEqual([...found[i].shape], [...expected[i].shape], `shape of output ${i}`);
    assert.equal(found[i].dtype, expected[i].dtype, `type of output ${i}`);
    assertClose(numbers(found[i]), numbers(expected[i]), tolerance, `output ${i}`);
  });
  if (loss === undefined) return;
  const exact = new Map<Tensor, Values>([...feeds].map(([tensor, value]) => [tensor, fromHost(value)]));
  const lossAt = (at: ReadonlyMap<Tensor, Values>) => interpret([loss], at)[0].data[0];
  wanted.forEach((tensor, i) => {
    const gradient = numbers(found[results.length + i]);
    const direction = drawnNormal(random, gradient.length);
    const from = exact.get(tensor)!;
    const at = (distance: number) =>
      lossAt(new Map([...exact, [tensor, { ...from, data: from.data.map((x, k) => x + distance * direction[k]) }]]));
    const numeric = (at(step) - at(-step)) / (2 * step);
    const analytic = gradient.reduce((sum, value, k) => sum + value * direction[k], 0);
    const scale = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0)) + 1e-2;
    assert.ok(
      Math.abs(numeric - analytic) <= 1e-4 * scale * Math.sqrt(Math.max(1, gradient.length)),
      `gradient of ${String(tensor.node.attributes.name)}: analytic ${analytic}, difference ${numeric}`,
    );
  });
}

/** One node of an operator. */
export interface Case extends ReaderCheckOptions {
  /** Default 17. */
  readonly opset?: number;
  /** Shape of what is fed; `inputs` where that is more than one tensor. */
  readonly x?: readonly number[];
  readonly inputs?: Record<string, readonly number[]>;
  readonly attributes?: Record<string, AttributeValue>;
  /** Further inputs, fixed; those whose names begin with `none` are left out. */
  readonly more?: Record<string, HostArray>;
  readonly outputs?: string[];
}

/** Cases by operator, each with its name. */
export function testReaders(cases: Readonly<Record<string, readonly [string, Case][]>>): void {
  for (const [operator, list] of Object.entries(cases)) {
    for (const [name, options] of list) test(`${operator}, ${name}`, () => checkNode(operator, options));
  }
}

function checkNode(operator: string, options: Case): Promise<void> {
  const { opset = 17, x = [2, 3, 4], inputs = { x }, attributes = {}, more = {}, outputs = ['y'] } = options;
  const names = [...Object.keys(inputs), ...Object.keys(more).map((name) => (name.startsWith('none') ? '' : name))];
  const given = Object.fromEntries(Object.entries(more).filter(([name]) => !name.startsWith('none')));
  return checkReader(modelOf(opset, inputs, [[operator, names, outputs, attributes]], given), options);
}

export const list = (...values: number[]) => int64([values.length], values);
export const one = (value: number) => float32([], [value]);

/** Numbers between −1 and 1 without a pattern. */
export const counting = (...shape: number[]) =>
  float32(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(3 * i + 1)),
  );

/** Stands for an input that is left out. */
export const absent = list();

/** What ONNX Runtime computes of the model itself. */
async function byTheRuntime(
  model: OnnxModel,
  fed: Readonly<Record<string, HostArray>>,
  names: readonly string[],
): Promise<HostArray[]> {
  // An operator set that the file format of its time knew.
  const irVersion = (model.opsets[''] ?? 1) > 21 ? 10 : model.irVersion;
  const session = await createSession(encodeModel({ ...model, irVersion }), { threads: 1 });
  try {
    const results = await session.fetch(fed, names);
    return names.map((name) => results[name]);
  } finally {
    await session.release();
  }
}

const numbers = ({ data }: HostArray): Float64Array => Float64Array.from(data as ArrayLike<number | bigint>, Number);
const drawnNormal = (random: Random, length: number) => Float64Array.from({ length }, () => random.normal());
