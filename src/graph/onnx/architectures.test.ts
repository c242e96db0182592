// Networks that PyTorch exported (reference/make_onnx_architectures.py): read, run and differentiated.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { assertClose } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { decodeSafetensors } from '../../tensor/safetensors.ts';
import { gradients } from '../gradient.ts';
import { constant } from '../tensor.ts';
import { decodeModel } from './decode.ts';
import { fromOnnx } from './import.ts';

const folder = join(import.meta.dirname, '../../../test/golden/architectures');
const { tensors } = decodeSafetensors(readFileSync(join(folder, 'values.safetensors')));

for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
  const golden = (key: string) => tensors.get(`${file.split('-')[0]}/${key}`)!;
  test(`${file}: PyTorch's outputs and gradients with respect to the input`, async () => {
    const { inputs, outputs, parameters } = fromOnnx(decodeModel(readFileSync(join(folder, file))), {
      dimensions: { batch: golden('x').shape[0] },
    });
    const [dx] = gradients(outputs.y, [inputs.x], constant(golden('dy')));
    const feeds = new Map([...parameters.values()].map(({ tensor, value }) => [tensor, value]));
    feeds.set(inputs.x, golden('x'));
    const found = await evaluate([outputs.y, dx], feeds, processor, { threads: 1 });
    ['y', 'dx'].forEach((key, i) => {
      assert.deepEqual([...found[i].shape], [...golden(key).shape], `shape of ${key}`);
      assertClose(found[i].data as Float32Array, golden(key).data as Float32Array, 2e-5, key);
    });
  });
}

test('a value in between is tapped, and the gradient with respect to it is what the head makes of it', async () => {
  const model = decodeModel(readFileSync(join(folder, 'ResNet-13.onnx')));
  const { inputs, outputs, parameters, values } = fromOnnx(model, { dimensions: { batch: 2 } });
  const tap = values['/Flatten_output_0'];
  const [slope] = gradients(outputs.y, [tap], constant(tensors.get('ResNet/dy')!));
  const feeds = new Map([...parameters.values()].map(({ tensor, value }) => [tensor, value]));
  feeds.set(inputs.x, tensors.get('ResNet/x')!);
  const [features, found] = await evaluate([tap, slope], feeds, processor, { threads: 1 });
  assert.deepEqual([...features.shape], [2, 12]);
  const [weight, dy] = [parameters.get('head.weight')!.value.data, tensors.get('ResNet/dy')!.data];
  const expected = Array.from({ length: 24 }, (_, i) =>
    [0, 1, 2, 3, 4].reduce(
      (sum, k) => sum + Number(dy[5 * Math.floor(i / 12) + k]) * Number(weight[12 * k + (i % 12)]),
      0,
    ),
  );
  assertClose(found.data as Float32Array, expected, 1e-5, 'gradient of the tap');
});
