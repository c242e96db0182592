import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { motionSeries } from '../../data/motion/motion-series.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { fiveFrames, fourFrameOrders, oddOneOut, sorting, verification } from '../frame-tuples.ts';
import type { SampleView } from '../method.ts';
import { shuffleAndLearn } from './shuffle-and-learn.ts';

const store = pictureStore('clip', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);
const small = {
  size: 16,
  tauMax: 6,
  tauMin: 3,
  motionSide: 24,
  leastDifference: 0,
  smallestCrop: 1,
  gamma: 1,
  mirror: false,
};

function contextOf(changes: object, views: readonly SampleView[] = [view(0), view(1), view(2)]) {
  const options = shuffleAndLearn.options.parse({ ...small, ...changes });
  const prepared = shuffleAndLearn.prepare?.(views, options, new Random(0));
  return { options, prepared, channels: 1 as const };
}

test('five frames keep their distances; the middle one lies anywhere between', () => {
  const middles = new Set<number>();
  for (let seed = 0; seed < 100; seed++) {
    const [a, b, c, d, e] = fiveFrames(10, { tauMax: 6, tauMin: 3 }, new Random(seed));
    assert.deepEqual([a, b, d, e], [10, 13, 19, 22]);
    middles.add(c);
  }
  assert.deepEqual([...middles].sort(), [14, 15, 16, 17, 18]);
});

test('wrong triples differ from the right one in the middle alone, and each of the four occurs', () => {
  const five = [0, 3, 5, 9, 12] as const;
  const seen = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const [right, ...wrong] = verification(five, 3, true, new Random(seed));
    assert.equal(right.answer, 1);
    assert.ok(['3,5,9', '9,5,3'].includes(right.elements.flat().join()));
    seen.add(right.elements.flat().join());
    assert.equal(new Set(wrong.map(({ elements }) => elements.flat().join())).size, 3);
    for (const { elements, answer } of wrong) {
      const [first, middle, last] = elements.flat();
      assert.equal(answer, 0);
      assert.deepEqual([first, last].sort(), [3, 9]);
      assert.ok(middle === 0 || middle === 12);
      seen.add(elements.flat().join());
    }
  }
  assert.equal(seen.size, 6, 'two right and four wrong triples');
});

test('with other ends allowed, wrong triples are still out of order both ways', () => {
  for (let seed = 0; seed < 50; seed++) {
    for (const { elements, answer } of verification([0, 3, 5, 9, 12], 4, false, new Random(seed))) {
      const [first, middle, last] = elements.flat();
      assert.equal((first < middle && middle < last) || (first > middle && middle > last), answer === 1);
    }
  }
});

test('sorting: twelve orders, none the reverse of another; undoing the answer restores the order of time', () => {
  assert.equal(fourFrameOrders.length, 12);
  const text = new Set(fourFrameOrders.map(String));
  assert.ok(fourFrameOrders.every((order) => !text.has(String([...order].reverse()))));
  for (let seed = 0; seed < 100; seed++) {
    const [{ elements, answer }] = sorting([0, 3, 5, 12, 15], new Random(seed));
    const shown = elements.flat();
    const forwards = shown[0] < shown[3] ? shown : [...shown].reverse();
    const restored: number[] = [];
    fourFrameOrders[answer].forEach((place, i) => {
      restored[place] = forwards[i];
    });
    assert.deepEqual(restored, [3, 6, 9, 12]);
  }
});

test('odd one out: five stretches run forwards and one neither forwards nor backwards, all within the window', () => {
  for (let seed = 0; seed < 100; seed++) {
    const [{ elements, answer }] = oddOneOut(7, 15, new Random(seed));
    elements.forEach((frames, stretch) => {
      const steps = frames.slice(1).map((frame, i) => Math.sign(frame - frames[i]));
      assert.equal(new Set(steps).size, stretch === answer ? 2 : 1);
      if (stretch !== answer) assert.ok(steps.every((step) => step === 1));
      assert.ok(frames.every((frame) => frame >= 7 && frame < 22));
    });
  }
});

test('frames shown are those of the factors, cropped and standardised alike', () => {
  const context = contextOf({});
  const { inputs, factors } = shuffleAndLearn.sample(view(1), new Random(4), context);
  assert.deepEqual(inputs.frames.shape, [4, 3, 1, 16, 16]);
  assert.deepEqual([...(inputs.order.data as BigInt64Array)], [1n, 0n, 0n, 0n]);
  const shown = factors.shown as number[];
  const data = inputs.frames.data as Float32Array;
  const frameOf = (i: number) => data.slice(i * 256, (i + 1) * 256);
  for (let i = 0; i < shown.length; i++) {
    for (let j = 0; j < i; j++) {
      const same = frameOf(i).every((value, at) => value === frameOf(j)[at]);
      assert.equal(same, shown[i] === shown[j], `frames ${shown[i]} and ${shown[j]}`);
    }
    const mean = frameOf(i).reduce((sum, value) => sum + value, 0) / 256;
    assert.ok(Math.abs(mean) < 1e-4, 'brightness that drifts is gone');
  }
});

/** A recording that stands still but for frames 12 to 17. */
function partlyStill(item: number, moving: readonly [number, number]): SampleView {
  const base = view(item);
  return {
    ...base,
    read: (window) => {
      const start = window?.start ?? 0;
      const count = window?.count ?? 24;
      const frames = Array.from({ length: count }, (_, i) => {
        const frame = start + i * (window?.stride ?? 1);
        return base.read({ start: Math.min(Math.max(frame, moving[0]), moving[1]), count: 1 }).data;
      });
      const data = new Float32Array(frames.flatMap((frame) => [...frame]));
      return { data, shape: [count, 48, 48, 1] as const };
    },
  };
}

test('windows follow the movement, which is measured for recordings that training has not seen', () => {
  const partly = partlyStill(0, [14, 20]);
  const starts = (weighting: string) => {
    const context = contextOf({ weighting }, [view(1)]);
    return Array.from(
      { length: 40 },
      (_, seed) => shuffleAndLearn.sample(partly, new Random(seed), context).factors.start as number,
    );
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const motion = motionSeries(partly.read(), 24);
  assert.ok(motion.slice(1, 15).every((value) => value === 0) && motion[16] > 0);
  assert.ok(
    starts('motion').every((start) => start + 12 >= 15),
    'no window in the still part',
  );
  assert.ok(starts('uniform').some((start) => start + 12 < 15));
  assert.ok(mean(starts('motion')) > mean(starts('uniform')) + 1);
});

test('a frozen recording gives way to another; where there is none, the sampler says why', () => {
  const frozen = partlyStill(0, [5, 5]);
  const { factors } = shuffleAndLearn.sample(frozen, new Random(0), contextOf({}, [view(1), view(2)]));
  assert.notEqual(factors.item, 'clip-0');
  const alone: SampleView = { ...frozen, other: () => alone };
  assert.throws(() => shuffleAndLearn.sample(alone, new Random(0), contextOf({}, [])), /nothing moves in clip-0/);
});

test('without movement right and wrong triples are the same pictures: no better than guessing', () => {
  const context = contextOf({ weighting: 'uniform' });
  const { inputs } = shuffleAndLearn.sample(partlyStill(0, [5, 5]), new Random(0), context);
  const data = inputs.frames.data as Float32Array;
  for (let i = 256; i < data.length; i++) assert.equal(data[i], data[i - 256]);
});

test('where movement repeats, a question stays within half a period, unless that is not wanted', () => {
  const beating = Array.from({ length: view(1).frames }, (_, frame) => (frame % 6 < 2 ? 0.5 : 0.2));
  const even = Array.from({ length: view(1).frames }, () => 0.3);
  const triples = (changes: object, table: object = { motion: { 'clip-1': beating } }) => {
    const context = { ...contextOf({ tauMax: 6, tauMin: 2, ...changes }), prepared: table };
    return Array.from({ length: 20 }, (_, seed) => {
      const [a, b, , d, e] = shuffleAndLearn.sample(view(1), new Random(seed), context).factors.fiveFrames as number[];
      return [b - a, d - b, e - d].join();
    });
  };
  assert.deepEqual([...new Set(triples({}))], ['2,2,2']);
  assert.deepEqual([...new Set(triples({ withinPeriod: false }))], ['2,6,2']);
  const kept = { motion: { 'clip-1': even }, periods: { 'clip-1': 8 } };
  assert.deepEqual([...new Set(triples({}, kept))], ['2,3,2'], 'the period that was measured before training');
  assert.deepEqual([...new Set(triples({}, { ...kept, periods: {} }))], ['2,6,2'], 'none was found');
});

test('middle frames that resemble the wrong ones are not shown', () => {
  const limit = 2e-4;
  for (let seed = 0; seed < 20; seed++) {
    const { factors } = shuffleAndLearn.sample(view(seed % 3), new Random(seed), contextOf({ leastDifference: limit }));
    assert.ok((factors.difference as number) >= limit);
  }
});

test('recordings that are too short are refused in words', () => {
  const refuses = (changes: object) =>
    shuffleAndLearn.refuses(pictureItem('clip', 'x', changes), shuffleAndLearn.options.parse(small));
  assert.equal(refuses({ frames: 13 }), undefined);
  assert.equal(refuses({ frames: 12 }), '12 frames are fewer than the 13 from which triples are drawn');
  assert.equal(refuses({ kind: 'image' }), 'it is not a clip');
});
