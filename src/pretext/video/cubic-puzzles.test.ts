import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { cellOrders, cutTuple, drawTuple, type TupleKind } from '../space-time-cells.ts';
import { cubicPuzzles } from './cubic-puzzles.ts';

const store = pictureStore('clip', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);
const rules = { tile: 16, gap: 2, jitter: 4, tileFrames: 4, frameGap: 1, frameJitter: 1 };
const kinds: readonly TupleKind[] = ['spatial', 'temporal'];

function sampled(changes: object, seed: number) {
  const options = cubicPuzzles.options.parse({ ...rules, ...changes });
  const context = { options, prepared: undefined, channels: 1 as const };
  return { ...cubicPuzzles.sample(view(seed % 3), new Random(seed), context), context };
}

test('24 orders, all different', () => {
  assert.equal(new Set(cellOrders.map(String)).size, 24);
});

test('cells keep the gap in space and in time, and stay inside the grid', () => {
  const spacing = fc.record({
    gap: fc.integer({ min: 0, max: 6 }),
    jitter: fc.integer({ min: 0, max: 6 }),
    frameGap: fc.integer({ min: 0, max: 4 }),
    frameJitter: fc.integer({ min: 0, max: 4 }),
  });
  fc.assert(
    fc.property(spacing, fc.constantFrom(...kinds), fc.nat(), (drawn, kind, seed) => {
      const chosen = { ...rules, ...drawn };
      const { corners } = drawTuple(kind, chosen, true, new Random(seed));
      const cell = 16 + chosen.gap + chosen.jitter;
      const frames = 4 + chosen.frameGap + chosen.frameJitter;
      for (const [t, y, x] of corners) {
        assert.ok(Math.min(t, y, x) >= 0 && t + 4 <= 4 * frames && Math.max(y, x) + 16 <= 2 * cell);
      }
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < i; j++) {
          const apart = corners[i].map((at, axis) => Math.abs(at - corners[j][axis]) - (axis === 0 ? 4 : 16));
          const kept = kind === 'temporal' ? apart[0] >= chosen.frameGap : Math.max(apart[1], apart[2]) >= chosen.gap;
          assert.ok(kept, `${corners[i]} and ${corners[j]}`);
        }
      }
    }),
  );
});

test('undoing order and turns restores the cells, for both kinds and every order', () => {
  const { data, shape } = view(0).read();
  const whole = { ...rules, tile: 24, gap: 0, jitter: 0, tileFrames: 6, frameGap: 0, frameJitter: 0 };
  const seen = new Set<string>();
  for (let seed = 0; seed < 400; seed++) {
    const kind = kinds[seed % 2];
    const tuple = drawTuple(kind, whole, true, new Random(seed));
    seen.add(`${kind} ${tuple.answer}`);
    cutTuple({ data, shape }, tuple, whole, false).forEach((shown, place) => {
      const cell = cellOrders[tuple.answer][place];
      const [row, column] = kind === 'spatial' ? [cell >> 1, cell & 1] : [tuple.where >> 1, tuple.where & 1];
      const time = kind === 'spatial' ? tuple.where : cell;
      for (const [frame, y, x] of [
        [0, 0, 0],
        [3, 5, 20],
        [5, 23, 11],
      ]) {
        const [atY, atX] = tuple.turned[place] === 1 ? [23 - y, 23 - x] : [y, x];
        const expected = data[((time * 6 + frame) * 48 + row * 24 + y) * 48 + column * 24 + x];
        assert.equal(shown.data[(frame * 24 + atY) * 24 + atX], expected);
      }
    });
  }
  assert.equal(seen.size, 48, 'every order of both kinds is drawn');
});

test('turns are drawn for half the cells, and none where nobody asks', () => {
  const turned = Array.from({ length: 100 }, (_, seed) => sampled({}, seed).factors.turned as number[]).flat();
  const mean = turned.reduce((sum, bit) => sum + bit, 0) / turned.length;
  assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(0.25 / turned.length), `${mean}`);
  const { inputs, factors } = sampled({ rotation: false }, 1);
  assert.ok((factors.turned as number[]).every((bit) => bit === 0));
  assert.deepEqual(Object.keys(inputs), ['cells', 'orders']);
});

test('every cell is standardised by itself, or the clip as a whole', () => {
  const meanOf = (changes: object, cell: number) => {
    const data = (sampled(changes, 2).inputs.cells.data as Float32Array).slice(cell * 1024, (cell + 1) * 1024);
    return data.reduce((sum, value) => sum + value, 0) / data.length;
  };
  for (let cell = 0; cell < 8; cell++) assert.ok(Math.abs(meanOf({}, cell)) < 1e-4);
  assert.ok([0, 1, 2, 3].some((cell) => Math.abs(meanOf({ normalise: 'clip' }, cell)) > 0.2));
});

test('one colour channel stands for all, each as often as the others', () => {
  const options = cubicPuzzles.options.parse(rules);
  const grey = view(0);
  const coloured = {
    ...grey,
    channels: 3,
    read: (window?: object) => {
      const { data, shape } = grey.read(window);
      const rgb = Float32Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)] ** (1 + (i % 3)));
      return { data: rgb, shape: [shape[0], shape[1], shape[2], 3] as const };
    },
  };
  const drawn = new Set<unknown>();
  for (let seed = 0; seed < 20; seed++) {
    const context = { options, prepared: undefined, channels: 3 as const };
    const { inputs, factors } = cubicPuzzles.sample(coloured, new Random(seed), context);
    drawn.add(factors.channel);
    const cell = (inputs.cells.data as Float32Array).slice(0, 3 * 1024);
    for (let i = 0; i < 1024; i++) assert.ok(cell[i] === cell[i + 1024] && cell[i] === cell[i + 2048]);
  }
  assert.deepEqual([...drawn].sort(), [0, 1, 2]);
});

test('recordings too short for the grid are refused in words', () => {
  const refuses = (changes: object) =>
    cubicPuzzles.refuses(pictureItem('clip', 'x', changes), cubicPuzzles.options.parse(rules));
  assert.equal(refuses({ frames: 24 }), undefined);
  assert.equal(refuses({ frames: 23 }), '23 frames are fewer than the 24 of a grid of cells');
  assert.equal(refuses({ width: 20 }), '20×48 pixels are fewer than half the grid of 44×44');
  assert.equal(refuses({ kind: 'volume' }), 'it is not a clip');
});

test('a drawing names the cells of both tuples', () => {
  const { inputs, factors, context } = sampled({}, 5);
  const { rows } = cubicPuzzles.draw({ inputs, factors }, context, { view: view(2) });
  assert.deepEqual(
    rows.map((row) => row.length),
    [1, 4, 4],
  );
  const [spatial] = factors.answers as number[];
  assert.match(rows[1][0].caption, new RegExp(`^spatial: cell ${cellOrders[spatial][0] + 1}`));
});
