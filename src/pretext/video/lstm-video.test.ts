import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { trunkById } from '../../nn/trunks/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import { State } from '../../runtime/state.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { buildModel } from '../../training/model.ts';
import { allocateBatch, fillBatch } from '../../training/sampling/batch.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { lstmVideo } from './lstm-video.ts';

const items = [0, 1, 2, 3];
const store = pictureStore('clip', items.length);
const small = { size: 8, past: 4, future: 3, smallestCrop: 1, mirror: false };

function prepare(changes: object, trunkId = 'lstm', trunkChanges: object = { hidden: 48, scale: 0.1 }) {
  const options = lstmVideo.options.parse({ ...small, ...changes });
  const context = { options, prepared: undefined, channels: 1 as const };
  const trunk = trunkById(trunkId);
  const model = buildModel({
    method: lstmVideo,
    context,
    trunk,
    trunkOptions: trunk.options.parse(trunkChanges),
    optimiser: { kind: 'adam' as const, learningRate: 0.01 },
    batchSize: items.length,
  });
  const batch = allocateBatch(lstmVideo.inputs(context), items.length);
  fillBatch({ method: lstmVideo, context, store, items, candidates: items, random: new Random(1) }, batch);
  return { context, model, batch, state: new State(model.initialState(new Random(0))) };
}

async function evaluated({ model, batch, state }: ReturnType<typeof prepare>): Promise<Record<string, HostArray>> {
  const program = await compile(model.evaluation, state, processor, { threads: 1 });
  const outputs = await program.run(batch);
  await program.dispose();
  return outputs;
}

async function trained(given: ReturnType<typeof prepare>, steps: number): Promise<void> {
  const program = await compile(given.model.steps[0], given.state, processor, { threads: 1 });
  for (let step = 1; step <= steps; step++) {
    await program.run({ ...given.batch, learningRate: float32([], 0.01), step: float32([], step) });
  }
  await program.dispose();
}

const scalar = (array: HostArray) => Number(array.data[0]);

test('a sample is a stretch of the recording, in order, from black to white', () => {
  const { context } = prepare({ size: 48, stride: 2 });
  const view = sampleView(store, 1, items);
  const { inputs, factors } = lstmVideo.sample(view, new Random(3), context);
  const { data } = view.read({ start: factors.start as number, count: 7, stride: 2 });
  assert.deepEqual(inputs.clip.shape, [1, 7, 48, 48]);
  assert.deepEqual(inputs.clip.data, Float32Array.from(data));
});

test('the baseline is the error of repeating the last frame', async () => {
  const given = prepare({});
  const outputs = await evaluated(given);
  const clip = given.batch.clip.data as Float32Array;
  let sum = 0;
  for (let item = 0; item < 4; item++) {
    for (let frame = 4; frame < 7; frame++) {
      for (let i = 0; i < 64; i++) sum += (clip[(item * 7 + frame) * 64 + i] - clip[(item * 7 + 3) * 64 + i]) ** 2;
    }
  }
  const baseline = scalar(outputs['measure:copyLastFrameError']);
  assert.ok(Math.abs(baseline - sum / (4 * 3 * 64)) < 1e-7);
  const skill = 1 - scalar(outputs['measure:predictionError']) / (baseline + 1e-9);
  assert.ok(Math.abs(scalar(outputs['measure:skill']) / skill - 1) < 1e-4);
});

test('reconstructions are shown in the order of time, and belong to the loss as it is stated', async () => {
  const given = prepare({ model: 'autoencoder' });
  const outputs = await evaluated(given);
  const written = outputs['production:reconstruction'];
  assert.deepEqual(written.shape, [4, 4, 1, 8, 8]);
  const clip = given.batch.clip.data as Float32Array;
  let sum = 0;
  for (let i = 0; i < written.data.length; i++) {
    const [item, rest] = [Math.floor(i / 256), i % 256];
    sum += (Number(written.data[i]) - clip[item * 7 * 64 + rest]) ** 2;
  }
  assert.ok(Math.abs(scalar(outputs['loss:frames']) - sum / written.data.length) < 1e-6);
  assert.equal(outputs['production:prediction'], undefined);
});

const recurrent = [
  ['lstm', { hidden: 48, scale: 0.1 }],
  ['convlstm', { channels: 12, layers: 1, kernel: 3, patch: 4 }],
] as const;
for (const [trunk, changes, conditional] of recurrent.flatMap(([id, options]) =>
  [false, true].map((given) => [id, options, given] as const),
)) {
  test(`the composite of ${trunk} learns to beat the last frame, ${conditional ? '' : 'un'}conditional`, async () => {
    const given = prepare({ conditional, kernel: 3 }, trunk, changes);
    const before = await evaluated(given);
    await trained(given, 150);
    const after = await evaluated(given);
    assert.ok(scalar(before['measure:skill']) < 0);
    assert.ok(scalar(after['measure:skill']) > 0.3, `skill ${scalar(after['measure:skill'])}`);
    const [first, last] = [before, after].map((outputs) => scalar(outputs['loss:frames']));
    assert.ok(last < first / 8, `loss ${first}, then ${last}`);
  });
}

/** Clips `[B, 1, 10, 16, 16]` of a white square that moves on and bounces off the border. */
function bouncing(random: Random, count: number): HostArray<'float32'> {
  const clip = float32([count, 1, 10, 16, 16], 0);
  for (let item = 0; item < count; item++) {
    const angle = random.uniform(0, 2 * Math.PI);
    const place = [random.uniform(0, 11), random.uniform(0, 11)];
    const speed = [1.5 * Math.sin(angle), 1.5 * Math.cos(angle)];
    for (let frame = 0; frame < 10; frame++) {
      for (let i = 0; i < 256; i++) {
        const covered = place.map((at, axis) => {
          const pixel = axis === 0 ? Math.floor(i / 16) : i % 16;
          return Math.max(0, Math.min(1, pixel + 1 - at, at + 5 - pixel));
        });
        clip.data[(item * 10 + frame) * 256 + i] = covered[0] * covered[1];
      }
      for (const axis of [0, 1]) {
        if (place[axis] + speed[axis] < 0 || place[axis] + speed[axis] > 11) speed[axis] *= -1;
        place[axis] += speed[axis];
      }
    }
  }
  return clip;
}

for (const [trunk, changes, kernel] of [
  ['lstm', { hidden: 64, scale: 0.1 }, 3],
  ['convlstm', { channels: 8, layers: 1, kernel: 3 }, 3],
] as const) {
  test(`${trunk} foretells squares it has never seen better than the last frame does`, async () => {
    const given = prepare({ size: 16, past: 5, future: 5, kernel, model: 'predictor' }, trunk, changes);
    const step = await compile(given.model.steps[0], given.state, processor, { threads: 1 });
    for (let k = 1; k <= 80; k++) {
      const clip = bouncing(new Random('training').split(k), items.length);
      await step.run({ clip, learningRate: float32([], 0.01), step: float32([], k) });
    }
    await step.dispose();
    const outputs = await evaluated({ ...given, batch: { clip: bouncing(new Random('held out'), items.length) } });
    assert.ok(scalar(outputs['measure:skill']) > 0.15, `skill ${scalar(outputs['measure:skill'])}`);
  });
}

test('the decoder knows the past through the state alone: frames to come change nothing of what is foretold', async () => {
  for (const [trunk, changes, conditional] of [
    ['lstm', { hidden: 48, scale: 0.1 }, false],
    ['lstm', { hidden: 48, scale: 0.1 }, true],
    ['convlstm', { channels: 4, layers: 2, kernel: 3 }, true],
  ] as const) {
    const given = prepare({ conditional }, trunk, changes);
    const before = await evaluated(given);
    const clip = given.batch.clip.data as Float32Array;
    for (let i = 0; i < clip.length; i++) if (Math.floor(i / 64) % 7 >= 4) clip[i] = 1 - clip[i];
    const after = await evaluated(given);
    assert.deepEqual(after['production:prediction'].data, before['production:prediction'].data);
  }
});

test('two layers and trunks without a state are taken as well', async () => {
  for (const [trunk, changes, names] of [
    ['lstm', { hidden: 8, layers: 2, peepholes: false }, ['prediction.layer2.hidden.weight']],
    ['convlstm', { channels: 2, layers: 2, kernel: 3 }, ['prediction.layer2.peephole', 'reconstruction.frame.weight']],
    ['resnet3d-18', { width: 4, blocks: 1, stemKernel: 3 }, ['state.weight', 'prediction.layer1.hidden.weight']],
  ] as const) {
    const given = prepare({}, trunk, changes);
    for (const name of names) assert.ok(given.model.parameters.includes(name), name);
    const { 'loss:frames': loss } = await evaluated(given);
    assert.ok(Number.isFinite(scalar(loss)));
  }
});

test('a drawing shows what was read, what came, and what the network wrote', async () => {
  const given = prepare({});
  const outputs = await evaluated(given);
  const productions = Object.fromEntries(
    ['reconstruction', 'prediction'].map((name) => {
      const { data, shape } = outputs[`production:${name}`];
      return [name, float32(shape.slice(1), (data as Float32Array).slice(0, data.length / 4))];
    }),
  );
  const view = sampleView(store, 0, items);
  const sample = lstmVideo.sample(view, new Random(0), given.context);
  const { rows } = lstmVideo.draw(sample, given.context, { view, productions });
  assert.deepEqual(
    rows.map((row) => row.map(({ picture }) => picture.shape[0])),
    [[1], [4, 3], [4, 3]],
  );
});

test('recordings that are too short are refused in words', () => {
  const refuses = (changes: object) =>
    lstmVideo.refuses(pictureItem('clip', 'x', changes), lstmVideo.options.parse(small));
  assert.equal(refuses({ frames: 7 }), undefined);
  assert.equal(refuses({ frames: 6 }), '6 frames are fewer than the 7 that 4 and 3 frames in steps of 1 span');
  assert.equal(refuses({ kind: 'volume' }), 'it is not a clip');
});
