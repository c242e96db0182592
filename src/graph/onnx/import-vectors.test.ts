// Every case of the operator vectors: PyTorch's outputs, and gradients against differences in float64.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { checkReader } from '../../../test/reader-check.ts';
import { decodeModel, decodeTensorFile } from './decode.ts';
import { fedInputs } from './model.ts';

const vectors = join(import.meta.dirname, '../../../../shared/data/onnx-op-vectors/pytorch-converted');
const cases = existsSync(vectors) ? readdirSync(vectors).filter((name) => name.startsWith('test_')) : [];

test('the vectors are there', (t) => {
  if (cases.length === 0) return t.skip('onnx-op-vectors are not beside the project');
  assert.equal(cases.length, 82);
});

for (const name of cases) {
  test(`${name}: PyTorch's outputs, and gradients`, async () => {
    const read = (...parts: string[]) => readFileSync(join(vectors, name, ...parts));
    const array = (file: string) => decodeTensorFile(read('test_data_set_0', file)).array;
    const model = decodeModel(read('model.onnx'));
    const fed = Object.fromEntries(fedInputs(model.graph).map((input, i) => [input.name, array(`input_${i}.pb`)]));
    // Windows of the dilated poolings see thousands of entries, close together.
    const step = name.includes('dilation') ? 1e-9 : 1e-5;
    await checkReader(model, { fed, expected: [array('output_0.pb')], tolerance: 1e-4, step });
  });
}
