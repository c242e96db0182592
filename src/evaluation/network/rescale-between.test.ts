import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { sizeOf } from '../../base/shape.ts';
import type { Presentation } from '../../data/transform/presentation.ts';
import { gradients } from '../../graph/gradient.ts';
import { multiply, reduceSum } from '../../graph/primitives.ts';
import { placeholder } from '../../graph/tensor.ts';
import { trunkById } from '../../nn/trunks/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import type { CompiledProgram } from '../../runtime/program.ts';
import { State } from '../../runtime/state.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { exportEncoder } from '../../training/encoder-file.ts';
import { encoderProgram } from '../../training/model.ts';
import { picturesInput } from './fit-task.ts';
import { learningNetwork, networkSource } from './learning-network.ts';
import { applyScales, rescaleChannels } from './rescale.ts';
import { equalisingScales, pacedLayers, rescaleLayers } from './rescale-between.ts';

const side = 24;
const batch = 8;
const shown: Presentation = { channels: 1, frames: 1, stride: 1, size: side, mask: 'none', intensity: 'standardise' };

test('a chain shares its scales: every layer by the root of how far it is from the geometric mean', () => {
  const chain = [
    { own: 0, read: undefined },
    { own: 1, read: 0 },
    { own: undefined, read: 1 },
  ];
  const ratios = [0.3, -1.1, 2];
  const { scales, pace } = equalisingScales(chain, ratios, 2);
  assert.ok(Math.abs(pace - 0.4) < 1e-12);
  // What a weight is multiplied by: its own scale over the one it reads.
  const changes = [scales[0], scales[1] - scales[0], -scales[1]];
  changes.forEach((change, i) => {
    assert.ok(Math.abs(change - (ratios[i] - 0.4) / 2) < 1e-12);
  });
});

test('layers have one relative gradient afterwards, and the network answers as before', async () => {
  const trunk = trunkById('caffenet');
  const options = trunk.options.parse({ width: 0.1, stemKernel: 3, stemStride: 1, stemPadding: 1 });
  const { parameters } = encoderProgram(trunk, options, [1, 1, side, side]);
  const drawn = new Random(3);
  const first = new Map(
    parameters.map(({ name, tensor, initialise }) => [name, initialise(tensor.shape, drawn.split(name))]),
  );
  const source = networkSource(
    exportEncoder({ trunk, trunkOptions: options, presentation: shown, state: first, origin: 'test' }),
  );
  const last = source.taps[source.taps.length - 1];
  const network = learningNetwork(source, { batch, taps: [last], training: false });
  const state = new State(
    network.weights.map(({ name, value }) => [name, { ...value, data: value.data.slice() } as HostArray]),
  );
  const { paced, free } = pacedLayers(network);
  assert.equal(paced.length, 5);
  assert.equal(free.length, 4);
  const random = new Random(9);
  const normal = (shape: readonly number[]) =>
    float32(
      shape,
      Array.from({ length: sizeOf(shape) }, () => random.normal()),
    );
  const open: CompiledProgram[] = [];
  const compiled = async (made: Parameters<typeof compile>[0]) => {
    open.push(await compile(made, state, processor, { threads: 1 }));
    return open[open.length - 1];
  };
  // Gradients of another random function than the one that scales are found by.
  const answer = network.taps[last];
  const noise = placeholder('other noise', 'float32', answer.shape);
  const derivatives = gradients(
    reduceSum(multiply(answer, noise)),
    paced.map(({ weight }) => weight.tensor),
  );
  const look = await compiled({
    name: 'look',
    inputs: { [picturesInput]: network.input, 'other noise': noise },
    state: network.weights.map(({ name, tensor }) => ({ name, tensor })),
    outputs: { answer, ...Object.fromEntries(derivatives.map((own, i) => [`g${i}`, reduceSum(multiply(own, own))])) },
  });
  const pictures = { [picturesInput]: normal([batch, 1, side, side]) };
  const fed = { ...pictures, 'other noise': normal(answer.shape) };
  const seen = async () => {
    const outputs = await look.run(fed);
    const length = (data: ArrayLike<number | bigint>) =>
      Math.sqrt(Array.from(data, Number).reduce((sum, value) => sum + value * value, 0));
    return {
      answer: Array.from(outputs.answer.data, Number),
      ratios: paced.map(
        ({ weight }, i) => Math.sqrt(Number(outputs[`g${i}`].data[0])) / length(state.get(weight.name).data),
      ),
    };
  };
  const spread = (ratios: readonly number[]) => Math.max(...ratios) / Math.min(...ratios);
  await rescaleChannels(network, state, compiled, () => [pictures]);
  // The third layer is made slow and its reader fast, which changes no answer.
  const [slow] = free.slice(2);
  applyScales([slow], [new Float64Array(slow.output.shape[1]).fill(1 / 4)], state);
  const before = await seen();
  assert.ok(spread(before.ratios) > 100, `relative gradients ${before.ratios}`);
  await rescaleLayers(network, state, compiled, () => [pictures], new Random(1));
  const after = await seen();
  assert.ok(spread(after.ratios) < 1.5, `relative gradients ${after.ratios}`);
  const largest = Math.max(...before.answer.map(Math.abs));
  // Response normalisation nearly follows scale.
  after.answer.forEach((value, i) => {
    assert.ok(Math.abs(value - before.answer[i]) < 0.02 * largest, `${value}, was ${before.answer[i]}`);
  });
  for (const ready of open) await ready.dispose();
});
