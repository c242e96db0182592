import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import type { Presentation } from '../data/transform/presentation.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { trunkById } from '../nn/trunks/index.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../runtime/evaluate.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { encoderInfo } from './encoder-file.ts';
import { encoderProgram } from './model.ts';
import { transferEncoder } from './transfer.ts';

const presentation: Presentation = {
  channels: 1,
  frames: 1,
  stride: 1,
  size: 96,
  mask: 'none',
  intensity: 'standardise',
};
const column = trunkById('cfn');
const learnt = encoderProgram(column, column.options.parse(column.presets.tiny), [1, 1, 20, 20]);
const state = new Map<string, HostArray>(
  learnt.parameters.map(({ name, tensor, initialise }) => [name, initialise(tensor.shape, new Random(name))]),
);
const target = trunkById('caffenet');
const options = target.options.parse({ ...target.presets.tiny, stemStride: 4 });

test('columns of step 2 become a network of step 4 with the same kernels, which is probed like any', async () => {
  const model = transferEncoder({ state, trunk: target, trunkOptions: options, presentation, origin: 'jigsaw' });
  assert.deepEqual(encoderInfo(model)?.presentation, presentation);
  const picture = float32([1, 1, 96, 96], 0);
  new Random('picture').fillNormal(picture.data);
  const { input, output, parameters } = encoderProgram(target, options, picture.shape);
  assert.deepEqual(output.taps.conv1.shape, [1, 24, 24, 24]);
  const [expected] = await evaluate(
    [output.map],
    new Map([[input, picture], ...parameters.map(({ name, tensor }) => [tensor, state.get(name)!] as const)]),
    processor,
  );
  const encoder = await openEncoder(model);
  const encoded = await encoder.encode(picture.data, 1);
  await encoder.release();
  assert.deepEqual(encoded.pool5.shape, [...expected.shape]);
  (encoded.pool5.data as Float32Array).forEach((value, i) => {
    assert.ok(Math.abs(value - Number(expected.data[i])) < 1e-4);
  });
});

test('a network of other kernels is refused by the parameter that differs', () => {
  const other = target.options.parse({ ...target.presets.tiny, stemKernel: 7 });
  assert.throws(
    () => transferEncoder({ state, trunk: target, trunkOptions: other, presentation, origin: 'jigsaw' }),
    /trunk\.conv1\.weight differs[\s\S]*\[24, 1, 7, 7\][\s\S]*\[24, 1, 5, 5\]/,
  );
});
