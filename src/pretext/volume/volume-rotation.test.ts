import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { crop } from '../../data/transform/crop.ts';
import { standardise } from '../../data/transform/layout.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { halfTurns, maskEllipsoid, quarterTurns, turnName, turnVolume, type VolumeTurn } from '../volume-turn.ts';
import { volumeRotation } from './volume-rotation.ts';

const store = pictureStore('volume', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);

function sampled(options: Record<string, unknown>, seed: number) {
  const context = {
    options: volumeRotation.options.parse({ size: 12, ...options }),
    prepared: undefined,
    channels: 1 as const,
  };
  return { ...volumeRotation.sample(view(seed % 3), new Random(seed), context), context };
}

/** A volume whose voxels are all different. */
const counted = (depth: number, height: number, width: number) => ({
  data: Float32Array.from({ length: depth * height * width }, (_, i) => i),
  shape: [depth, height, width, 1] as const,
});
const axes = [0, 1, 2] as const;
const back = ({ axis, quarters }: VolumeTurn): VolumeTurn => ({
  axis,
  quarters: ((4 - quarters) % 4) as 0 | 1 | 2 | 3,
});

test('a turn and the turn back restore every voxel, and four quarters are none', () => {
  const side = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(side, side, side, fc.constantFrom(...quarterTurns), (depth, height, width, turn) => {
      const volume = counted(depth, height, width);
      assert.deepEqual(turnVolume(turnVolume(volume, turn), back(turn)), volume);
      const quarter = { axis: turn.axis, quarters: 1 } as const;
      const four = [1, 2, 3, 4].reduce((at) => turnVolume(at, quarter), volume as ReturnType<typeof turnVolume>);
      assert.deepEqual(four, volume);
      const twice = turnVolume(turnVolume(volume, quarter), quarter);
      assert.deepEqual(twice, turnVolume(volume, { axis: turn.axis, quarters: 2 }));
    }),
  );
});

test('a turn leaves its axis alone and keeps right-handed volumes right-handed', () => {
  const volume = counted(3, 3, 3);
  /** Where the voxels one step from the middle along slices, rows and columns go. */
  const columns = (turn: VolumeTurn) => {
    const { data } = turnVolume(volume, turn);
    return [13 + 9, 13 + 3, 13 + 1].map((voxel) => {
      const at = data.indexOf(voxel);
      return [Math.floor(at / 9) - 1, (Math.floor(at / 3) % 3) - 1, (at % 3) - 1];
    });
  };
  for (const turn of quarterTurns) {
    const [a, b, c] = columns(turn);
    const determinant =
      a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
    assert.equal(determinant, 1, turnName(turn));
    const axis = [0, 0, 0];
    axis[turn.axis] = 1;
    assert.deepEqual(columns(turn)[turn.axis], axis);
  }
  assert.equal(new Set(quarterTurns.map((turn) => String(columns(turn)))).size, 10, 'ten different turns');
  assert.deepEqual(
    halfTurns.map(({ quarters }) => quarters),
    [0, 2, 2, 2],
  );
});

test('the ball is the same after every turn, and is inscribed', () => {
  const ball = maskEllipsoid({ data: new Float32Array(1000).fill(1), shape: [10, 10, 10, 1] });
  for (const turn of quarterTurns) assert.deepEqual(turnVolume(ball, turn), ball);
  const share = ball.data.reduce((sum, value) => sum + value, 0) / 1000;
  assert.ok(Math.abs(share - Math.PI / 6) < 0.05, `${share}`);
  for (const face of [0, 9, 90, 99, 900, 999]) assert.equal(ball.data[face], 0);
  const flat = maskEllipsoid({ data: new Float32Array(4 * 100).fill(1), shape: [4, 10, 10, 1] });
  for (const axis of axes) assert.deepEqual(turnVolume(flat, { axis, quarters: 2 }), flat);
});

test('turned back, a sample is the standardised part that its factors name', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { inputs, factors } = sampled({ mask: 'none' }, seed);
    const { slice, top, left } = factors as Record<string, number>;
    const read = view(seed % 3).read({ start: slice, count: 12 });
    const part = standardise(crop(read, { y: top, x: left, height: 12, width: 12 }));
    const [answer] = factors.turns as number[];
    assert.deepEqual(inputs.turns.data, BigInt64Array.of(BigInt(answer)));
    const shown = { data: inputs.volumes.data as Float32Array, shape: [12, 12, 12, 1] as const };
    assert.deepEqual(turnVolume(shown, back(quarterTurns[answer])), part);
    assert.deepEqual(factors.axes, [quarterTurns[answer].axis]);
    assert.deepEqual(factors.degrees, [90 * quarterTurns[answer].quarters]);
  }
});

test('every turn in one batch, or only half turns with fewer slices than rows', () => {
  const all = sampled({ show: 'every' }, 1);
  assert.deepEqual(all.inputs.volumes.shape, [10, 1, 12, 12, 12]);
  assert.deepEqual([...(all.inputs.turns.data as BigInt64Array)].map(Number), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const thin = sampled({ turns: 'half', depth: 5 }, 1);
  assert.deepEqual(thin.inputs.volumes.shape, [1, 1, 5, 12, 12]);
  assert.equal(volumeRotation.chance(thin.context.options).accuracy, 1 / 4);
  const message = volumeRotation.options.safeParse({ size: 12, depth: 5 }).error?.issues[0].message;
  assert.equal(message, '0 or the same as size, unless turns=half');
});

test('thick slices, thin volumes and what is no volume are refused in words', () => {
  const refuses = (changes: object, options: object = {}) =>
    volumeRotation.refuses(pictureItem('volume', 'x', changes), volumeRotation.options.parse(options));
  assert.equal(refuses({}), undefined);
  assert.equal(refuses({ frames: 23 }), '23 slices are fewer than the 24 that are cut');
  assert.equal(refuses({ kind: 'image' }), 'it is not a volume');
  const thick = { spacingMm: [5, 0.75, 0.75] as const };
  assert.equal(
    refuses(thick),
    'its voxels measure 5 × 0.75 × 0.75 mm, so that a quarter turn shows which side is long: ask turns=half',
  );
  assert.equal(refuses(thick, { turns: 'half' }), undefined);
  assert.equal(refuses({ spacingMm: [1.05, 1, 1] }), undefined);
  assert.equal(refuses({ spacingMm: [0, 1, 1] }), undefined, 'unknown slices');
});

test('a drawing shows three planes of the turned part and what was answered', () => {
  const { inputs, factors, context } = sampled({}, 3);
  const answer = quarterTurns.map((_, i) => (i === 7 ? 1 : 0));
  const { rows } = volumeRotation.draw({ inputs, factors }, context, { view: view(0), answer });
  const [source, turned] = rows[0];
  assert.equal(source.outlines?.[0].width, 12);
  assert.equal(turned.outlines?.length, 3);
  assert.match(turned.caption, /, answered 90° about the column axis$/);
  const every = sampled({ show: 'every' }, 3);
  assert.equal(volumeRotation.draw(every, every.context, { view: view(0) }).rows.flat().length, 11);
});
