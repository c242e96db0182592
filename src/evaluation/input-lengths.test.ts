import assert from 'node:assert/strict';
import test from 'node:test';
import { smallModel } from '../../test/evaluation/small-network.ts';
import { SondeError } from '../base/errors.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { openEncoder } from './encoder.ts';
import { withInputLengths } from './input-lengths.ts';

/** A model as others export them: lengths open, nothing said of itself. */
function foreign(shape: (number | string)[]): OnnxModel {
  const model = smallModel();
  const [input, ...others] = model.graph.inputs;
  return { ...model, metadata: {}, graph: { ...model.graph, inputs: [{ ...input, shape }, ...others] } };
}

const refused = (sentence: RegExp) => (error: unknown) =>
  error instanceof SondeError && error.code === 'usage' && sentence.test(error.message);

test('open lengths are set, and pictures of that size go through', async () => {
  const open = foreign(['N', 1, 'height', 'width']);
  await assert.rejects(openEncoder(open, { threads: 1 }), refused(/does not say how pictures are shown/));
  const encoder = await openEncoder(withInputLengths(open, { size: 24 }), { threads: 1 });
  assert.deepEqual([encoder.presentation.size, encoder.presentation.channels, encoder.fixedBatch], [24, 1, undefined]);
  const outputs = await encoder.encode(new Float32Array(2 * 24 * 24), 2);
  assert.deepEqual(outputs[encoder.taps[0]].shape.slice(0, 1), [2]);
  await encoder.release();
  const grey = withInputLengths(foreign(['N', 'C', 'H', 'W']), { size: 16, channels: 1 });
  assert.deepEqual(grey.graph.inputs[0].shape, ['N', 1, 16, 16]);
  const clip = withInputLengths(foreign(['N', 1, 'T', 'H', 'W']), { size: 16, frames: 8 });
  assert.deepEqual(clip.graph.inputs[0].shape, ['N', 1, 8, 16, 16]);
});

test('nothing asked changes nothing; what is fixed stays', () => {
  const model = foreign(['N', 1, 32, 32]);
  assert.equal(withInputLengths(model, {}), model);
  assert.deepEqual(withInputLengths(model, { size: 32 }).graph.inputs[0].shape, ['N', 1, 32, 32]);
  assert.throws(() => withInputLengths(model, { size: 24 }), refused(/fixed to 32 along axis 2/));
  assert.throws(() => withInputLengths(model, { frames: 8 }), refused(/takes single pictures/));
  const own = smallModel();
  assert.equal(withInputLengths(own, { size: 24 }), own);
});
