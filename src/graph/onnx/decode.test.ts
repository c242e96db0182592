import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { DType } from '../../tensor/host-array.ts';
import { readAttribute, readInt, readInts } from './attributes.ts';
import { decodeModel } from './decode.ts';
import { encodeModel } from './encode.ts';
import { fedInputs } from './model.ts';

const golden = join(import.meta.dirname, '../../../test/golden/onnx');
const vectors = join(import.meta.dirname, '../../../../shared/data/onnx-op-vectors');
const read = (name: string) => readFileSync(join(golden, name));
const expected = JSON.parse(readFileSync(join(golden, 'expected.json'), 'utf8'));

test('tensors are read from every typed field', () => {
  const { graph } = decodeModel(read('typed-fields.onnx'));
  for (const [dtype, values] of Object.entries(expected.typed as Record<DType, (number | string)[]>)) {
    const array = graph.initialisers.get(dtype)!;
    assert.equal(array.dtype, dtype);
    assert.deepEqual(array.shape, [2, 2]);
    const numbers = values.map((value) => (dtype === 'float32' ? Math.fround(Number(value)) : value));
    assert.deepEqual(Array.from(array.data, String), numbers.map(String), dtype);
  }
});

test('bfloat16 is widened to float32 in tensors, types and casts alike', () => {
  const { graph } = decodeModel(read('typed-fields.onnx'));
  for (const name of ['bfloat16', 'bfloat16_raw']) {
    const { dtype, data } = graph.initialisers.get(name)!;
    assert.equal(dtype, 'float32');
    assert.deepEqual([...data], [0, -1.5, 3.25, Number.POSITIVE_INFINITY]);
  }
  assert.equal(graph.outputs[0].dtype, 'float32');
  assert.equal(readInt(graph.nodes[0], 'to', undefined), 1);
});

test('attributes, inner graphs, functions and container types are read', () => {
  const model = decodeModel(read('attributes.onnx'));
  assert.deepEqual(model.opsets, { '': 15, 'test.domain': 3 });
  assert.deepEqual(model.metadata, { licence: 'none' });
  assert.deepEqual(model.graph.inputs, [
    { name: 'condition', dtype: 'bool', shape: [] },
    { name: 'x', dtype: 'float32', shape: ['batch', '', 3] },
  ]);
  assert.deepEqual(model.graph.outputs, [
    { name: 'sequence', dtype: 'float32', containers: ['sequence'] },
    { name: 'perhaps', dtype: 'float32', containers: ['optional', 'sequence'] },
  ]);
  const [choice, custom] = model.graph.nodes;
  const branch = readAttribute(choice, 'then_branch', 'graph')!;
  assert.deepEqual([...readAttribute(branch.nodes[0], 'value', 'tensor')!.data], [1, 2]);
  assert.deepEqual(custom.inputs, ['chosen', '', 'x']);
  assert.deepEqual(custom.attributes, {
    alpha: { type: 'float', value: 0 },
    big: { type: 'int', value: 2n ** 63n - 1n },
    count: { type: 'int', value: 0 },
    floats: { type: 'floats', value: [0.5, -0] },
    ints: { type: 'ints', value: [-1, 2n ** 60n] },
    strings: { type: 'strings', value: ['a', ''] },
    text: { type: 'string', value: 'grüße' },
  });
  assert.deepEqual(readInts(custom, 'ints', []), [-1, 2 ** 60]);
  assert.equal(readInt(custom, 'absent', 7), 7);
  assert.throws(() => readInt(custom, 'alpha', 7), { code: 'onnx/malformed' });
  const [leaky] = model.functions!;
  assert.deepEqual(leaky.parameters, ['slope']);
  assert.deepEqual(leaky.nodes[0].attributes.alpha, { type: 'parameter', value: 'slope', of: 'float' });
});

test('external data is fetched through the caller', () => {
  const weights = read('external.weights');
  const model = decodeModel(read('external.onnx'), {
    readExternal: ({ location, offset, length }) => {
      assert.equal(location, 'external.weights');
      return weights.subarray(offset, offset + length);
    },
  });
  for (const name of ['weight', 'bias']) {
    assert.deepEqual([...model.graph.initialisers.get(name)!.data], expected.external[name]);
  }
  assert.deepEqual(fedInputs(model.graph), [{ name: 'x', dtype: 'float32', shape: ['n', 4] }]);
  assert.throws(() => decodeModel(read('external.onnx')), { code: 'onnx/malformed', message: /external\.weights/ });
});

test('aligned tensors are views of the file', () => {
  const bytes = encodeModel(decodeModel(read('typed-fields.onnx')));
  // Among four positions of the same bytes, at least one aligns any given tensor.
  const shared = [0, 1, 2, 3].some((shift) => {
    const moved = new Uint8Array(bytes.length + shift);
    moved.set(bytes, shift);
    const { data } = decodeModel(moved.subarray(shift)).graph.initialisers.get('float32')!;
    return data.buffer === moved.buffer;
  });
  assert.ok(shared);
});

test('every reference model survives writing and reading', (t) => {
  const own = ['typed-fields.onnx', 'attributes.onnx'].map(read);
  for (const bytes of own) assertRoundTrip(bytes);
  if (!existsSync(vectors))
    return t.skip('onnx-op-vectors are not beside the project: only the golden models were tried');
  const files = readdirSync(vectors, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.onnx'));
  for (const name of files) assertRoundTrip(readFileSync(join(vectors, name)));
  assert.ok(files.length >= 80);
  t.diagnostic(`${files.length} models of onnx-op-vectors`);
});

function assertRoundTrip(bytes: Uint8Array) {
  const model = decodeModel(bytes);
  assert.ok(model.graph.nodes.length > 0);
  assert.deepStrictEqual(decodeModel(encodeModel(model)), model);
}

test('broken files give an error that says so, and nothing else', () => {
  const readExternal = ({ offset, length }: { offset: number; length: number }) =>
    read('external.weights').subarray(offset, offset + length);
  let refused = 0;
  for (const name of ['typed-fields.onnx', 'attributes.onnx', 'external.onnx']) {
    const whole = read(name);
    const random = new Random(name);
    for (let trial = 0; trial < 1500; trial++) {
      const broken = new Uint8Array(whole);
      const changes = 1 + random.integer(4);
      for (let i = 0; i < changes; i++) broken[random.integer(broken.length)] = random.integer(256);
      const cut = trial % 3 === 0 ? random.integer(broken.length + 1) : broken.length;
      try {
        encodeModel(decodeModel(broken.subarray(0, cut), { readExternal }));
      } catch (error) {
        assert.ok(error instanceof SondeError, `${name}, trial ${trial}: ${error}`);
        assert.ok(error.code === 'onnx/malformed' || error.code === 'graph/unsupported', error.code);
        refused++;
      }
    }
  }
  assert.ok(refused > 1000, `${refused} files were refused`);
});

test('an empty file and a text file are named as what they are not', () => {
  assert.throws(() => decodeModel(new Uint8Array()), { code: 'onnx/malformed', message: 'the file holds no graph' });
  const text = new TextEncoder().encode('this is not a model');
  assert.throws(() => decodeModel(text), { code: 'onnx/malformed', message: /not an ONNX file/ });
});
