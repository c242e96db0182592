import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeModel, decodeTensorFile } from '../../../graph/onnx/decode.ts';
import { encodeModel } from '../../../graph/onnx/encode.ts';
import { fedInputs, type OnnxModel } from '../../../graph/onnx/model.ts';
import type { HostArray } from '../../../tensor/host-array.ts';
import { createSession } from './session.ts';

const vectors = join(import.meta.dirname, '../../../../../shared/data/onnx-op-vectors');

test("models of PyTorch's operators, read and written again, give PyTorch's outputs", async (t) => {
  if (!existsSync(vectors)) return t.skip('onnx-op-vectors are not beside the project');
  const files = await readdir(vectors, { recursive: true });
  let compared = 0;
  let largest = 0;
  for (const file of files.filter((name) => name.endsWith('model.onnx')).sort()) {
    const folder = join(vectors, file, '..', 'test_data_set_0');
    const model = inSupportedOperators(decodeModel(await readFile(join(vectors, file))));
    const session = await createSession(encodeModel(model), { threads: 1 });
    const inputs = fedInputs(model.graph).map(({ name }) => name);
    const outputs = model.graph.outputs.map(({ name }) => name);
    const expected = await tensors(folder, 'output', outputs);
    const found = await session.fetch(await tensors(folder, 'input', inputs));
    for (const name of outputs)
      largest = Math.max(largest, assertClose(found[name], expected[name], `${file} ${name}`));
    await session.release();
    compared++;
  }
  assert.ok(compared >= 82, `only ${compared} models were found`);
  t.diagnostic(`${compared} models, largest difference ${largest.toExponential(1)}`);
});

/** ONNX Runtime starts at operator set 7, which says by shapes what set 6 said by these attributes. */
function inSupportedOperators(model: OnnxModel): OnnxModel {
  if (model.opsets[''] >= 7) return model;
  const dropped: Record<string, string[]> = {
    Add: ['broadcast', 'axis'],
    Div: ['broadcast', 'axis'],
    Mul: ['broadcast', 'axis'],
    Sub: ['broadcast', 'axis'],
    Gemm: ['broadcast'],
    BatchNormalization: ['is_test', 'consumed_inputs'],
  };
  const nodes = model.graph.nodes.map((node) => {
    const kept = Object.entries(node.attributes).filter(([name]) => !dropped[node.operator]?.includes(name));
    return { ...node, attributes: Object.fromEntries(kept) };
  });
  const initialisers = new Map(model.graph.initialisers);
  for (const { operator, inputs } of nodes) {
    if (operator !== 'PRelu') continue;
    // One slope a channel, whatever the number of axes after it.
    const slope = initialisers.get(inputs[1])!;
    const rank = model.graph.inputs.find(({ name }) => name === inputs[0])!.shape!.length;
    initialisers.set(inputs[1], { ...slope, shape: [...slope.shape, ...new Array(rank - 2).fill(1)] });
  }
  const inputs = model.graph.inputs.filter(({ name }) => !initialisers.has(name));
  return { ...model, irVersion: 8, opsets: { '': 7 }, graph: { ...model.graph, inputs, nodes, initialisers } };
}

async function tensors(folder: string, kind: 'input' | 'output', names: string[]): Promise<Record<string, HostArray>> {
  const entries = names.map(async (name, index): Promise<[string, HostArray]> => {
    const { array } = decodeTensorFile(await readFile(join(folder, `${kind}_${index}.pb`)));
    return [name, array];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Tolerances of ONNX's own backend tests; gives the largest difference. */
function assertClose(found: HostArray, expected: HostArray, where: string): number {
  assert.deepEqual([found.dtype, found.shape], [expected.dtype, expected.shape], where);
  let largest = 0;
  expected.data.forEach((wanted, i) => {
    const difference = Math.abs(Number(found.data[i]) - Number(wanted));
    assert.ok(
      difference <= 1e-5 + 1e-3 * Math.abs(Number(wanted)),
      `${where}[${i}]: ${found.data[i]} is not ${wanted}`,
    );
    largest = Math.max(largest, difference);
  });
  return largest;
}
