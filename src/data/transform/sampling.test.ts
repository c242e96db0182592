import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { framesAtRate } from '../clip-rate.ts';
import { intensityRange, scaleIntensity } from './intensity.ts';
import { resample } from './resample.ts';
import { boxOfOutline, maskOutline, sectorCrop } from './sector-crop.ts';

test('black and white by window, percentile (as NumPy) and z-score', () => {
  const values = Int16Array.from({ length: 101 }, (_, i) => 10 * i);
  assert.deepEqual(intensityRange(values, { by: 'window', centre: -600, width: 1500 }), [-1350, 150]);
  assert.deepEqual(intensityRange(values, { by: 'percentile', low: 2.5, high: 99 }), [25, 990]);
  const [black, white] = intensityRange(values, { by: 'z-score', deviations: 2 });
  // numpy.arange(0, 1001, 10): mean 500, std 291.5475947422649
  assert.ok(Math.abs(black - (500 - 583.0951894845299)) < 1e-3 && Math.abs(white - (500 + 583.0951894845299)) < 1e-3);
  assert.deepEqual(intensityRange(values, { by: 'percentile', low: 0, high: 100 }, 495), [500, 1000]);
  assert.deepEqual(intensityRange(new Uint8Array(4), { by: 'percentile', low: 0, high: 100 }), [0, 1]);
  assert.throws(() => intensityRange(values, { by: 'percentile', low: 9, high: 3 }), { code: 'usage' });
  const { data } = scaleIntensity({ data: values, shape: [1, 1, 101, 1] }, [100, 900]);
  assert.deepEqual([data[0], data[10], data[50], data[90], data[100]], [0, 0, 0.5, 1, 1]);
});

test('resampling keeps the extent and constants, and a ramp stays a ramp', () => {
  const axis = fc.integer({ min: 1, max: 7 });
  const spacing = fc.double({ min: 0.3, max: 4, noNaN: true });
  fc.assert(
    fc.property(
      fc.tuple(axis, axis, axis),
      fc.tuple(spacing, spacing, spacing),
      fc.tuple(spacing, spacing, spacing),
      (size, from, to) => {
        const flat = { data: new Float32Array(size[0] * size[1] * size[2]).fill(0.5), shape: [...size, 1] as const };
        const { pixels, spacingMm } = resample(flat, from, to);
        assert.ok(pixels.data.every((value) => Math.abs(value - 0.5) < 1e-6));
        size.forEach((length, i) => {
          assert.ok(Math.abs(pixels.shape[i] * spacingMm[i] - length * from[i]) < 1e-9);
        });
      },
    ),
  );
  const ramp = { data: Float32Array.from({ length: 8 }, (_, i) => i), shape: [8, 1, 1, 1] as const };
  assert.deepEqual([...resample(ramp, [1, 1, 1], [2, 1, 1]).pixels.data], [0.5, 2.5, 4.5, 6.5]);
  assert.throws(() => resample(ramp, [0, 1, 1], [1, 1, 1]), { code: 'usage' });
});

test('outside the outline is black, inside nothing changes', () => {
  const frames = { data: new Uint8Array(2 * 6 * 8).fill(9), shape: [2, 6, 8, 1] as const };
  const outline = [
    [2, 1],
    [6, 1],
    [6, 5],
    [2, 5],
  ] as const;
  assert.deepEqual(boxOfOutline(outline, 6, 8), { x: 2, y: 1, width: 4, height: 4 });
  const masked = maskOutline(frames, outline, [{ x: 2, y: 1, width: 1, height: 1 }]);
  assert.equal(masked.data.filter((value) => value === 9).length, 2 * 15);
  assert.deepEqual(sectorCrop(frames, outline), { data: new Uint8Array(32).fill(9), shape: [2, 4, 4, 1] });
});

test('clips at a rate take the same seconds whatever they were recorded at', () => {
  assert.deepEqual([...framesAtRate({ frames: 10, frameRateHz: 20 }, 5)], [0, 4, 8]);
  assert.deepEqual([...framesAtRate({ frames: 26, frameRateHz: 50 }, 10)], [0, 5, 10, 15, 20, 25]);
  assert.deepEqual([...framesAtRate({ frames: 7, frameRateHz: 30 }, 25)], [0, 1, 2, 4, 5, 6]);
  // A frame rate that varies: what counts is when each frame was taken.
  const uneven = { frames: 6, frameRateHz: 6, frameTimesS: [0, 0.1, 0.2, 0.3, 0.8, 1] };
  assert.deepEqual([...framesAtRate(uneven, 4)], [0, 3, 3, 4, 5]);
  assert.throws(() => framesAtRate({ frames: 20, frameRateHz: 10 }, 25), { code: 'data/unsuitable', message: /10 Hz/ });
  assert.throws(() => framesAtRate({ frames: 20 }, 25), { code: 'data/unsuitable' });
});

test('frames at a rate follow each other and lie within half a step of the time wanted', () => {
  const clip = fc.record({
    frames: fc.integer({ min: 1, max: 200 }),
    frameRateHz: fc.double({ min: 5, max: 100, noNaN: true }),
    share: fc.double({ min: 0.05, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(clip, ({ frames, frameRateHz, share }) => {
      const rate = share * frameRateHz;
      const chosen = framesAtRate({ frames, frameRateHz }, rate);
      chosen.forEach((frame, i) => {
        assert.ok(frame < frames && (i === 0 || frame >= chosen[i - 1]));
        assert.ok(Math.abs(frame / frameRateHz - i / rate) <= 0.5 / frameRateHz + 1e-6);
      });
      assert.ok((frames - 1) / frameRateHz - (chosen.length - 1) / rate < 1 / rate + 1e-6);
    }),
  );
});
