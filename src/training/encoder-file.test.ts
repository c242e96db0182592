import assert from 'node:assert/strict';
import test from 'node:test';
import { assertClose } from '../../test/operator-check.ts';
import { Random } from '../base/random.ts';
import { type Presentation, presentationSchema } from '../data/transform/presentation.ts';
import { gradients, reduceSumSquare } from '../graph/index.ts';
import { decodeModel } from '../graph/onnx/decode.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import { fromOnnx } from '../graph/onnx/import.ts';
import type { Tensor } from '../graph/tensor.ts';
import { trunkById } from '../nn/trunks/index.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { createSession } from '../runtime/backends/onnxruntime/session.ts';
import { evaluate } from '../runtime/evaluate.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { encoderInfo, exportEncoder } from './encoder-file.ts';
import { encoderProgram } from './model.ts';

const encoders: Record<string, { options: unknown; presentation: Presentation; input: number[] }> = {
  nin: {
    options: { blocks: 3, width: 0.1 },
    presentation: { channels: 3, frames: 1, stride: 1, size: 16, mask: 'none', intensity: 'unit' },
    input: [2, 3, 16, 16],
  },
  'resnet3d-18': {
    options: { width: 4, stemKernel: 5, shortcut: 'A' },
    presentation: { channels: 1, frames: 8, stride: 2, size: 32, mask: 'circle', intensity: 'standardise' },
    input: [2, 1, 8, 32, 32],
  },
};

for (const [id, { options, presentation, input: shape }] of Object.entries(encoders)) {
  test(`${id} survives the file: its taps, its features and its gradients`, async () => {
    const trunk = trunkById(id);
    const trunkOptions = trunk.options.parse(options);
    const random = new Random(id);
    const original = encoderProgram(trunk, trunkOptions, shape);
    const state = new Map<string, HostArray>();
    for (const { name, tensor, initialise, kind } of original.parameters) {
      const value = initialise(tensor.shape, random.split(name));
      // Statistics that are not those of a network that has seen nothing.
      if (kind === 'buffer') value.data.set(value.data.map((x) => x + random.uniform(0, 0.5)));
      state.set(name, value);
    }
    const model = decodeModel(
      encodeModel(exportEncoder({ trunk, trunkOptions, presentation, state, origin: 'a test' })),
    );
    const { taps, features } = original.output;
    assert.deepEqual(encoderInfo(model), {
      presentation: presentationSchema.parse(presentation),
      taps: Object.keys(taps),
    });
    const imported = fromOnnx(model, { dimensions: { batch: shape[0] } });
    assert.deepEqual(Object.keys(imported.inputs), ['input']);
    const learnt = original.parameters.map(({ name }) => name);
    assert.deepEqual([...imported.parameters.keys()].sort(), learnt.sort());

    const picture = float32(shape, random.fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))));
    const names = [...Object.keys(taps), 'features'];
    const expected = await evaluate(
      [...Object.values(taps), features, ...gradients(reduceSumSquare(features), [original.input])],
      new Map<Tensor, HostArray>([
        [original.input, picture],
        ...original.parameters.map(({ name, tensor }): [Tensor, HostArray] => [tensor, state.get(name)!]),
      ]),
      processor,
    );
    const outputs = names.map((name) => imported.outputs[name]);
    const found = await evaluate(
      [...outputs, ...gradients(reduceSumSquare(imported.outputs.features), [imported.inputs.input])],
      new Map<Tensor, HostArray>([
        [imported.inputs.input, picture],
        ...[...imported.parameters.values()].map(({ tensor, value }): [Tensor, HostArray] => [tensor, value]),
      ]),
      processor,
    );
    found.forEach((array, i) => {
      assert.deepEqual([...array.shape], [...expected[i].shape]);
      assertClose(array.data as Float32Array, expected[i].data as Float32Array, 1e-5, names[i] ?? 'gradient');
    });
    // The file itself, as anybody's runtime reads it.
    const session = await createSession(encodeModel(model), { threads: 1 });
    const fetched = await session.fetch({ input: picture });
    names.forEach((name, i) => {
      assertClose(fetched[name].data as Float32Array, expected[i].data as Float32Array, 1e-5, name);
    });
    await session.release();
  });
}
