import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pictureStore } from '../../test/catalogue/pictures.ts';
import { Random } from '../base/random.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../runtime/compile.ts';
import { State } from '../runtime/state.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import { writeKept } from './artefacts.ts';
import { configureRun } from './configuration.ts';
import { buildModel } from './model.ts';
import { allocateBatch, fillBatch } from './sampling/batch.ts';
import { runPaths } from './storage/run-folder.ts';

test("Models Genesis' decoder is kept with its encoder, and the file gives what the network gives", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-kept-'));
  try {
    const configuration = configureRun({
      method: 'models-genesis',
      methodOptions: { size: 16, depth: 16, windows: 10 },
      trunkOptions: { width: 2 },
      batchSize: 3,
    });
    const { method } = configuration;
    const context = { options: configuration.methodOptions, prepared: undefined, channels: 1 as const };
    const model = buildModel({ ...configuration, context });
    assert.deepEqual(model.kept, ['encoder-decoder']);
    const state = new State(model.initialState(new Random(1)));
    // Running statistics that are those of no fresh network.
    for (const [name, { data }] of state.snapshot()) {
      if (name.endsWith('running_var')) new Random(name).fillUniform(data as Float32Array, 0.5, 2);
    }
    const items = [0, 1, 2];
    const batch = allocateBatch(method.inputs(context), 3);
    const store = pictureStore('volume', 3);
    fillBatch({ method, context, store, items, candidates: items, random: new Random(2) }, batch);
    const evaluation = await compile(model.evaluation, state, processor, { threads: 1 });
    const expected = (await evaluation.run(batch))['production:restoration'].data as Float32Array;
    await evaluation.dispose();
    writeKept(configuration, context, state.snapshot(), runPaths(folder).kept);
    assert.deepEqual(readdirSync(folder), ['encoder-decoder.onnx']);
    const network = await openEncoder(await loadModel(join(folder, 'encoder-decoder.onnx')), { threads: 1 });
    assert.deepEqual(network.taps, ['stage1', 'stage2', 'stage3', 'stage4', 'up3', 'up2', 'up1', 'restoration']);
    assert.deepEqual(network.presentation, method.presentation(context));
    assert.equal(network.fixedBatch, undefined, 'any number of volumes');
    for (const count of [3, 1]) {
      const given = (batch.deformed.data as Float32Array).slice(0, count * 16 ** 3);
      const { restoration, up1 } = await network.encode(given, count);
      assert.deepEqual(up1.shape, [count, 4, 16, 16, 16]);
      (restoration.data as Float32Array).forEach((value, i) => {
        assert.ok(Math.abs(value - expected[i]) < 1e-5);
      });
    }
    await network.release();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a method that keeps nothing writes nothing', () => {
  const configuration = configureRun({ method: 'rubiks-cube' });
  const prepared = configuration.method.prepare?.([], configuration.methodOptions, new Random(0));
  const context = { options: configuration.methodOptions, prepared, channels: 1 as const };
  assert.deepEqual(buildModel({ ...configuration, context }).kept, []);
  writeKept(configuration, context, new Map(), () => assert.fail('nothing is written'));
});
