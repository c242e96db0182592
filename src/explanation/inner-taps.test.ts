// Which values inside a model from elsewhere are looked at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { add, placeholder, relu } from '../graph/index.ts';
import { decodeModel } from '../graph/onnx/decode.ts';
import type { Tensor } from '../graph/tensor.ts';
import { stageEnds, waists, withInnerTaps } from './inner-taps.ts';

/** Nodes from which `to` is reached without passing `without`. */
function reaches(from: Tensor, to: Tensor, without: Tensor): boolean {
  const seen = new Set<Tensor>();
  const ways = (tensor: Tensor): boolean => {
    if (tensor === without || seen.has(tensor)) return false;
    seen.add(tensor);
    return tensor === from || tensor.node.inputs.some((input) => input !== undefined && ways(input));
  };
  return ways(to);
}

test('a waist is what no way from the input to the output passes by, whatever the graph', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 2, maxLength: 12 }), (edges) => {
      const input = placeholder('x', 'float32', [2, 3]);
      const made: Tensor[] = [input];
      for (const [a, b] of edges) {
        const [left, right] = [made[a % made.length], made[b % made.length]];
        made.push(left === right ? relu(left) : add(left, right));
      }
      const output = made.at(-1)!;
      const found = waists([output], input);
      const expected = made.slice(1).filter((tensor) => !reaches(input, output, tensor));
      assert.deepEqual(new Set(found), new Set(expected));
    }),
    { numRuns: 200 },
  );
});

const waist = (name: string, operator: string, ...shape: number[]) => ({ name, operator, shape });

test('a stage is seen where it ends; long stretches of one size more than once, where shortcuts end', () => {
  const stages = stageEnds([
    waist('conv', 'Conv', 8, 16, 16),
    waist('relu', 'Relu', 8, 16, 16),
    waist('pool', 'MaxPool', 8, 8, 8),
    waist('last', 'Relu', 8, 8, 8),
  ]);
  assert.deepEqual(
    stages.map(({ name }) => name),
    ['relu', 'pool', 'last'],
  );
  const blocks = Array.from({ length: 24 }, (_, i) =>
    waist(`add ${i + 1}`, i % 2 === 0 ? 'Add' : 'LayerNormalization', 10, 16),
  );
  assert.deepEqual(
    stageEnds(blocks).map(({ name }) => name),
    ['add 3', 'add 9', 'add 13', 'add 19', 'add 23'],
  );
});

test('models exported by PyTorch are looked into; their own outputs come last', () => {
  const tapsOf = (name: string) => {
    const path = new URL(`../../test/golden/architectures/${name}.onnx`, import.meta.url);
    const { graph } = withInnerTaps(decodeModel(new Uint8Array(readFileSync(path))));
    return graph.outputs.map((output) => output.name);
  };
  assert.deepEqual(tapsOf('ResNet-13'), ['stem.2', 'pool', 'add 3×3', 'globalaveragepool', 'y']);
  assert.deepEqual(tapsOf('Volumes-16'), ['a.2', 'a.3', 'concat 4×4×4', 'head', 'y']);
  assert.deepEqual(tapsOf('ViT-17'), ['patch', 'concat', 'add', 'add (2)', 'gather', 'y']);
});
