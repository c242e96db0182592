import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { cutCube } from '../cube-grid.ts';
import { volumeRelativePosition } from './volume-relative-position.ts';

const store = pictureStore('volume', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);
const small = { side: 4, depth: 3, gap: 1, jitter: 1, foreground: 0 };

function sampled(options: Record<string, unknown>, seed: number) {
  const context = {
    options: volumeRelativePosition.options.parse({ ...small, ...options }),
    prepared: undefined,
    channels: 1 as const,
  };
  return { ...volumeRelativePosition.sample(view(seed % 3), new Random(seed), context), context };
}
const answersOf = ({ inputs }: ReturnType<typeof sampled>) => [...(inputs.positions.data as BigInt64Array)].map(Number);
/** The place in the 3×3×3 grid that an answer names. */
const placeOf = (answer: number) => (answer < 13 ? answer : answer + 1);
const offsets = (place: number) => [Math.floor(place / 9) - 1, (Math.floor(place / 3) % 3) - 1, (place % 3) - 1];

test('cubes are those of the places asked about, the middle first, each cut where its factors say', () => {
  for (let seed = 0; seed < 12; seed++) {
    const { inputs, factors } = sampled({ normalise: 'volume', gamma: 0 }, seed);
    const asked = factors.neighbours as number[];
    assert.equal(new Set(asked).size, 6);
    const whole = view(seed % 3).read();
    const [tops, lefts] = [factors.cubeTops as number[], factors.cubeLefts as number[]];
    const cuts = [13, ...asked.map(placeOf)].map((place) =>
      cutCube(
        whole,
        [
          (factors.cubeSlices as number[])[place] + Number(factors.slice),
          tops[place] + Number(factors.top),
          lefts[place] + Number(factors.left),
        ],
        [3, 4, 4],
      ),
    );
    // Standardising the part is affine and the same for every cube.
    const shown = inputs.cubes.data as Float32Array;
    const raw = cuts.flatMap(({ data }) => [...data]);
    const [low, high] = [raw.indexOf(Math.min(...raw)), raw.indexOf(Math.max(...raw))];
    const slope = (shown[high] - shown[low]) / (raw[high] - raw[low]);
    raw.forEach((value, i) => {
      assert.ok(Math.abs(shown[i] - (shown[low] + slope * (value - raw[low]))) < 1e-4);
    });
  }
});

test('seen from the neighbour the answer is the opposite place', () => {
  for (let seed = 0; seed < 20; seed++) {
    const answers = answersOf(sampled({}, seed));
    assert.equal(answers.length, 12);
    for (let i = 0; i < 6; i++) {
      const [there, here] = [answers[i], answers[i + 6]].map((answer) => offsets(placeOf(answer)));
      assert.deepEqual(
        there,
        here.map((step) => 0 - step),
      );
    }
  }
  assert.equal(answersOf(sampled({ bothOrders: false, neighbours: 1 }, 1)).length, 1);
});

test('no two cubes come nearer than the gap, and each moves by itself on every axis', () => {
  const spacing = fc.record({ gap: fc.integer({ min: 0, max: 3 }), jitter: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(spacing, fc.nat({ max: 1000 }), (drawn, seed) => {
      const { factors } = sampled({ ...drawn, side: 4, depth: 2 }, seed);
      const corners = ['Slices', 'Tops', 'Lefts'].map((name) => factors[`cube${name}`] as number[]);
      for (let a = 0; a < 27; a++) {
        for (let b = 0; b < a; b++) {
          const apart = corners.map((at, axis) => Math.abs(at[a] - at[b]) - [2, 4, 4][axis]);
          assert.ok(Math.max(...apart) >= drawn.gap, `${a} and ${b}: ${apart}`);
        }
      }
    }),
    { numRuns: 50 },
  );
  for (const name of ['Slices', 'Tops', 'Lefts']) {
    const moves = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const at = sampled({ jitter: 2 }, seed).factors[`cube${name}`] as number[];
      moves.add(`${at[0]} ${at[26]}`);
    }
    assert.equal(moves.size, 9, 'three places for each of two cubes');
  }
});

test('all 26 places are asked about equally often', () => {
  const counts = new Uint32Array(26);
  const draws = 1000;
  for (let seed = 0; seed < draws; seed++) {
    for (const position of sampled({ neighbours: 3, side: 4, depth: 2, gap: 0, jitter: 0 }, seed).factors
      .neighbours as number[]) {
      counts[position]++;
    }
  }
  const expected = (3 * draws) / 26;
  for (const count of counts) assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${counts}`);
});

test('each cube is standardised by itself, with a gamma of its own', () => {
  const { inputs, factors } = sampled({}, 4);
  const length = inputs.cubes.data.length / 7;
  for (let cube = 0; cube < 7; cube++) {
    const data = (inputs.cubes.data as Float32Array).slice(cube * length, (cube + 1) * length);
    assert.ok(Math.abs(data.reduce((sum, value) => sum + value, 0) / length) < 1e-4);
  }
  const gammas = factors.gammas as number[];
  assert.equal(new Set(gammas).size, 7);
  assert.ok(gammas.every((gamma) => Math.abs(Math.log(gamma)) <= 0.2));
});

test('volumes thinner than the grid are refused in words; a drawing numbers the cubes asked about', () => {
  const options = volumeRelativePosition.options.parse({});
  const refuses = (changes: object) => volumeRelativePosition.refuses(pictureItem('volume', 'x', changes), options);
  assert.equal(refuses({ frames: 24 }), undefined);
  assert.equal(refuses({ frames: 23 }), '23 slices are fewer than the 24 that are cut');
  assert.equal(refuses({ height: 20 }), '48×20 pixels are fewer than the 33×33 that are cut');
  assert.equal(refuses({ kind: 'clip' }), 'it is not a volume');
  const { inputs, factors, context } = sampled({}, 2);
  const { rows, answer } = volumeRelativePosition.draw({ inputs, factors }, context, { view: view(2) });
  const texts = rows[0].flatMap(({ outlines }) => outlines?.map(({ text }) => text) ?? []);
  assert.deepEqual(texts.sort(), ['1', '2', '3', '4', '5', '6', 'A']);
  assert.match(answer, /^1 .+; 2 .+; 6 .+$/);
});
