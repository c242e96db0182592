// Networks with a twin in PyTorch: what they hold, and what they make of a picture or clip (reference/make_trunk_shapes.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { type Shape, sizeOf } from '../../base/shape.ts';
import { placeholder } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import { State } from '../../runtime/state.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById } from './index.ts';

interface Golden {
  readonly parameters: number;
  /** Shape of a clip; absent for networks of pictures. */
  readonly input?: readonly number[];
  readonly held: readonly string[];
  readonly features?: readonly number[];
}
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/golden/trunk-shapes.json'), 'utf8'),
) as Record<string, Golden>;

function built(id: string, given: Record<string, unknown>, shape: Shape, training = false) {
  const trunk = trunkById(id);
  const store = new ParameterStore();
  const input = placeholder('x', 'float32', shape);
  return { store, input, ...trunk.build(store.root(training), input, trunk.options.parse(given)) };
}

const presetOf = (key: string) => {
  const [id, preset] = key.split('/');
  return { id, options: trunkById(id).presets[preset] as Record<string, unknown> };
};

for (const [key, { parameters, held, input }] of Object.entries(golden)) {
  test(`${key} holds what its PyTorch twin holds, by name and shape`, () => {
    const { id, options } = presetOf(key);
    const { store } = built(id, options, input ?? [1, 3, 224, 224]);
    const own = store.entries().map(({ name, tensor }) => `${name} ${tensor.shape.join('×')}`);
    assert.deepEqual([...own].sort(), [...held].sort());
    assert.equal(
      store.trainable().reduce((sum, { tensor }) => sum + sizeOf(tensor.shape), 0),
      parameters,
    );
  });
}

/** The script's numbers from −1 to 1. */
function hashed(shape: Shape, stream: number): HostArray<'float32'> {
  const array = float32(shape, 0);
  for (let i = 0; i < array.data.length; i++) {
    let h = (Math.imul(i, 2654435761) + stream * 40503 + 1) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) >>> 0;
    array.data[i] = ((h ^ (h >>> 13)) >>> 0) / 2 ** 31 - 1;
  }
  return array;
}

function filled(name: string, shape: Shape, stream: number): HostArray<'float32'> {
  const array = hashed(shape, stream);
  const { data } = array;
  const kernel = shape.length > 1 && !/_(token|embed)$/.test(name);
  const scale = kernel ? Math.sqrt(6 / sizeOf(shape.slice(1))) : 0.2;
  const offset = !kernel && /(\.weight|_var)$/.test(name) ? 1 : 0;
  for (let i = 0; i < data.length; i++) data[i] = offset + scale * data[i];
  return array;
}

for (const [key, { features: expected, held, input: clip }] of Object.entries(golden)) {
  if (expected === undefined) continue;
  test(`${key} makes of a picture or clip what its PyTorch twin makes`, async () => {
    const { id, options } = presetOf(key);
    const shape = clip ?? [1, 3, 64, 64];
    const { store, input, features } = built(id, /^vit/.test(id) ? { ...options, depth: 2 } : options, shape);
    const order = held.map((line) => line.split(' ')[0]).filter((name) => !/^blocks\.(?:[2-9]|1\d)\./.test(name));
    const values = new Map(
      store.entries().map(({ name, tensor }) => [name, filled(name, tensor.shape, order.indexOf(name))]),
    );
    const program = await compile(
      {
        name: key,
        inputs: { x: input },
        state: store.entries().map(({ name, tensor }) => ({ name, tensor })),
        outputs: { features },
      },
      new State(values),
      processor,
      { threads: 1 },
    );
    const { data } = (await program.run({ x: hashed(shape, 9999) })).features;
    await program.dispose();
    const step = Math.floor(data.length / 16);
    const scale = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => {
      assert.ok(Math.abs(Number(data[i * step]) - value) < 1e-4 * scale, `${i}: ${data[i * step]}, not ${value}`);
    });
  });
}
