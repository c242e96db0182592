import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../test/catalogue/pictures.ts';
import { assertClose } from '../../test/operator-check.ts';
import { Random } from '../base/random.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../runtime/compile.ts';
import { State } from '../runtime/state.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { configureRun, type RunRequest } from './configuration.ts';
import { buildModel } from './model.ts';
import { allocateBatch, fillBatch } from './sampling/batch.ts';

/** Parameters of a small run before and after each of some steps, and the gradient's length at each. */
async function trained(steps: number, request: Partial<RunRequest>) {
  const configuration = configureRun({ method: 'rotation', batchSize: 2, learningRate: 0.1, ...request });
  const { method } = configuration;
  const context = { options: configuration.methodOptions, prepared: undefined, channels: 1 as const };
  const model = buildModel({ ...configuration, context });
  const state = new State(model.initialState(new Random(1)));
  const program = await compile(model.steps[0], state, processor, { threads: 1 });
  const batch = allocateBatch(method.inputs(context), 2);
  const items = [0, 1];
  const store = pictureStore('image', 2);
  fillBatch({ method, context, store, items, candidates: items, random: new Random(2) }, batch);
  const parameters = () => model.parameters.map((name) => Float32Array.from(state.get(name).data as Float32Array));
  const moments = [parameters()];
  const lengths: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const scalars: Record<string, HostArray> = { learningRate: float32([], 0.1), step: float32([], step) };
    lengths.push(Number((await program.run({ ...batch, ...scalars })).gradientNorm.data[0]));
    moments.push(parameters());
  }
  await program.dispose();
  return { moments, lengths };
}

test('a run that accumulates moves at every other step only', async () => {
  const { moments } = await trained(4, { accumulate: 2 });
  assert.deepEqual(moments[1], moments[0]);
  assert.notDeepEqual(moments[2], moments[1]);
  assert.deepEqual(moments[3], moments[2]);
  assert.notDeepEqual(moments[4], moments[3]);
  const plain = await trained(1, {});
  // The same batch twice has the gradient of once.
  moments[2].forEach((values, i) => {
    assertClose(values, plain.moments[1][i], 1e-5, `parameter ${i}`);
  });
});

test('a run that clips moves no further than the limit lets it', async () => {
  const limit = 0.01;
  const distance = ([from, to]: Float32Array[][]) =>
    Math.hypot(...from.map((values, i) => Math.hypot(...values.map((value, k) => value - to[i][k]))));
  const [free, held] = [await trained(1, {}), await trained(1, { clipNorm: limit })];
  assert.ok(
    free.lengths[0] > limit && held.lengths[0] === free.lengths[0],
    'the length before clipping is what is reported',
  );
  assert.ok(distance(held.moments) < distance(free.moments) / 2);
});

test('what is no number of steps and no limit is refused', () => {
  assert.throws(() => configureRun({ method: 'rotation', accumulate: 0 }), { message: /number of steps an update/ });
  assert.throws(() => configureRun({ method: 'rotation', clipNorm: -1 }), { message: /limit of gradients/ });
  const { optimiser } = configureRun({ method: 'rotation', accumulate: 3, clipNorm: 2 });
  assert.equal(optimiser.accumulate, 3);
  assert.equal(optimiser.clipNorm, 2);
});
