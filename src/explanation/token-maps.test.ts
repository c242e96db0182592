// A transformer that PyTorch exported, made to give its tokens.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Random } from '../base/random.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { decodeModel } from '../graph/onnx/decode.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { withTokenMaps } from './token-maps.ts';

const read = (name: string) =>
  decodeModel(new Uint8Array(readFileSync(new URL(`../../test/golden/architectures/${name}.onnx`, import.meta.url))));

/** The model whose output is the last layer normalisation: `[B, 10, 16]`. */
function givingTokens(model: OnnxModel): OnnxModel {
  const last = model.graph.nodes.findLast(({ operator }) => operator === 'LayerNormalization')!;
  return {
    ...model,
    graph: { ...model.graph, outputs: [{ name: last.outputs[0], dtype: 'float32', shape: ['batch', 10, 16] }] },
  };
}

test('tokens are laid out where they lie in the picture, the class token apart', async () => {
  const tokens = givingTokens(read('ViT-17'));
  const maps = withTokenMaps(tokens);
  const [name] = tokens.graph.outputs.map((output) => output.name);
  assert.deepEqual(
    maps.graph.outputs.map(({ name: own, shape }) => [own, shape?.slice(1)]),
    [
      [`${name}.patches`, [16, 3, 3]],
      [`${name}.class`, [16]],
    ],
  );
  const random = new Random('tokens');
  const data = Float32Array.from({ length: 2 * 3 * 12 * 12 }, () => random.normal());
  const [plain, laid] = [await openEncoder(tokens), await openEncoder(maps)];
  const given = (await plain.encode(data, 2))[name].data;
  const found = await laid.encode(data, 2);
  for (let row = 0; row < 2; row++) {
    for (let width = 0; width < 16; width++) {
      assert.equal(found[`${name}.class`].data[row * 16 + width], given[row * 160 + width]);
      for (let place = 0; place < 9; place++) {
        assert.equal(
          found[`${name}.patches`].data[(row * 16 + width) * 9 + place],
          given[row * 160 + (place + 1) * 16 + width],
        );
      }
    }
  }
  await plain.release();
  await laid.release();
});

test('a model that gives no tokens stays as it is', () => {
  for (const name of ['ViT-17', 'ResNet-13', 'Windows-16']) {
    const model = read(name);
    assert.equal(withTokenMaps(model), model, name);
  }
});
