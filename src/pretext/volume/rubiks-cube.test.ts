import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { cutCube, flipDepth, normaliseCube } from '../cube-grid.ts';
import { type Turn, turned } from '../rubik-puzzle.ts';
import { rubiksCube } from './rubiks-cube.ts';

const store = pictureStore('volume', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);

function contextOf(options: Record<string, unknown> = {}) {
  const chosen = rubiksCube.options.parse(options);
  return { options: chosen, prepared: rubiksCube.prepare?.([], chosen, new Random(0)), channels: 1 as const };
}
const orders = (context: ReturnType<typeof contextOf>) => (context.prepared as { orders: number[][] }).orders;

/** A cube whose voxels are all different. */
const counted = (depth: number, height: number, width: number) => ({
  data: Float32Array.from({ length: depth * height * width }, (_, i) => i),
  shape: [depth, height, width, 1] as const,
});

test('turns by 180 degrees are involutions, differ from each other, and run the two axes backwards', () => {
  const cube = counted(2, 3, 4);
  for (const turn of [1, 2] as Turn[]) {
    assert.notDeepEqual(turned(cube, turn).data, cube.data);
    assert.deepEqual(turned(turned(cube, turn), turn), cube);
  }
  const at = (from: typeof cube, z: number, y: number, x: number) => from.data[(z * 3 + y) * 4 + x];
  for (let i = 0; i < 24; i++) {
    const [z, y, x] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4];
    assert.equal(at(turned(cube, 1) as typeof cube, z, y, x), at(cube, 1 - z, 2 - y, x), 'about the columns');
    assert.equal(at(turned(cube, 2) as typeof cube, z, y, x), at(cube, z, 2 - y, 3 - x), 'about the slices');
  }
  assert.deepEqual(flipDepth(flipDepth(cube)), cube);
});

test('without gap and jitter the cubes tile the volume: every voxel is in one, and only one', () => {
  const context = contextOf({ side: 24, depth: 12, gap: 0, jitter: 0, rotation: 'none', normalise: 'volume' });
  const { inputs, factors } = rubiksCube.sample(view(0), new Random(4), context);
  const whole = view(0).read();
  const seen = new Uint8Array(whole.data.length);
  const order = orders(context)[factors.order as number];
  const [slices, tops, lefts] = ['Slices', 'Tops', 'Lefts'].map((name) => factors[`cube${name}`] as number[]);
  const length = inputs.cubes.data.length / 8;
  order.forEach((tile, place) => {
    for (let i = 0; i < length; i++) {
      const [z, y, x] = [
        Math.floor(i / 576) + slices[tile],
        (Math.floor(i / 24) % 24) + tops[tile],
        (i % 24) + lefts[tile],
      ];
      const voxel =
        ((z + (factors.slice as number)) * 48 + y + (factors.top as number)) * 48 + x + (factors.left as number);
      seen[voxel]++;
      assert.equal(inputs.cubes.data[place * length + i], Math.fround(2 * whole.data[voxel] - 1));
    }
  });
  assert.ok(seen.every((times) => times === 1));
});

test('neighbouring cubes never come nearer than the gap, and jitter moves each by itself', () => {
  const context = contextOf({ gap: 2, jitter: 2 });
  const distances = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const { factors } = rubiksCube.sample(view(seed % 3), new Random(seed), context);
    const [slices, tops, lefts] = ['Slices', 'Tops', 'Lefts'].map((name) => factors[`cube${name}`] as number[]);
    for (let cube = 0; cube < 8; cube++) {
      if (cube < 4) assert.ok(slices[cube + 4] - slices[cube] - 8 >= 2);
      if (cube % 4 < 2) assert.ok(tops[cube + 2] - tops[cube] - 12 >= 2);
      if (cube % 2 === 0) {
        const distance = lefts[cube + 1] - lefts[cube] - 12;
        assert.ok(distance >= 2);
        distances.add(distance);
      }
    }
  }
  assert.deepEqual(
    [...distances].sort((a, b) => a - b),
    [2, 3, 4, 5, 6],
  );
});

test('every order and every turn of every cube is drawn, the last ones too', () => {
  const context = contextOf({ side: 4, depth: 2, gap: 0, jitter: 0 });
  const drawnOrders = new Uint32Array(50);
  const drawnTurns = Array.from({ length: 8 }, () => [0, 0, 0]);
  for (let seed = 0; seed < 3000; seed++) {
    const { factors } = rubiksCube.sample(view(seed % 3), new Random(seed), context);
    drawnOrders[factors.order as number]++;
    for (const [place, turn] of (factors.turns as number[]).entries()) drawnTurns[place][turn]++;
  }
  assert.ok(drawnOrders.every((count) => count > 20));
  assert.ok(drawnTurns.flat().every((count) => Math.abs(count - 1000) < 5 * Math.sqrt(3000 * (2 / 9))));
});

test('order and turns undone give the cubes as they lay', () => {
  const context = contextOf();
  const { inputs, factors } = rubiksCube.sample(view(1), new Random(9), context);
  const whole = view(1).read();
  const order = orders(context)[factors.order as number];
  const [slices, tops, lefts] = ['Slices', 'Tops', 'Lefts'].map((name) => factors[`cube${name}`] as number[]);
  const length = inputs.cubes.data.length / 8;
  order.forEach((tile, place) => {
    const data = (inputs.cubes.data as Float32Array).slice(place * length, (place + 1) * length);
    const back = turned({ data, shape: [8, 12, 12, 1] }, (factors.turns as Turn[])[place]);
    const corner = [
      slices[tile] + (factors.slice as number),
      tops[tile] + (factors.top as number),
      lefts[tile] + (factors.left as number),
    ];
    assert.deepEqual(back.data, normaliseCube(cutCube(whole, corner, [8, 12, 12])).data);
    assert.equal(Math.min(...data), -1);
    assert.equal(Math.max(...data), 1);
  });
});

test('a part without tissue is drawn again', () => {
  const corner = {
    ...view(0),
    read: (window?: { start?: number; count?: number }) => {
      const read = view(0).read(window);
      const first = window?.start ?? 0;
      return { ...read, data: read.data.map((value, i) => (first + Math.floor(i / 2304) < 12 ? 0 : value)) };
    },
  };
  const share = (foreground: number) => {
    const context = contextOf({ side: 8, depth: 4, gap: 0, jitter: 0, foreground, air: 0 });
    const shares = Array.from(
      { length: 60 },
      (_, seed) => rubiksCube.sample(corner, new Random(seed), context).factors.foreground as number,
    );
    return Math.min(...shares);
  };
  assert.ok(share(0.5) >= 0.5);
  assert.ok(share(0) < 0.2, 'without a limit empty parts are used');
});

test('volumes thinner than the grid, and what is no volume, are refused in words', () => {
  const refuses = (changes: object) => rubiksCube.refuses(pictureItem('volume', 'x', changes), contextOf().options);
  assert.equal(refuses({}), undefined);
  assert.equal(refuses({ frames: 23 }), '23 slices are fewer than the 24 that are cut');
  assert.equal(refuses({ width: 31 }), '31×48 pixels are fewer than the 32×32 that are cut');
  assert.equal(refuses({ kind: 'clip' }), 'it is not a volume');
});

test('a drawing outlines the cubes in the volume and shows what was answered', () => {
  const context = contextOf();
  const sample = rubiksCube.sample(view(2), new Random(3), context);
  const answer = orders(context).map((_, order) => (order === 49 ? 1 : 0));
  const { rows, answer: right } = rubiksCube.draw(sample, context, { view: view(2), answer });
  assert.deepEqual(
    rows[0].map(({ outlines }) => outlines?.map(({ text }) => text)),
    [
      ['1', '2', '3', '4'],
      ['5', '6', '7', '8'],
    ],
  );
  assert.match(
    rows[1][0].caption,
    new RegExp(
      `answered ${orders(context)[49]
        .map((tile) => tile + 1)
        .join(' ')}$`,
    ),
  );
  assert.match(right, /^cubes [\d ]+, number \d+ of 50 orders/);
});
