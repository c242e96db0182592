import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sizeOf } from '../../base/shape.ts';
import { bytesPerElement, type DType, float32, type HostArray, int64, viewOf, zeros } from '../../tensor/host-array.ts';
import { float, int, ints, string, tensor } from './attributes.ts';
import { decodeModel } from './decode.ts';
import { encodeModel } from './encode.ts';
import type { AttributeValue, OnnxGraph, OnnxModel, ValueInfo } from './model.ts';

const dtypes: DType[] = [
  'float32',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
];
dtypes.push('bool', 'float16');

const hostArrays: fc.Arbitrary<HostArray> = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }) })
  .chain(({ dtype, shape }) => {
    const length = sizeOf(shape) * bytesPerElement(dtype);
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes): HostArray => {
      return { dtype, shape, data: viewOf(dtype, bytes.slice().buffer, 0, sizeOf(shape)) };
    });
  });

/** Records with the prototype that literals have. */
function plain<T>(parts: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(parts, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const integers = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const reals = fc.float();
const texts = fc.string({ unit: 'grapheme' });
const simpleAttributes: fc.Arbitrary<AttributeValue> = fc.oneof(
  plain({ type: fc.constant('float' as const), value: reals }),
  plain({ type: fc.constant('floats' as const), value: fc.array(reals) }),
  plain({ type: fc.constant('int' as const), value: integers }),
  plain({ type: fc.constant('ints' as const), value: fc.array(integers) }),
  plain({ type: fc.constant('string' as const), value: texts }),
  plain({ type: fc.constant('strings' as const), value: fc.array(texts) }),
  plain({ type: fc.constant('tensor' as const), value: hostArrays }),
  plain({ type: fc.constant('tensors' as const), value: fc.array(hostArrays, { maxLength: 2 }) }),
);

const values: fc.Arbitrary<ValueInfo> = fc.record(
  {
    name: texts,
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.oneof(fc.nat(), fc.constantFrom('', 'batch'))),
    containers: fc.array(fc.constantFrom('sequence' as const, 'optional' as const), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['name', 'dtype'], noNullPrototype: true },
);

const { graph: graphs } = fc.letrec<{ graph: OnnxGraph; attribute: AttributeValue }>((tie) => ({
  attribute: fc.oneof(
    { depthSize: 'small', maxDepth: 1 },
    simpleAttributes,
    plain({ type: fc.constant('graph' as const), value: tie('graph') }),
  ),
  graph: plain({
    name: texts,
    inputs: fc.array(values, { maxLength: 2 }),
    outputs: fc.array(values, { maxLength: 2 }),
    initialisers: fc
      .array(fc.tuple(fc.string({ minLength: 1 }), hostArrays), { maxLength: 3 })
      .map((entries) => new Map(entries)),
    nodes: fc.array(
      plain({
        name: texts,
        operator: fc.constantFrom('Add', 'Conv', 'Custom'),
        domain: fc.constantFrom('', 'com.microsoft'),
        inputs: fc.array(texts, { maxLength: 3 }),
        outputs: fc.array(texts, { maxLength: 2 }),
        attributes: fc.dictionary(fc.string(), tie('attribute'), { maxKeys: 3, noNullPrototype: true }),
      }),
      { maxLength: 3 },
    ),
  }),
}));

test('what is written is read back', () => {
  fc.assert(
    fc.property(graphs, fc.nat({ max: 30 }), (graph, version) => {
      const model: OnnxModel = { irVersion: 8, opsets: { '': version, 'com.microsoft': 1 }, graph };
      assert.deepStrictEqual(decodeModel(encodeModel(model)), model);
    }),
    { numRuns: 300, seed: 1 },
  );
});

const linear: OnnxModel = {
  irVersion: 8,
  opsets: { '': 17 },
  producer: { name: 'sonde', version: '0.1.0' },
  description: 'a line',
  metadata: { purpose: 'test' },
  graph: {
    name: 'linear',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['n', 3] }],
    initialisers: new Map<string, HostArray>([['weight', float32([3, 2], [1, 2, 3, 4, 5, 6])]]),
    nodes: [
      {
        name: 'gemm',
        operator: 'Gemm',
        domain: '',
        inputs: ['x', 'weight'],
        outputs: ['y'],
        attributes: { alpha: float(0), transB: int(1) },
      },
    ],
  },
};

test('a model with everything named is read back, zero attributes included', () => {
  assert.deepStrictEqual(decodeModel(encodeModel(linear)), linear);
});

test('large tensors can go elsewhere, and arrays of shared memory stay as they are', () => {
  const shared = zeros('float32', [4, 4], true);
  shared.data.fill(2);
  const model: OnnxModel = {
    ...linear,
    graph: {
      ...linear.graph,
      initialisers: new Map<string, HostArray>([
        ['big', shared],
        ['small', int64([1], [-1])],
      ]),
    },
  };
  let stored: Uint8Array | undefined;
  const bytes = encodeModel(model, {
    writeExternal: (tensorBytes) => {
      if (tensorBytes.byteLength < 64) return undefined;
      stored = tensorBytes;
      return { location: 'weights', offset: 4096, length: tensorBytes.byteLength };
    },
  });
  assert.equal(stored?.buffer, shared.data.buffer);
  const again = decodeModel(bytes, {
    readExternal: (reference) => {
      assert.deepEqual(reference, { location: 'weights', offset: 4096, length: 64 });
      return stored!.slice();
    },
  });
  assert.deepEqual([...again.graph.initialisers.get('big')!.data], new Array(16).fill(2));
  assert.deepEqual([...again.graph.initialisers.get('small')!.data], [-1n]);
});

test('the makers of attributes give the types ONNX knows', () => {
  const array = float32([1], [1]);
  assert.deepEqual(
    [float(1), int(2), ints([3]), string('a'), tensor(array)].map(({ type }) => type),
    ['float', 'int', 'ints', 'string', 'tensor'],
  );
});
