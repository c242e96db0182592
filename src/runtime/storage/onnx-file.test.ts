import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeModel } from '../../graph/onnx/encode.ts';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { largeTensor, loadModel, saveModel } from './onnx-file.ts';

const root = join(import.meta.dirname, '../../..');
const golden = join(root, 'test/golden/onnx');

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sonde-onnx-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

const weight = float32(
  [200, 100],
  Array.from({ length: 20_000 }, (_, i) => Math.sin(i)),
);
const bias = float32([200], 0.5);
const linear: OnnxModel = {
  irVersion: 8,
  opsets: { '': 15 },
  graph: {
    name: 'linear',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 100] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['n', 200] }],
    initialisers: new Map<string, HostArray>([
      ['weight', weight],
      ['bias', bias],
      ['same', weight],
    ]),
    nodes: [
      {
        name: 'gemm',
        operator: 'Gemm',
        domain: '',
        inputs: ['x', 'weight', 'bias'],
        outputs: ['y'],
        attributes: { transB: { type: 'int', value: 1 }, alpha: { type: 'float', value: 1 } },
      },
    ],
  },
};

test('a model survives the disk, with its weights inside or beside it', async (t) => {
  const folder = await temporaryFolder(t);
  await saveModel(join(folder, 'inside.onnx'), linear);
  await saveModel(join(folder, 'beside.onnx'), linear, { externalAbove: largeTensor });
  assert.deepEqual((await readdir(folder)).sort(), ['beside.onnx', 'beside.onnx.data', 'inside.onnx']);
  assert.ok((await stat(join(folder, 'beside.onnx'))).size < 2000);
  assert.deepStrictEqual(await loadModel(join(folder, 'inside.onnx')), linear);
  assert.deepStrictEqual(await loadModel(join(folder, 'beside.onnx')), linear);
});

test('external data written by the onnx package is read', async () => {
  const { graph } = await loadModel(join(golden, 'external.onnx'));
  assert.deepEqual(graph.initialisers.get('weight')!.shape, [8, 4]);
});

test("the onnx package's checker accepts what is written", async (t) => {
  if (spawnSync('/usr/bin/python3', ['-c', 'import onnx']).status !== 0) return t.skip('python3-onnx is not installed');
  const folder = await temporaryFolder(t);
  const paths = ['inside.onnx', 'beside.onnx', 'typed.onnx', 'external.onnx'].map((name) => join(folder, name));
  await saveModel(paths[0], linear);
  await saveModel(paths[1], linear, { externalAbove: largeTensor });
  await saveModel(paths[2], await loadModel(join(golden, 'typed-fields.onnx')));
  await saveModel(paths[3], await loadModel(join(golden, 'external.onnx')));
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [join(root, 'reference/check_onnx.py'), ...paths]);
  assert.equal(status, 0, String(stderr));
  assert.deepEqual(String(stdout).trim().split('\n'), paths);
});

test('data outside the folder is refused, by path and by link', async (t) => {
  const folder = await temporaryFolder(t);
  const secret = await temporaryFolder(t);
  await writeFile(join(secret, 'data'), new Uint8Array(80_000));
  await symlink(join(secret, 'data'), join(folder, 'link'));
  for (const location of [join(secret, 'data'), '../data', 'a/../../data', 'link', '.', 'missing']) {
    const bytes = encodeModel(linear, { writeExternal: ({ length }) => ({ location, offset: 0, length }) });
    await writeFile(join(folder, 'model.onnx'), bytes);
    await assert.rejects(loadModel(join(folder, 'model.onnx')), { code: 'onnx/malformed' }, location);
  }
});

test('a data file cut short, a missing file and a folder are named', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'external.onnx');
  await cp(join(golden, 'external.onnx'), path);
  await cp(join(golden, 'external.weights'), join(folder, 'external.weights'));
  await truncate(join(folder, 'external.weights'), 100);
  await assert.rejects(loadModel(path), {
    code: 'onnx/malformed',
    message: /external\.weights: the data file is too short/,
  });
  await assert.rejects(loadModel(join(folder, 'absent.onnx')), { code: 'onnx/malformed', message: /absent\.onnx/ });
  await assert.rejects(loadModel(folder), { code: 'onnx/malformed' });
});

test('a failed save leaves nothing behind', async (t) => {
  const folder = await temporaryFolder(t);
  await assert.rejects(saveModel(join(folder, 'no-such-folder', 'model.onnx'), linear));
  await saveModel(join(folder, 'model.onnx'), linear);
  assert.deepEqual(await readdir(folder), ['model.onnx']);
});
