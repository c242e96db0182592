import assert from 'node:assert/strict';
import test from 'node:test';
import { side } from '../../../test/evaluation/small-network.ts';
import { Random } from '../../base/random.ts';
import type { Presentation } from '../../data/transform/presentation.ts';
import { trunkById } from '../../nn/trunks/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import type { CompiledProgram } from '../../runtime/program.ts';
import { State } from '../../runtime/state.ts';
import { float32 } from '../../tensor/host-array.ts';
import { exportEncoder } from '../../training/encoder-file.ts';
import { encoderProgram } from '../../training/model.ts';
import { picturesInput } from './fit-task.ts';
import { learningNetwork, networkSource } from './learning-network.ts';
import { rescalable, rescaleChannels } from './rescale.ts';

const batch = 8;
const shown: Presentation = {
  channels: 1,
  frames: 1,
  stride: 1,
  size: side,
  mask: 'none',
  intensity: 'standardise',
};

/** A column whose first weights make activations shrink from layer to layer, as released. */
function column(normalisation: 'response' | 'late-batch' | 'batch', frozen?: string) {
  const trunk = trunkById('caffenet');
  const options = trunk.options.parse({ width: 0.1, stemKernel: 3, stemStride: 1, stemPadding: 1, normalisation });
  const { parameters } = encoderProgram(trunk, options, [1, 1, side, side]);
  const random = new Random(3);
  const state = new Map(
    parameters.map(({ name, tensor, initialise }) => [name, initialise(tensor.shape, random.split(name))]),
  );
  const source = networkSource(
    exportEncoder({ trunk, trunkOptions: options, presentation: shown, state, origin: 'test' }),
  );
  return learningNetwork(source, { batch, taps: source.taps, training: false, frozen });
}

const pictures = (() => {
  const random = new Random(5);
  return float32(
    [batch, 1, side, side],
    Array.from({ length: batch * side * side }, () => random.normal()),
  );
})();

/** Deviation of every channel of a map `[B, C, H, W]`. */
function deviations({ shape, data }: { shape: readonly number[]; data: ArrayLike<number | bigint> }): number[] {
  const [count, channels] = shape;
  const places = shape[2] * shape[3];
  return Array.from({ length: channels }, (_, c) => {
    const values = Array.from({ length: count * places }, (_, i) =>
      Number(data[(Math.floor(i / places) * channels + c) * places + (i % places)]),
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  });
}

test('every channel has unit variance afterwards; a map is the same but for the scale of its channels', async () => {
  const network = column('response');
  const layers = rescalable(network);
  assert.deepEqual(
    layers.map(({ weight }) => weight.name),
    [1, 2, 3, 4, 5].map((n) => `encoder/trunk.conv${n}.weight`),
  );
  const state = new State(
    network.weights.map(({ name, value }) => [name, { ...value, data: value.data.slice() } as never]),
  );
  const program = {
    name: 'look',
    inputs: { [picturesInput]: network.input },
    state: network.weights.map(({ name, tensor }) => ({ name, tensor })),
    outputs: { ...network.taps, ...Object.fromEntries(layers.map(({ output }, i) => [`before ${i + 1}`, output])) },
  };
  const open: CompiledProgram[] = [];
  const compiled = async (made: Parameters<typeof compile>[0]) => {
    open.push(await compile(made, state, processor, { threads: 1 }));
    return open[open.length - 1];
  };
  const look = await compiled(program);
  const seen = async () => {
    const outputs = await look.run({ [picturesInput]: pictures });
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float64Array.from(data, Number) },
      ]),
    );
  };
  const before = await seen();
  assert.ok(deviations(before['before 3']).every((deviation) => Math.abs(deviation - 1) > 0.5));
  await rescaleChannels(network, state, compiled, () => [{ [picturesInput]: pictures }]);
  const after = await seen();
  for (const layer of [1, 2, 3, 4, 5]) {
    for (const deviation of deviations(after[`before ${layer}`])) {
      assert.ok(Math.abs(deviation - 1) < 0.02 || deviation === 0, `layer ${layer}: ${deviation}`);
    }
  }
  // Nothing but scale has changed where no response normalisation lies between.
  const [old, now] = [before.conv1, after.conv1];
  const scale = deviations(before['before 1']);
  const places = side * side;
  now.data.forEach((value, i) => {
    const wanted = old.data[i] / scale[Math.floor(i / places) % scale.length];
    assert.ok(Math.abs(value - wanted) < 1e-4 * Math.max(1, Math.abs(wanted)), `${value}, wanted ${wanted}`);
  });
  for (const ready of open) await ready.dispose();
});

test('what is normalised, held fast or read by what is held fast stays as it is', async () => {
  const names = (...given: Parameters<typeof column>) => rescalable(column(...given)).map(({ weight }) => weight.name);
  assert.deepEqual(names('late-batch'), ['encoder/trunk.conv1.weight', 'encoder/trunk.conv2.weight']);
  assert.deepEqual(names('response', 'conv3'), ['encoder/trunk.conv4.weight', 'encoder/trunk.conv5.weight']);
  const normalised = column('batch');
  await assert.rejects(
    rescaleChannels(
      normalised,
      new State(),
      () => assert.fail('compiled'),
      () => [],
    ),
    /nothing to rescale/,
  );
});
