import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { standardise } from '../../data/transform/layout.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { cutCube } from '../cube-grid.ts';
import { inverseOrder, type PermutationSet } from '../permutation-set.ts';
import { volumeJigsaw } from './volume-jigsaw.ts';

const store = pictureStore('volume', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);

function contextOf(changes: Record<string, unknown> = {}) {
  const options = volumeJigsaw.options.parse({ side: 4, depth: 3, gap: 1, jitter: 1, permutations: 10, ...changes });
  const prepared = volumeJigsaw.prepare?.([], options, new Random(0)) as PermutationSet;
  return { options, prepared, channels: 1 as const };
}
const sampled = (context: ReturnType<typeof contextOf>, seed: number) =>
  volumeJigsaw.sample(view(seed % 3), new Random(seed), context);
const cornersOf = (factors: ReturnType<typeof sampled>['factors']) =>
  ['Slices', 'Tops', 'Lefts'].map((name) => factors[`cube${name}`] as number[]);

for (const grid of [2, 3]) {
  test(`${grid ** 3} cubes: the order undone gives the cubes as they lay`, () => {
    const context = contextOf({ grid });
    for (let seed = 0; seed < 6; seed++) {
      const { inputs, factors } = sampled(context, seed);
      const whole = view(seed % 3).read();
      const length = inputs.cubes.data.length / grid ** 3;
      const [slices, tops, lefts] = cornersOf(factors);
      inverseOrder(context.prepared.orders[Number(factors.order)]).forEach((place, cube) => {
        const corner = [
          slices[cube] + Number(factors.slice),
          tops[cube] + Number(factors.top),
          lefts[cube] + Number(factors.left),
        ];
        const shown = (inputs.cubes.data as Float32Array).slice(place * length, (place + 1) * length);
        assert.deepEqual(shown, standardise(cutCube(whole, corner, [3, 4, 4])).data);
      });
    }
  });
}

test('orders of 27 cubes are different permutations, far from each other', () => {
  const { orders, smallestDistance } = contextOf({ grid: 3, permutations: 100 }).prepared;
  assert.equal(new Set(orders.map(String)).size, 100);
  for (const order of orders) assert.equal(new Set(order).size, 27);
  assert.ok(smallestDistance >= 23, `${smallestDistance} of 27 places differ at least`);
  const random = contextOf({ grid: 3, permutations: 100, rule: 'random' }).prepared;
  assert.ok(random.smallestDistance < smallestDistance);
});

test('no two cubes come nearer than the gap, in either grid', () => {
  const drawn = fc.record({
    grid: fc.constantFrom(2, 3),
    gap: fc.integer({ min: 0, max: 3 }),
    jitter: fc.integer({ min: 0, max: 3 }),
  });
  const prepared = new Map([2, 3].map((grid) => [grid, contextOf({ grid }).prepared]));
  fc.assert(
    fc.property(drawn, fc.nat({ max: 1000 }), (chosen, seed) => {
      const options = volumeJigsaw.options.parse({ ...chosen, side: 4, depth: 2, permutations: 10 });
      const context = { options, prepared: prepared.get(chosen.grid)!, channels: 1 as const };
      const corners = cornersOf(sampled(context, seed).factors);
      for (let a = 0; a < chosen.grid ** 3; a++) {
        for (let b = 0; b < a; b++) {
          const apart = corners.map((at, axis) => Math.abs(at[a] - at[b]) - [2, 4, 4][axis]);
          assert.ok(Math.max(...apart) >= chosen.gap, `${a} and ${b}: ${apart}`);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('volumes thinner than the grid are refused in words; a drawing puts the cubes back as answered', () => {
  const refuses = (changes: object, options: object = {}) =>
    volumeJigsaw.refuses(pictureItem('volume', 'x', changes), volumeJigsaw.options.parse(options));
  assert.equal(refuses({}), undefined);
  assert.equal(refuses({ frames: 15 }), '15 slices are fewer than the 16 that are cut');
  assert.equal(refuses({}, { grid: 3 }), undefined);
  assert.equal(refuses({ frames: 20 }, { grid: 3 }), '20 slices are fewer than the 24 that are cut');
  assert.equal(refuses({ kind: 'image' }), 'it is not a volume');
  const context = contextOf();
  const sample = sampled(context, 1);
  const right = context.prepared.orders.map((_, order) => (order === sample.factors.order ? 1 : 0));
  const { rows } = volumeJigsaw.draw(sample, context, { view: view(1), answer: right });
  assert.deepEqual(
    rows.map((row) => row.length),
    [2, 1, 1],
  );
  assert.deepEqual(
    rows[2][0].outlines?.map(({ text }) => text),
    ['1', '2', '3', '4', '5', '6', '7', '8'],
    'put back rightly',
  );
});
