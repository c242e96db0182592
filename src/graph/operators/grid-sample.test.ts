import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator, type Draw } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { constant, placeholder } from '../index.ts';
import { gridSample } from './grid-sample.ts';

const normal: Draw = (random) => random.normal();
/** Inside and outside, rarely at a kink. */
const places: Draw = (random) => random.uniform(-1.6, 1.6);

for (const outside of ['zeros', 'border', 'reflection'] as const) {
  for (const alignCorners of [false, true]) {
    for (const mode of ['linear', 'nearest', 'cubic'] as const) {
      test(`pictures: ${mode}, ${outside} outside, corners ${alignCorners ? 'aligned' : 'not aligned'}`, () =>
        checkOperator(
          ([x, grid]) => gridSample(x, grid, { mode, outside, alignCorners }),
          [
            [2, 3, 4, 5],
            [2, 3, 2, 2],
          ],
          { draw: [normal, places], seed: 'places' },
        ));
    }
    test(`volumes: ${outside} outside, corners ${alignCorners ? 'aligned' : 'not aligned'}`, async () => {
      for (const mode of ['linear', 'nearest'] as const) {
        await checkOperator(
          ([x, grid]) => gridSample(x, grid, { mode, outside, alignCorners }),
          [
            [1, 2, 3, 4, 2],
            [1, 2, 2, 3, 3],
          ],
          { draw: [normal, places], seed: 'volume' },
        );
      }
    });
  }
}

test('the grid of an identity gives the volume back, one of a shift the shifted volume', async () => {
  const shape = [1, 1, 2, 3, 4];
  const values = Array.from({ length: 24 }, (_, k) => (k * 7) % 24);
  const grid = (shift: number) =>
    constant(
      float32(
        [1, 2, 3, 4, 3],
        values.flatMap((_, k) => {
          const [d, h, w] = [Math.floor(k / 12), Math.floor(k / 4) % 3, k % 4];
          return [(2 * (w + shift) + 1) / 4 - 1, (2 * h + 1) / 3 - 1, (2 * d + 1) / 2 - 1];
        }),
      ),
    );
  const x = constant(float32(shape, values));
  const [same, shifted] = await evaluate([gridSample(x, grid(0)), gridSample(x, grid(1))], new Map(), processor);
  assert.ok((same.data as Float32Array).every((value, k) => Math.abs(value - values[k]) < 1e-4));
  const expected = values.map((_, k) => (k % 4 === 3 ? 0 : values[k + 1]));
  assert.ok((shifted.data as Float32Array).every((value, k) => Math.abs(value - expected[k]) < 1e-4));
});

test('a grid of the wrong rank is refused, and cubic volumes are', () => {
  const at = (shape: number[]) => placeholder(`${shape}`, 'float32', shape);
  assert.throws(() => gridSample(at([1, 1, 3, 3]), at([1, 2, 2, 3])), { message: /ends in an axis of 2 coordinates/ });
  assert.throws(() => gridSample(at([1, 1, 3, 3, 3]), at([1, 2, 2, 2, 3]), { mode: 'cubic' }), {
    code: 'graph/unsupported',
  });
});
