// The model made ready for the processor beside the model as it is, in an ordinary session.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import { inputShape } from '../data/transform/presentation.ts';
import { decodeModel } from '../graph/onnx/decode.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { trunkById } from '../nn/trunks/index.ts';
import { createSession } from '../runtime/backends/onnxruntime/session.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { exportEncoder } from '../training/encoder-file.ts';
import { encoderProgram } from '../training/model.ts';
import { inspectEncoder, openEncoder } from './encoder.ts';
import { inferenceModel } from './inference-model.ts';
import { withTaps } from './taps.ts';

const threads = { threads: 1 };
const golden = join(import.meta.dirname, '../../test/golden/architectures');
const foreign = (name: string) => decodeModel(readFileSync(join(golden, `${name}.onnx`)));

/** A trunk with running statistics that are those of no fresh network. */
function exported(id: string, size: number): OnnxModel {
  const trunk = trunkById(id);
  const trunkOptions = trunk.options.parse(trunk.presets.tiny);
  const presentation = {
    channels: trunk.fewestChannels === 3 ? 3 : 1,
    frames: trunk.rank === 3 ? 16 : 1,
    stride: 1,
    size,
    mask: 'none',
    intensity: 'unit',
  } as const;
  const { parameters } = encoderProgram(trunk, trunkOptions, [1, ...inputShape(presentation, trunk.rank)]);
  const random = new Random(id);
  const state = new Map<string, HostArray>();
  for (const { name, tensor, initialise } of parameters) {
    const value = initialise(tensor.shape, random.split(name));
    if (name.endsWith('running_mean')) random.split(name).fillNormal(value.data, 0, 0.3);
    if (name.endsWith('running_var')) random.split(name).fillUniform(value.data, 0.5, 2);
    state.set(name, value);
  }
  return exportEncoder({ trunk, trunkOptions, presentation, state, origin: 'test' });
}

/** Checks that an encoder answers what an ordinary session answers, for several numbers of inputs. */
async function assertAgrees(model: OnnxModel): Promise<void> {
  const { input, taps, fixedBatch } = inspectEncoder(model);
  const encoder = await openEncoder(model, threads);
  const plain = await createSession(encodeModel(model), threads);
  try {
    for (const count of fixedBatch === undefined ? [3, 1, 2] : [fixedBatch]) {
      const shape = [count, ...encoder.inputShape];
      const x = float32(shape, 0);
      new Random(`input ${count}`).fillNormal(x.data);
      const expected = await plain.fetch({ [input]: x }, taps);
      const found = await encoder.encode(x.data, count);
      for (const tap of taps) {
        assert.deepEqual(found[tap].shape, expected[tap].shape, tap);
        const [ours, theirs] = [found[tap].data as Float32Array, expected[tap].data as Float32Array];
        assert.equal(ours.length, sizeOf(expected[tap].shape));
        const scale = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const worst = theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i])), 0);
        assert.ok(worst <= 1e-4 * scale, `${tap} of ${count} inputs differs by ${worst} of ${scale}`);
      }
    }
  } finally {
    await encoder.release();
    await plain.release();
  }
}

const ready = (model: OnnxModel) => inferenceModel(model, inspectEncoder(model), threads);

for (const [id, size] of Object.entries({
  'resnet3d-18': 24,
  c3d: 32,
  unet3d: 16,
  vit: 32,
  resnet: 32,
  caffenet: 64,
})) {
  test(`${id}: made ready for any number of inputs, with the same answers`, async () => {
    const model = exported(id, size);
    assert.deepEqual((await ready(model))?.graph.inputs[0].shape?.[0], 'batch');
    await assertAgrees(model);
  });
}

test('convolutions along depth become convolutions of slices, and no normalisation is left', async () => {
  const { graph } = (await ready(exported('resnet3d-18', 24)))!;
  assert.deepEqual(
    graph.nodes.filter(({ operator }) => operator === 'BatchNormalization'),
    [],
  );
  const kernels = graph.nodes.flatMap(({ operator, inputs }) =>
    operator === 'Conv' ? [graph.initialisers.get(inputs[1])!.shape] : [],
  );
  assert.ok(kernels.length > 0);
  // Where a slice's entry has few products, combining slices costs more than it saves: the first layer of grey clips.
  const left = kernels.filter((shape) => shape.length === 5 && shape[1] > 1);
  assert.deepEqual(left, []);
});

for (const file of readdirSync(golden).filter((name) => name.endsWith('.onnx'))) {
  test(`${file}: as an ordinary session answers`, () => assertAgrees(decodeModel(readFileSync(join(golden, file)))));
}

test('values between the nodes of a foreign graph are taps, frames in the place of the batch too', async () => {
  const video = foreign('VideoLstm-13');
  const frames = video.graph.nodes.find(({ operator }) => operator === 'Conv')!.outputs[0];
  const model = withTaps(video, [frames]);
  assert.ok((await ready(model)) !== undefined);
  await assertAgrees(model);
  const volumes = foreign('Volumes-16');
  await assertAgrees(
    withTaps(
      volumes,
      volumes.graph.nodes
        .filter(({ operator }) => operator === 'Conv' || operator === 'Relu')
        .map(({ outputs }) => outputs[0]),
    ),
  );
});

test('a model of a fixed number of inputs is made ready for that number', async () => {
  const model = exported('c3d', 32);
  const { graph } = model;
  const inputs = graph.inputs.map((value) => ({ ...value, shape: [2, ...value.shape!.slice(1)] }));
  const outputs = graph.outputs.map((value) => ({ ...value, shape: [2, ...value.shape!.slice(1)] }));
  const fixed = { ...model, graph: { ...graph, inputs, outputs } };
  assert.equal((await ready(fixed))?.graph.inputs[0].shape?.[0], 2);
  await assertAgrees(fixed);
});

test('what is not read, or depends on the batch in more than shapes, runs as it is', async () => {
  // Its recurrent layers begin from zeros, as many as inputs.
  assert.equal(await ready(foreign('VideoLstm-13')), undefined);
  const model = exported('vit', 32);
  const { graph } = model;
  const [{ name }] = graph.outputs;
  const node = {
    name: 'other',
    operator: 'Gelu',
    domain: 'com.microsoft',
    inputs: [name],
    outputs: ['other'],
    attributes: {},
  };
  const unknown = {
    ...model,
    opsets: { ...model.opsets, 'com.microsoft': 1 },
    metadata: { ...model.metadata, taps: 'other' },
    graph: {
      ...graph,
      nodes: [...graph.nodes, node],
      outputs: [...graph.outputs, { ...graph.outputs[0], name: 'other' }],
    },
  };
  assert.equal(await ready(unknown), undefined);
  await assertAgrees(unknown);
});
