import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { trial } from '../../../test/catalogue/run-method.ts';
import { Random } from '../../base/random.ts';
import { labOf } from '../../data/transform/lab.ts';
import { present } from '../../data/transform/presentation.ts';
import { placeholder } from '../../graph/tensor.ts';
import { ParameterStore } from '../../nn/parameters.ts';
import { trunkById } from '../../nn/trunks/index.ts';
import { configureRun } from '../../training/configuration.ts';
import { buildModel } from '../../training/model.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { splitBrain } from './split-brain.ts';

const store = pictureStore('image', 6, 3);
const items = [0, 1, 2, 3, 4, 5];
const views = items.map((item) => sampleView(store, item, items));
const given = trial(splitBrain, store);

function sampled(changes: Record<string, unknown>, seed: number) {
  const options = splitBrain.options.parse(changes);
  const context = { options, prepared: splitBrain.prepare?.(views, options, new Random(0)), channels: 3 as const };
  return { ...splitBrain.sample(views[seed % 6], new Random(seed), context), context };
}

test('lightness and colours are those of the picture, and what is measured is shown as what is trained', () => {
  const { inputs, context } = sampled({ smallestCrop: 1, mirror: false }, 1);
  const frame = views[1].read();
  assert.deepEqual(present(frame, splitBrain.presentation(context)), inputs.picture.data);
  const whole = sampled({ smallestCrop: 1, mirror: false, size: 48 }, 1).inputs;
  for (const place of [0, 50, 143]) {
    const at = 4 * Math.floor(place / 12) * 48 + 4 * (place % 12);
    const lab = labOf(frame.data[3 * at], frame.data[3 * at + 1], frame.data[3 * at + 2]);
    [whole.lightnessValues.data[place], whole.colourValues.data[place], whole.colourValues.data[144 + place]].forEach(
      (value, k) => {
        assert.ok(Math.abs(Number(value) - lab[k]) < 1e-3);
      },
    );
  }
});

test('no way leads from a half to what it must tell', () => {
  const model = given.model(2);
  const depends = (name: string, output: string) => {
    const seen = new Set<unknown>();
    const visit = (tensor: { node?: { inputs: readonly unknown[] } } | undefined): void => {
      if (tensor === undefined || seen.has(tensor)) return;
      seen.add(tensor);
      for (const input of tensor.node?.inputs ?? []) visit(input as never);
    };
    visit(model.evaluation.outputs[output] as never);
    return model.evaluation.state.some((use) => use.name.startsWith(name) && seen.has(use.tensor));
  };
  assert.ok(depends('trunk.lightness.', 'production:colour') && !depends('trunk.colour.', 'production:colour'));
  assert.ok(depends('trunk.colour.', 'production:lightness') && !depends('trunk.lightness.', 'production:lightness'));
});

test('each half sees its channels only, and every tap is both', () => {
  const trunk = trunkById('split-brain');
  const parameters = new ParameterStore();
  const image = placeholder('x', 'float32', [2, 3, 180, 180]);
  const { taps, features } = trunk.build(parameters.root(false), image, trunk.options.parse({}));
  assert.deepEqual(
    Object.values(taps).map(({ shape }) => shape.slice(1).join('×')),
    ['96×43×43', '256×21×21', '384×10×10', '384×10×10', '256×10×10', '256×5×5'],
  );
  assert.deepEqual(features.shape, [2, 256]);
  const shapes = Object.fromEntries(parameters.entries().map(({ name, tensor }) => [name, tensor.shape.join('×')]));
  assert.equal(shapes['lightness.conv1.weight'], '48×1×11×11');
  assert.equal(shapes['colour.conv1.weight'], '48×2×11×11');
  assert.equal(shapes['colour.conv4.weight'], '192×192×3×3');
  const grey = placeholder('grey', 'float32', [2, 1, 180, 180]);
  assert.throws(() => trunk.build(new ParameterStore().root(false), grey, trunk.options.parse({})), /two channels/);
});

test('a trunk that sees everything at once is refused with what to do', () => {
  const { trunk, trunkOptions, optimiser } = configureRun({ method: 'split-brain', trunk: 'caffenet' });
  assert.throws(
    () => buildModel({ method: splitBrain, context: given.context, trunk, trunkOptions, optimiser, batchSize: 2 }),
    /two halves that never see each other[\s\S]*--trunk split-brain/,
  );
});
