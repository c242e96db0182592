/** The fully connected layers of the presets named `paper`: how wide they are, how they begin, and what dropout leaves out. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../test/catalogue/pictures.ts';
import { Random } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import { placeholder, type Tensor, topologicalOrder } from '../graph/tensor.ts';
import { type ParameterEntry, ParameterStore } from '../nn/parameters.ts';
import { configureRun } from '../training/configuration.ts';
import { sampleView } from '../training/sampling/views.ts';

const store = pictureStore('clip', 3);
const views = [0, 1, 2].map((item) => sampleView(store, item, [0, 1, 2]));

/** The network of a preset `paper` whose trunk is narrow: only the head is looked at. */
function built(method: string, methodOptions: Record<string, unknown>, trunkOptions: object, training = true) {
  const given = { method, preset: 'paper', methodOptions, trunkOptions: trunkOptions as Record<string, unknown> };
  const configuration = configureRun(given);
  const { method: definition, methodOptions: options, trunk } = configuration;
  const prepared = definition.prepare?.(views, options, new Random(0));
  const context = { options, prepared, channels: 3 as const };
  const parameters = new ParameterStore();
  const scope = parameters.root(training);
  const inputs = Object.fromEntries(
    Object.entries(definition.inputs(context)).map(([name, { dtype, shape }]) => [
      name,
      placeholder(name, dtype, [2, ...shape]),
    ]),
  );
  const { answers } = definition.build({
    ...context,
    inputs,
    scope: scope.child('head'),
    scheduled: {},
    trunk: (x) => trunk.build(scope.child('trunk'), x, configuration.trunkOptions),
    momentumTrunk: () => assert.fail('no method here has one'),
    state: () => assert.fail('no method here keeps state'),
  });
  const entries = new Map(parameters.entries().map((entry) => [entry.name.replace(/^head\./, ''), entry]));
  return { entries, inputs, logits: answers!.logits };
}

function startsAt({ initialise, tensor }: ParameterEntry): { mean: number; deviation: number } {
  const values = initialise(tensor.shape, new Random(1)).data as Float32Array;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(spread) };
}

/** N(0, deviation²), a bias that is everywhere the same, learnt at twice the rate and without decay. */
function beginsAsInCaffe(entries: ReadonlyMap<string, ParameterEntry>, layer: string, deviation: number, bias: number) {
  const weight = entries.get(`${layer}.weight`)!;
  const start = startsAt(weight);
  const error = deviation / Math.sqrt(sizeOf(weight.tensor.shape));
  assert.ok(
    Math.abs(start.mean) < 5 * error && Math.abs(start.deviation - deviation) < 5 * error,
    `${layer}: ${start.mean} ± ${start.deviation}`,
  );
  const { learningRateScale, weightDecayScale, ...own } = entries.get(`${layer}.bias`)!;
  assert.deepEqual([learningRateScale, weightDecayScale], [2, 0], layer);
  assert.deepEqual(startsAt(own as ParameterEntry), { mean: bias, deviation: 0 }, layer);
}

const dropsUnits = (logits: Tensor, { keptUnits }: Record<string, Tensor>) =>
  topologicalOrder([logits]).includes(keptUnits.node);

const narrow = { width: 0.03 };

test('jigsaw: fc6 to fc8 begin as released, and half of fc6 and fc7 is dropped while training', () => {
  const few = { permutations: 10, hidden: 64, tileFeatures: 32 };
  const { entries, logits, inputs } = built('jigsaw', few, narrow);
  beginsAsInCaffe(entries, 'fc6', 0.005, 1);
  beginsAsInCaffe(entries, 'fc7', 0.005, 1);
  beginsAsInCaffe(entries, 'fc8', 0.01, 0);
  assert.deepEqual(inputs.keptUnits.shape, [2, 9 * 32 + 64]);
  assert.ok(dropsUnits(logits, inputs));
  const measured = built('jigsaw', few, narrow, false);
  assert.ok(!dropsUnits(measured.logits, measured.inputs), 'nothing is dropped in evaluation');
});

test('relative position: fc6 to fc9 begin as CaffeNet does, fc6 and fc7 normalised without scale', () => {
  const { entries } = built('relative-position', { features: 32, hidden: 64 }, narrow);
  for (const layer of ['fc6', 'fc7', 'fc8']) beginsAsInCaffe(entries, layer, 0.005, 1);
  beginsAsInCaffe(entries, 'fc9', 0.01, 0);
  assert.deepEqual(entries.get('fc7.weight')?.tensor.shape, [64, 2 * 32]);
  for (const layer of ['fc6', 'fc7'])
    assert.ok(!entries.has(`${layer}.bn.weight`) && entries.has(`${layer}.bn.running_mean`));
});

test('shuffle and learn: every frame has fc6 and fc7, normalised without scale, halved by dropout, joined by fc8', () => {
  const { entries, logits, inputs } = built(
    'shuffle-and-learn',
    { hidden: 32, motionSide: 16, tauMax: 6, tauMin: 3 },
    narrow,
  );
  beginsAsInCaffe(entries, 'fc6', 0.005, 1);
  beginsAsInCaffe(entries, 'fc7', 0.005, 1);
  beginsAsInCaffe(entries, 'order', 0.01, 0);
  assert.deepEqual(entries.get('order.weight')?.tensor.shape, [2, 3 * 32]);
  for (const layer of ['fc6', 'fc7'])
    assert.ok(!entries.has(`${layer}.bn.weight`) && entries.has(`${layer}.bn.running_mean`));
  assert.ok(entries.has('trunk.conv5.bn.running_mean') && !entries.has('trunk.conv2.bn.running_mean'));
  assert.deepEqual(inputs.keptUnits.shape, [2, 4 * 3 * 2 * 32], 'four triples');
  assert.ok(dropsUnits(logits, inputs));
});

test('exemplar: half of the layer before the answer is dropped while training', () => {
  const { entries, logits, inputs } = built('exemplar', { seeds: 10, hidden: 64 }, { channels: [4, 4, 4] });
  assert.deepEqual(entries.get('seed.weight')?.tensor.shape, [10, 64]);
  assert.deepEqual(inputs.keptUnits.shape, [2, 64]);
  assert.ok(dropsUnits(logits, inputs));
});

test('exemplar by triplets: a ResNet-50 three times as wide, whose rate rises for five of thirty-five epochs', () => {
  const { trunkOptions, schedule } = configureRun({ method: 'exemplar-triplet', preset: 'paper' });
  assert.deepEqual([trunkOptions.depth, trunkOptions.width], [50, 192]);
  assert.deepEqual(schedule, { kind: 'steps', at: [15 / 35, 25 / 35], factor: 0.1, warmup: 5 / 35 });
});
