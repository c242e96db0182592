import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { rubiksCube } from './rubiks-cube.ts';
import { rubiksCubePlus } from './rubiks-cube-plus.ts';

const store = pictureStore('volume', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);

function contextOf(options: Record<string, unknown>) {
  const chosen = rubiksCubePlus.options.parse(options);
  return { options: chosen, prepared: rubiksCubePlus.prepare?.([], chosen, new Random(0)), channels: 1 as const };
}

function sampled(options: Record<string, unknown>, seed: number, context = contextOf(options)) {
  return { ...rubiksCubePlus.sample(view(seed % 3), new Random(seed), context), context };
}

test('a masked cube is the cube with about half of its voxels gone; the others are untouched', () => {
  const plain = sampled({ masking: 0 }, 5);
  const half = sampled({ masking: 0.5 }, 5);
  const length = plain.inputs.cubes.data.length / 8;
  const masked = half.factors.masked as number[];
  assert.ok(masked.includes(0) && masked.includes(1));
  masked.forEach((bit, place) => {
    const [before, after] = [plain, half].map(({ inputs }) =>
      (inputs.cubes.data as Float32Array).subarray(place * length, (place + 1) * length),
    );
    if (bit === 0) assert.deepEqual(after, before);
    else {
      assert.ok(after.every((value, i) => value === 0 || value === before[i]));
      const kept = after.reduce((count, value) => count + (value === 0 ? 0 : 1), 0) / length;
      assert.ok(Math.abs(kept - 0.5) < 5 * Math.sqrt(0.25 / length), `${kept} of the voxels are left`);
    }
  });
  assert.deepEqual([...half.inputs.masked.data], masked);
});

test('without masks the puzzle is that of the plain cube: the same orders, turns, gaps and voxels', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { inputs, factors, context } = sampled({ masking: 0, gap: 2, jitter: 2 }, seed);
    const { masking: _, ...shared } = context.options as Record<string, unknown>;
    const plain = { ...context, options: rubiksCube.options.parse(shared) };
    const { inputs: cubes, factors: drawn } = rubiksCube.sample(view(seed % 3), new Random(seed), plain);
    for (const [name, array] of Object.entries(cubes)) assert.deepEqual(inputs[name], array, name);
    for (const [name, value] of Object.entries(drawn)) assert.deepEqual(factors[name], value, name);
  }
});

test('every cube is masked in half of all puzzles, independently of the others', () => {
  const counts = new Uint32Array(8);
  const options = { side: 4, depth: 2 };
  const context = contextOf(options);
  let pairs = 0;
  for (let seed = 0; seed < 600; seed++) {
    const masked = sampled(options, seed, context).factors.masked as number[];
    masked.forEach((bit, place) => {
      counts[place] += bit;
    });
    pairs += masked[0] * masked[7];
  }
  const deviation = Math.sqrt(600 * 0.25);
  for (const count of counts) assert.ok(Math.abs(count - 300) < 4 * deviation, `${counts}`);
  assert.ok(Math.abs(pairs - 150) < 4 * Math.sqrt(600 * (3 / 16)));
});

test('a drawing names the masked cubes; volumes that are too thin are refused', () => {
  const { inputs, factors, context } = sampled({}, 5);
  const { answer, rows } = rubiksCubePlus.draw({ inputs, factors }, context, { view: view(2) });
  assert.match(answer, /cube \d masked/);
  const masked = (factors.masked as number[]).filter((bit) => bit === 1).length;
  assert.equal(rows[1][0].outlines?.filter(({ text }) => text?.endsWith(' m')).length, masked);
  const thin = pictureItem('volume', 'thin', { frames: 20 });
  assert.equal(rubiksCubePlus.refuses(thin, context.options), '20 slices are fewer than the 24 that are cut');
});
