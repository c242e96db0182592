import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator, type Draw } from '../../../test/operator-check.ts';
import { gradients, indices, placeholder, reduceSum } from '../index.ts';
import { emit } from '../tensor.ts';
import { roiAlign } from './roi-align.ts';

const normal: Draw = (random) => random.normal();
/** x1, y1, x2, y2 in turn, some reaching beyond the map. */
const corners = (): Draw => {
  let k = 0;
  return (random) => (k++ % 4 < 2 ? random.uniform(-0.7, 3) : random.uniform(4, 8));
};

test('regions of interest: the map and the regions have gradients', async () => {
  const samples = indices([0, 1, 1]);
  for (const options of [
    { size: [2, 3] as const },
    { size: [1, 1] as const, samples: 3 },
    { size: [3, 2] as const, samples: 1, scale: 0.75 },
  ]) {
    await checkOperator(
      ([x, regions]) => roiAlign(x, regions, samples, options),
      [
        [2, 2, 6, 5],
        [3, 4],
      ],
      {
        draw: [normal, corners()],
      },
    );
  }
});

test('the older coordinates, and what has no gradient says so', async () => {
  const attributes = {
    outputHeight: 2,
    outputWidth: 2,
    samplingRatio: 2,
    spatialScale: 1,
    mode: 'avg',
    coordinateTransformationMode: 'output_half_pixel',
  };
  const samples = indices([0, 1]);
  await checkOperator(
    ([x, regions]) => emit('RoiAlign', [x, regions, samples], attributes),
    [
      [2, 1, 6, 5],
      [2, 4],
    ],
    {
      draw: [normal, corners()],
    },
  );
  const x = placeholder('x', 'float32', [2, 1, 6, 5]);
  const regions = placeholder('regions', 'float32', [2, 4]);
  const largest = emit('RoiAlign', [x, regions, samples], { ...attributes, mode: 'max' });
  assert.throws(() => gradients(reduceSum(largest), [x]), { code: 'graph/no-gradient' });
});
