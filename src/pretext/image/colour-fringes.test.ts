/**
 * The shortcut that relative position is known for, on pictures that hold nothing else: textures without a place, whose red
 * lies further out than their green, as a lens throws it. Doersch, Gupta and Efros, ICCV 2015, section 3.1.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { batchOf, scalarsOf, trial } from '../../../test/catalogue/run-method.ts';
import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { windowOf } from '../../data/window.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import { State } from '../../runtime/state.ts';
import { relativePosition } from './relative-position.ts';

const side = 112;
/** Pixels by which red lies further out than green, and green than blue, at half the side from the middle. */
const fringe = 4;

/** Noise that is the same everywhere, seen through a lens. */
function texture(seed: number): Float32Array {
  const random = new Random(seed);
  const wide = side + 4 * fringe;
  let noise = Float32Array.from({ length: wide * wide }, () => random.uniform(-0.5, 0.5));
  for (let pass = 0; pass < 2; pass++) {
    noise = noise.map(
      (value, i) => (value + (noise[i + 1] ?? 0) + (noise[i + wide] ?? 0) + (noise[i + wide + 1] ?? 0)) / 4,
    );
  }
  const at = (y: number, x: number) => {
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const value = (down: number, across: number) => noise[(top + down) * wide + left + across];
    const row = (down: number) => value(down, 0) + (x - left) * (value(down, 1) - value(down, 0));
    return row(0) + (y - top) * (row(1) - row(0));
  };
  return Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const [y, x, channel] = [Math.floor(i / (3 * side)), Math.floor(i / 3) % side, i % 3];
    const seen = (place: number) => 2 * fringe + place - ((1 - channel) * fringe * (2 * place - side)) / side;
    return Math.min(1, Math.max(0, 0.5 + 2 * at(seen(y), seen(x))));
  });
}

const [batchSize, steps, questions] = [8, 28, 5];
const frames = Array.from({ length: 2 * batchSize }, (_, i) => texture(i));

/** A batch of the pictures, from `first` on. */
function pictures(first: number): FrameStore {
  return {
    ...pictureStore('image', batchSize, 3, { height: side, width: side }),
    read: (item, window) => {
      const { data, shape } = windowOf({ data: frames[first + item], shape: [1, side, side, 3] }, window);
      return { data: data as Float32Array, shape };
    },
  };
}

/** Share of right answers on pictures that training has not seen. */
async function accuracyWith(colour: string): Promise<number> {
  const options = { colour, smallestCrop: 1, coarse: 0, gamma: 0 };
  const given = trial(relativePosition, pictures(0), options);
  const model = given.model(batchSize);
  const state = new State(model.initialState(new Random(0).split('initial')));
  const step = await compile(model.steps[0], state, processor, { threads: 1 });
  for (let i = 0; i < steps; i++) await step.run({ ...batchOf(given, batchSize, i), ...scalarsOf(given, i, steps) });
  await step.dispose();
  const question = await compile(model.evaluation, state, processor, { threads: 1 });
  let right = 0;
  for (let i = 0; i < questions; i++) {
    const outputs = await question.run(batchOf({ ...given, store: pictures(batchSize) }, batchSize, steps + i));
    right += Number(outputs['measure:accuracy'].data[0]) / questions;
  }
  await question.dispose();
  return right;
}

test('fringes tell where patches lie while colours are kept', async () => {
  const accuracy = await accuracyWith('keep');
  assert.ok(accuracy > 0.5, `${accuracy}`);
});

test('with one colour kept and noise for the others nothing is left to answer from', async () => {
  const accuracy = await accuracyWith('drop');
  // Eight pairs a picture; each is asked from both sides, which is no question of its own.
  const spread = Math.sqrt((0.125 * 0.875) / (questions * batchSize * 8));
  assert.ok(Math.abs(accuracy - 0.125) < 4 * spread, `${accuracy}`);
});
