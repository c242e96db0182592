import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { crop } from '../../data/transform/crop.ts';
import { standardise } from '../../data/transform/layout.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { resize } from '../../data/transform/resize.ts';
import { sampleView } from '../../training/sampling/views.ts';
import type { SampleView } from '../method.ts';
import { rotation3d } from './rotation-3d.ts';

const store = pictureStore('clip', 4);
const view = (item: number) => sampleView(store, item, [0, 1, 2, 3]);
const small = { size: 16, frames: 6, stride: 2 };

function sampled(options: Record<string, unknown>, seed: number) {
  const context = {
    options: rotation3d.options.parse({ ...small, ...options }),
    prepared: undefined,
    channels: 1 as const,
  };
  const { inputs, factors } = rotation3d.sample(view(seed % 4), new Random(seed), context);
  const length = inputs.clips.data.length / 4;
  const clips = [0, 1, 2, 3].map((turn) =>
    (inputs.clips.data as Float32Array).subarray(turn * length, (turn + 1) * length),
  );
  return { clips, factors, context, inputs };
}

const plain = { tilt: 0, mask: 'none' };

test('all frames of a clip are turned alike, pixel by pixel', () => {
  for (let seed = 0; seed < 10; seed++) {
    const { clips } = sampled({}, seed);
    for (let frame = 0; frame < 6; frame++) {
      for (let y = 0; y < 16; y++) {
        for (let x = 0; x < 16; x++) {
          const at = (turn: number, row: number, column: number) => clips[turn][(frame * 16 + row) * 16 + column];
          assert.equal(at(1, y, x), at(0, x, 15 - y));
          assert.equal(at(2, y, x), at(0, 15 - y, 15 - x));
          assert.equal(at(3, y, x), at(0, 15 - x, y));
        }
      }
    }
  }
});

test('without a tilt the factors make the clip again, the same part in every frame', () => {
  const starts = new Set<number>();
  for (let seed = 0; seed < 150; seed++) {
    const { clips, factors } = sampled(plain, seed);
    const { start, cropTop: y, cropLeft: x, cropSide: side } = factors as Record<string, number>;
    starts.add(start);
    const part = crop(view(seed % 4).read({ start, count: 6, stride: 2 }), { y, x, height: side, width: side });
    const resized = resize(part, 16, 16, side >= 16 ? 'area' : 'bilinear');
    assert.deepEqual(clips[0], standardise(factors.mirrored === 1 ? flipHorizontally(resized) : resized).data);
  }
  assert.deepEqual(
    [...starts].sort((a, b) => a - b),
    Array.from({ length: 14 }, (_, start) => start),
    'every start that fits into 24 frames is drawn',
  );
});

test('differences are those of successive frames', () => {
  const { clips, factors } = sampled({ ...plain, input: 'difference', mirror: false }, 1);
  const { start, cropTop: y, cropLeft: x, cropSide: side } = factors as Record<string, number>;
  const part = crop(view(1).read({ start, count: 7, stride: 2 }), { y, x, height: side, width: side });
  const { data } = resize(part, 16, 16, side >= 16 ? 'area' : 'bilinear');
  const less = data.slice(256).map((value, i) => value - data[i]);
  assert.deepEqual(clips[0], standardise({ data: less, shape: [6, 16, 16, 1] }).data);
});

test('a frozen recording is refused where differences are shown, and a frozen stretch gives way to another recording', () => {
  const still: SampleView = {
    ...view(0),
    read: (window) => {
      const count = window?.count ?? 24;
      const { data, shape } = view(0).read({ start: 0, count: 1 });
      const repeated = new Float32Array(count * data.length);
      for (let i = 0; i < count; i++) repeated.set(data, i * data.length);
      return { data: repeated, shape: [count, shape[1], shape[2], shape[3]] as const };
    },
  };
  const optionsOf = (input: string) => rotation3d.options.parse({ ...small, input });
  assert.match(rotation3d.refusesPictures?.(still, optionsOf('difference')) ?? '', /^nothing moves in it/);
  assert.equal(rotation3d.refusesPictures?.(still, optionsOf('intensity')), undefined, 'pictures can be turned');
  assert.equal(rotation3d.refusesPictures?.(view(0), optionsOf('difference')), undefined);
  const context = { options: optionsOf('difference'), prepared: undefined, channels: 1 as const };
  assert.notEqual(rotation3d.sample(still, new Random(1), context).factors.item, 'clip-0');
  const alone: SampleView = { ...still, other: () => alone };
  assert.throws(() => rotation3d.sample(alone, new Random(1), context), /nothing moves in clip-0/);
});

test('the tilt is drawn evenly on both sides, up to its limit', () => {
  const tilts = Array.from({ length: 200 }, (_, seed) => sampled({ size: 8, frames: 2 }, seed).factors.tilt as number);
  assert.ok(tilts.every((tilt) => Math.abs(tilt) <= 10));
  assert.ok(Math.min(...tilts) < -8 && Math.max(...tilts) > 8);
  assert.ok(Math.abs(tilts.reduce((sum, tilt) => sum + tilt, 0) / 200) < 4 * (10 / Math.sqrt(3 * 200)));
});

test('recordings that are too short, too small or no clips are refused in words', () => {
  const refuses = (changes: object, options: object = {}) =>
    rotation3d.refuses(pictureItem('clip', 'x', changes), rotation3d.options.parse({ ...small, ...options }));
  assert.equal(refuses({ frames: 11 }), undefined);
  assert.equal(refuses({ frames: 10 }), '10 frames are fewer than the 11 that 6 frames in steps of 2 span');
  assert.equal(
    refuses({ frames: 12 }, { input: 'difference' }),
    '12 frames are fewer than the 13 that 7 frames in steps of 2 span',
  );
  assert.equal(refuses({ height: 7 }), '48×7 pixels are fewer than half the network input of 16×16');
  assert.equal(refuses({ kind: 'volume' }), 'it is not a clip');
});

test('a drawing shows four clips and the answers', () => {
  const { inputs, factors, context } = sampled({}, 2);
  const answer = [0, 0, 9, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9];
  const { rows } = rotation3d.draw({ inputs, factors }, context, { view: view(2), answer });
  const [[source], panels] = rows;
  assert.equal(source.role, 'source');
  assert.deepEqual(
    panels.map(({ picture }) => picture.shape),
    Array(4).fill([6, 16, 16, 1]),
  );
  assert.equal(panels[0].caption, 'turned by 0°, answered 180°');
  assert.equal(panels[3].caption, 'turned by 270°, answered 270°');
});

test('parts are as large as the options say', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { cropSide } = sampled({ smallestCrop: 0.3, largestCrop: 0.5 }, seed).factors as Record<string, number>;
    assert.ok(cropSide >= 0.29 * 48 && cropSide <= 0.51 * 48, `${cropSide} of 48 pixels`);
  }
});
