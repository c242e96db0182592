// Mistakes in a network are refused while it is built: with the layer's path, the shapes and what to do.
import assert from 'node:assert/strict';
import test from 'node:test';
import { SondeError } from '../src/base/errors.ts';
import * as graph from '../src/graph/index.ts';
import { emit, emitAll, type Tensor } from '../src/graph/tensor.ts';
import { convolutionLayer } from '../src/nn/layers/convolution.ts';
import { ParameterStore } from '../src/nn/parameters.ts';

const at = (...shape: number[]): Tensor => graph.placeholder(`x${shape}`, 'float32', shape);
const picture = at(2, 3, 8, 8);
const recurrent = { hiddenSize: 3, direction: 'forward' };

/** Everything that somebody gets wrong sooner or later, and the shapes that the message has to show. */
const mistakes: Record<string, [() => unknown, readonly string[]]> = {
  'shapes that do not broadcast': [() => graph.add(at(2, 3), at(4, 3)), ['[2, 3]', '[4, 3]']],
  'an axis that is not there': [() => graph.softmax(at(2, 3), 5), ['5', '2']],
  'channels of a convolution': [() => graph.convolution(picture, at(4, 2, 3, 3)), ['[2, 3, 8, 8]', '[4, 2, 3, 3]']],
  'ranks of a convolution': [() => graph.convolution(picture, at(4, 3, 3)), ['[2, 3, 8, 8]', '[4, 3, 3]']],
  'groups of a convolution': [() => graph.convolution(picture, at(4, 1, 3, 3), { groups: 3 }), ['[4, 1, 3, 3]']],
  'a kernel larger than its input': [() => graph.convolution(picture, at(4, 3, 9, 9)), ['[4, 3, 9, 9]']],
  'a bias of another length': [
    () => graph.convolution(picture, at(4, 3, 3, 3), { bias: at(3) }),
    ['[4, 3, 3, 3]', '[3]'],
  ],
  'channels of a transposed convolution': [
    () => graph.convolutionTranspose(picture, at(4, 3, 2, 2)),
    ['[2, 3, 8, 8]', '[4, 3, 2, 2]'],
  ],
  'windows larger than the map': [() => graph.maxPool(picture, { kernel: 9 }), ['[2, 3, 8, 8]']],
  'a map pooled to more than it has': [() => graph.adaptiveAveragePool(picture, 9), ['8', '9']],
  'inner lengths of a product': [() => graph.matmul(at(2, 3), at(4, 2)), ['[2, 3]', '[4, 2]']],
  'features of a linear layer': [() => graph.linear(at(2, 3), at(5, 4)), ['[2, 3]', '[5, 4]']],
  'a map before a linear layer': [() => graph.linear(picture, at(5, 4)), ['[2, 3, 8, 8]', '[5, 4]']],
  'a reshape that loses entries': [() => graph.reshape(at(2, 3), [4, 2]), ['[2, 3]', '[4, 2]']],
  'an expansion of what is longer': [() => graph.expand(at(2, 3), [4, 3]), ['[2, 3]', '[4, 3]']],
  'a permutation of other axes': [() => graph.transpose(at(2, 3), [0, 2]), ['[2, 3]', '[0, 2]']],
  'parts that differ': [() => graph.concat([at(2, 3), at(3, 4)], 1), ['[2, 3]', '[3, 4]']],
  'parts that do not add up': [() => graph.split(at(2, 5), [2, 2], 1), ['[2, 2]', '5']],
  'indices that are no integers': [() => graph.gather(at(4), at(2)), ['[4]', '[2]']],
  'channels that are no squares': [() => graph.depthToSpace(picture, 2), ['[2, 3, 8, 8]']],
  'channels in no whole groups': [() => graph.groupNormalisation(picture, at(3), at(3), 2), ['[2, 3, 8, 8]', '2']],
  'a scale of another length': [() => graph.layerNormalisation(at(2, 4), at(3), at(3)), ['[2, 4]', '[3]']],
  'statistics of another length': [() => graph.batchNormalisation(picture, at(4), at(4)), ['[2, 3, 8, 8]', '[4]']],
  'a grid of other coordinates': [() => graph.gridSample(picture, at(2, 4, 4, 3)), ['[2, 3, 8, 8]', '[2, 4, 4, 3]']],
  'letters of a product': [() => graph.einsum('ij,jk->ik', [at(2, 3), at(4, 2)]), ['[2, 3]', '[4, 2]']],
  'more than there are': [() => graph.topK(at(2, 3), 4), ['[2, 3]', '4']],
  'a border longer than its mirror': [() => graph.padBorder(at(3), [3], [0], 'reflect'), ['3']],
  'weights of a recurrent layer': [
    () => emitAll('LSTM', [at(4, 2, 5), at(1, 9, 5), at(1, 12, 3)], recurrent),
    ['[1, 12, 5]', '[1, 9, 5]'],
  ],
  'operands of different types': [
    () => graph.add(at(2), graph.placeholder('n', 'int64', [2])),
    ['float32', 'int64', '[2]'],
  ],
  'no square matrix': [() => emit('InverseSquareRoot', [at(2, 3)], { iterations: 3 }), ['[2, 3]']],
};

for (const [name, [build, shapes]] of Object.entries(mistakes)) {
  test(`${name}: refused with path, shapes and a hint`, () => {
    try {
      graph.inScope('trunk', () => graph.inScope('stage2', build));
    } catch (error) {
      assert.ok(error instanceof SondeError, String(error));
      assert.match(error.where ?? '', /trunk\/stage2/, `no path in: ${error.message}`);
      for (const shape of shapes) assert.ok(error.message.includes(shape), `no ${shape} in: ${error.message}`);
      assert.ok((error.hint ?? '').length > 5, `no hint in: ${error.message}`);
      return;
    }
    assert.fail('it was built');
  });
}

test('a layer of a network says its own path, down to the operator', () => {
  const scope = new ParameterStore().root(true);
  const clip = at(2, 3, 4, 8, 8);
  const stem = () =>
    scope.layer('trunk', (trunk) =>
      trunk.layer('stem', (inner) => convolutionLayer(inner, 'conv1', clip, { channels: 4, kernel: 9 })),
    );
  assert.throws(stem, (error: SondeError) => {
    assert.match(error.where!, /^Conv "trunk\/stem\/conv1"$/);
    assert.match(error.message, /a kernel of \[9, 9, 9\] is larger than its padded input/);
    assert.match(error.found!, /inputs \[2, 3, 4, 8, 8\], \[4, 3, 9, 9, 9\]/);
    return true;
  });
});

test('no gradient passes where there is none, and the node is named', () => {
  const x = at(2, 3);
  const loss = graph.inScope('trunk/choice', () =>
    graph.reduceSum(graph.multiply(graph.cast(graph.argMax(x), 'float32'), 2)),
  );
  // Through a cast to whole numbers nothing passes: zeros.
  assert.equal(graph.gradients(loss, [x])[0].shape.length, 2);
  const scores = graph.inScope('trunk/choice', () => graph.argMax(x));
  const seed = graph.placeholder('seed', 'int64', scores.shape);
  assert.throws(() => graph.gradients(scores, [x], seed), {
    code: 'graph/no-gradient',
    message: 'ArgMax "trunk/choice": no gradient can pass: a position has no derivative',
  });
});
