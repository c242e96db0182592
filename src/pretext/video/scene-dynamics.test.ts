import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../../nn/parameters.ts';
import { trunkById } from '../../nn/trunks/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import { State } from '../../runtime/state.ts';
import { float32 } from '../../tensor/host-array.ts';
import { buildModel } from '../../training/model.ts';
import { allocateBatch, fillBatch } from '../../training/sampling/batch.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { generateScene } from '../scene-generator.ts';
import { sceneDynamics } from './scene-dynamics.ts';

const items = [0, 1, 2, 3];
const store = pictureStore('clip', items.length);
const small = { size: 16, frames: 8, width: 4, noise: 8 };

function prepare(changes: object = {}) {
  const options = sceneDynamics.options.parse({ ...small, ...changes });
  const context = { options, prepared: undefined, channels: 1 as const };
  const trunk = trunkById('scene-discriminator');
  const model = buildModel({
    method: sceneDynamics,
    context,
    trunk,
    trunkOptions: trunk.options.parse({ width: 4, stages: 3 }),
    optimiser: { kind: 'adam' as const, learningRate: 1e-3, beta1: 0.5 },
    batchSize: items.length,
  });
  const batch = allocateBatch(sceneDynamics.inputs(context), items.length);
  fillBatch({ method: sceneDynamics, context, store, items, candidates: items, random: new Random(1) }, batch);
  return { context, model, batch, state: new State(model.initialState(new Random(0))) };
}

test('a clip is foreground through the mask over a background that stands still', async () => {
  const given = prepare();
  const program = await compile(given.model.evaluation, given.state, processor, { threads: 1 });
  const outputs = await program.run(given.batch);
  await program.dispose();
  const of = (name: string) => outputs[`production:${name}`];
  assert.deepEqual(of('generated').shape, [4, 1, 8, 16, 16]);
  assert.deepEqual(of('mask').shape, [4, 1, 8, 16, 16]);
  assert.deepEqual(of('background').shape, [4, 1, 1, 16, 16]);
  const mask = of('mask').data as Float32Array;
  const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  assert.ok(Math.abs(Number(outputs['measure:maskMean'].data[0]) - mean) < 1e-5);
  for (let i = 0; i < mask.length; i += 37) {
    const background = Number(of('background').data[Math.floor(i / 2048) * 256 + (i % 256)]);
    const foreground = (Number(of('generated').data[i]) - (1 - mask[i]) * background) / mask[i];
    assert.ok(foreground >= -1e-5 && foreground <= 1 + 1e-5);
  }
});

test('each objective trains its own network, and the mask costs its mean', async () => {
  const given = prepare();
  assert.deepEqual(
    given.model.steps.map(({ name }) => name),
    ['step-discriminator', 'step-generator'],
  );
  const snapshot = () =>
    new Map(
      given.model.parameters.map((name) => [name, Float32Array.from(given.state.get(name).data as Float32Array)]),
    );
  for (const [i, own] of [
    [0, /^(trunk|discriminator)\./],
    [1, /^generator\./],
  ] as const) {
    const before = snapshot();
    const program = await compile(given.model.steps[i], given.state, processor, { threads: 1 });
    const outputs = await program.run({ ...given.batch, learningRate: float32([], 1e-3), step: float32([], 1) });
    await program.dispose();
    for (const [name, after] of snapshot()) {
      const changed = after.some((value, at) => value !== before.get(name)![at]);
      if (!own.test(name)) assert.ok(!changed, `${name} is not trained by objective ${i}`);
      else if (name.endsWith('weight')) assert.ok(changed, `${name} is trained by objective ${i}`);
    }
    if (i === 1) {
      const price = Number(outputs.loss.data[0]) - Number(outputs['part:deceiving'].data[0]);
      assert.ok(Math.abs(price - 0.1 * Number(outputs['measure:maskMean'].data[0])) < 1e-5);
    }
  }
});

test('one stream has no mask and no background', () => {
  const { outputs } = prepare({ streams: 'one' }).model.evaluation;
  assert.ok('production:generated' in outputs && !('production:mask' in outputs));
  assert.ok(!prepare({ streams: 'one' }).model.parameters.some((name) => name.includes('background')));
});

test('a still frame goes on: it is all the generator is given, and it learns to begin with it', async () => {
  const given = prepare({ condition: 'frame' });
  assert.deepEqual(Object.keys(given.batch), ['clip']);
  assert.ok(given.model.parameters.includes('generator.encoder.conv1.weight'));
  const evaluation = await compile(given.model.evaluation, given.state, processor, { threads: 1 });
  const clip = given.batch.clip.data as Float32Array;
  const strayed: number[] = [];
  const generated = async () =>
    Float32Array.from((await evaluation.run(given.batch))['production:generated'].data as Float32Array);
  const [discriminator, generator] = await Promise.all(
    given.model.steps.map((step) => compile(step, given.state, processor, { threads: 1 })),
  );
  for (let step = 1; step <= 60; step++) {
    const scalars = { learningRate: float32([], 2e-3), step: float32([], step) };
    await discriminator.run({ ...given.batch, ...scalars });
    const { loss, ...parts } = await generator.run({ ...given.batch, ...scalars });
    const price = 10 * Number(parts['part:firstFrame'].data[0]) + 0.1 * Number(parts['measure:maskMean'].data[0]);
    assert.ok(Math.abs(Number(loss.data[0]) - Number(parts['part:deceiving'].data[0]) - price) < 1e-4);
    strayed.push(Number(parts['part:firstFrame'].data[0]));
  }
  const after = await generated();
  assert.ok(strayed[59] < strayed[0] / 2, `${strayed[0]}, then ${strayed[59]}`);
  for (let i = 256; i < 2048; i++) clip[i] = 1 - clip[i];
  assert.deepEqual(await generated(), after, 'later frames of the filmed clip are unknown to the generator');
  await Promise.all([discriminator, generator, evaluation].map((program) => program.dispose()));
});

test('the published sizes: 64² to 4² of 1024 channels and back, two streams and one', () => {
  for (const [streams, names] of [
    ['two', ['background.up1', 'background_head', 'mask_head']],
    ['one', []],
  ] as const) {
    const store = new ParameterStore();
    const frame = placeholder('frame', 'float32', [2, 3, 64, 64]);
    const wanted = { frames: 32, size: 64, channels: 3, width: 128, streams };
    const scene = generateScene(store.root(true), frame, wanted);
    assert.deepEqual(scene.clip.shape, [2, 3, 32, 64, 64]);
    const shapes = Object.fromEntries(store.entries().map(({ name, tensor }) => [name, [...tensor.shape]]));
    assert.deepEqual(shapes['encoder.conv3.weight'], [1024, 512, 4, 4]);
    assert.equal(shapes['encoder.bn0.weight'], undefined, 'the first is not normalised');
    assert.deepEqual(shapes['foreground.up0.weight'], [1024, 1024, 2, 1, 1]);
    assert.deepEqual(shapes['foreground.up3.weight'], [256, 128, 4, 4, 4]);
    for (const name of ['background.up1', 'background_head', 'mask_head']) {
      assert.equal(`${name}.weight` in shapes, (names as readonly string[]).includes(name), name);
    }
    if (streams === 'two') assert.deepEqual(shapes['background.up1.weight'], [1024, 512, 4, 4]);
  }
});

test('noise is normal, drawn with the sample, and a factor of it', () => {
  const { context } = prepare({ noise: 100 });
  const drawn = items.flatMap((item) => {
    const { inputs, factors } = sceneDynamics.sample(sampleView(store, item, items), new Random(item), context);
    assert.deepEqual([...(inputs.noise.data as Float32Array)], factors.noise);
    return factors.noise as number[];
  });
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const variance = drawn.reduce((sum, value) => sum + value ** 2, 0) / drawn.length;
  assert.ok(Math.abs(mean) < 0.2 && Math.abs(variance - 1) < 0.3);
});

test('recordings too short and lengths that cannot be reached by doubling are refused in words', () => {
  const refuses = (changes: object, options: object = {}) =>
    sceneDynamics.refuses(pictureItem('clip', 'x', changes), sceneDynamics.options.parse({ ...small, ...options }));
  assert.equal(refuses({ frames: 8 }), undefined);
  assert.equal(refuses({ frames: 7 }), '7 frames are fewer than the 8 that 8 frames in steps of 1 span');
  assert.equal(refuses({}, { size: 64 }), '8 frames are no multiple of 16, as size=64 needs');
});
