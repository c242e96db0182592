// Networks that PyTorch exported (reference/make_onnx_architectures.py), trained and written back.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { assertClose } from '../../test/operator-check.ts';
import { Random } from '../base/random.ts';
import { multiply, reduceMean } from '../graph/index.ts';
import { decodeModel } from '../graph/onnx/decode.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import { fromOnnx } from '../graph/onnx/import.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { withWeights } from '../graph/onnx/weights.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { createSession } from '../runtime/backends/onnxruntime/session.ts';
import { compile } from '../runtime/compile.ts';
import { exportModel } from '../runtime/export.ts';
import { State } from '../runtime/state.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { decodeSafetensors } from '../tensor/safetensors.ts';
import { adoptModel } from './imported.ts';
import { sgd } from './optimisers/sgd.ts';
import { trainingProgram } from './optimisers/training-program.ts';
import { ParameterStore } from './parameters.ts';

const folder = join(import.meta.dirname, '../../test/golden/architectures');
const { tensors, metadata } = decodeSafetensors(readFileSync(join(folder, 'values.safetensors')));
const losses = JSON.parse(metadata.losses) as Record<string, number[]>;
const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
const modelOf = (file: string) => decodeModel(readFileSync(join(folder, file)));
const networkOf = (file: string) => file.split('-')[0];

/** Trains as the script does; gives the losses, the state and what was built. */
async function descend(file: string, trains?: (name: string) => boolean) {
  const x = tensors.get(`${networkOf(file)}/x`)!;
  const read = fromOnnx(modelOf(file), { dimensions: { batch: x.shape[0] } });
  const store = new ParameterStore();
  adoptModel(store, read, { ...(trains === undefined ? {} : { trains }) });
  const loss = multiply(reduceMean(multiply(read.outputs.y, read.outputs.y)), 0.5);
  const { program, moments } = trainingProgram('descend', store, { x: read.inputs.x }, loss, sgd());
  const state = new State([...store.initialValues(new Random('none')), ...moments]);
  const step = await compile(program, state, processor, { threads: 1 });
  const found: number[] = [];
  for (let i = 1; i <= 5; i++) {
    const outputs = await step.run({ x: x as HostArray, learningRate: float32([], 0.02), step: float32([], i) });
    found.push(Number(outputs.loss.data[0]));
  }
  await step.dispose();
  return { found, read, store, state };
}

for (const file of files) {
  test(`${file}: five steps of gradient descent lose what PyTorch loses`, async () => {
    const { found } = await descend(file);
    assertClose(found, losses[networkOf(file)], 2e-5, 'losses');
    assert.ok(found[4] < found[0]);
  });
}

/** The first output of a model for the network's input, computed by ONNX Runtime itself. */
async function answerOf(model: OnnxModel, network: string): Promise<HostArray> {
  const session = await createSession(encodeModel(model), { threads: 1 });
  try {
    return (await session.fetch({ x: tensors.get(`${network}/x`)! })).y;
  } finally {
    await session.release();
  }
}

test('what was trained is written back, as it was and as plain operators, and is read by others', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'sonde-imported-'));
  t.after(() => rmSync(home, { recursive: true }));
  const paths: string[] = [];
  for (const file of files) {
    const model = modelOf(file);
    const { read, store, state } = await descend(file);
    const values = new Map(store.entries().map(({ name }) => [name, state.get(name)]));
    const same = withWeights(model, values);
    assert.deepEqual(same.graph.inputs, model.graph.inputs, 'the batch stays open');
    const initialisers = new Map(store.entries().map(({ name, tensor }) => [tensor, state.get(name)]));
    const plain = exportModel([read.inputs.x], { y: read.outputs.y }, { initialisers });
    const before = await answerOf(model, networkOf(file));
    const [first, second] = [await answerOf(same, networkOf(file)), await answerOf(plain, networkOf(file))];
    assertClose(second.data as Float32Array, first.data as Float32Array, 1e-5, file);
    assert.notDeepEqual(first.data, before.data, 'nothing was learnt');
    for (const [kind, written] of Object.entries({ same, plain })) {
      paths.push(join(home, `${kind}-${file}`));
      writeFileSync(paths[paths.length - 1], encodeModel(written));
    }
  }
  if (spawnSync('/usr/bin/python3', ['-c', 'import onnx']).status !== 0)
    return t.skip('the onnx package is not installed');
  const checker = join(import.meta.dirname, '../../reference/check_onnx.py');
  const { status, stderr } = spawnSync('/usr/bin/python3', [checker, ...paths], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});

test('what does not learn keeps its values; a weight of another shape is refused', async () => {
  const file = 'ResNet-13.onnx';
  const { store, state } = await descend(file, (name) => name.startsWith('head'));
  const model = modelOf(file);
  const moved = store.entries().filter(({ name }) => {
    const [was, is] = [model.graph.initialisers.get(name)!, state.get(name)];
    return was.data.some((value, i) => value !== is.data[i]);
  });
  assert.deepEqual(moved.map(({ name }) => name).sort(), ['head.bias', 'head.weight']);
  assert.throws(() => withWeights(model, new Map([['head.bias', float32([3], 0)]])), {
    message: 'weight head.bias does not fit the model (expected float32 [5], found float32 [3])',
  });
  assert.throws(() => adoptModel(store, fromOnnx(model, { dimensions: { batch: 1 } })), {
    message: /there is a parameter .* already/,
  });
});
