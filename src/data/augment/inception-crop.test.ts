import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Random } from '../../base/random.ts';
import { drawInceptionCrop } from './inception-crop.ts';

const options = { smallestArea: 0.05, largestArea: 1, largestAspect: 4 / 3 };

test('parts lie in the picture, in the areas and proportions that are allowed', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 20, max: 200 }),
      fc.integer({ min: 20, max: 200 }),
      (seed, height, width) => {
        const part = drawInceptionCrop(height, width, new Random(seed), options);
        assert.ok(part.y - part.height / 2 >= -1e-9 && part.y + part.height / 2 <= height + 1e-9);
        assert.ok(part.x - part.width / 2 >= -1e-9 && part.x + part.width / 2 <= width + 1e-9);
        const aspect = part.width / part.height;
        assert.ok(aspect >= 3 / 4 - 1e-9 && aspect <= 4 / 3 + 1e-9);
        assert.ok((part.height * part.width) / (height * width) >= 0.05 - 1e-9);
      },
    ),
  );
});

test('areas and proportions fill their ranges', () => {
  const parts = Array.from({ length: 400 }, (_, seed) =>
    drawInceptionCrop(100, 100, new Random(seed), { ...options, largestArea: 0.5 }),
  );
  const range = (values: number[]) => [Math.min(...values), Math.max(...values)];
  const [least, most] = range(parts.map(({ height, width }) => (height * width) / 1e4));
  assert.ok(least < 0.07 && most > 0.48 && most <= 0.5);
  const [flat, tall] = range(parts.map(({ height, width }) => width / height));
  assert.ok(flat < 0.78 && tall > 1.3);
});

test('where nothing fits, the part is as large as it can be', () => {
  const part = drawInceptionCrop(10, 1000, new Random(1), { smallestArea: 1, largestArea: 1, largestAspect: 1 });
  assert.ok(Math.abs(part.height - 10) < 1e-9 && Math.abs(part.width - 10) < 1e-9);
});
