// Every family of operators with its gradients, written as a plain ONNX file, against the onnx package's own checker
// (version 1.12, operator set 17) and against ONNX Runtime.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import * as graph from '../src/graph/index.ts';
import { placeholder, type Tensor } from '../src/graph/index.ts';
import { encodeModel } from '../src/graph/onnx/encode.ts';
import { toOnnx } from '../src/graph/onnx/export.ts';
import { rewrite } from '../src/graph/passes/rewrite.ts';
import { emit, emitAll } from '../src/graph/tensor.ts';
import { createSession } from '../src/runtime/backends/onnxruntime/session.ts';
import { standardLowerings } from '../src/runtime/lowering/index.ts';

type Build = (inputs: readonly Tensor[]) => Tensor | readonly Tensor[];

const { indices, fill } = graph;
const recurrent = { hiddenSize: 3, direction: 'bidirectional' };

const cases: Record<string, [Build, number[][]]> = {
  gelu: [([x]) => graph.gelu(x), [[2, 3]]],
  'gelu-tanh': [([x]) => graph.gelu(x, 'tanh'), [[2, 3]]],
  silu: [([x]) => graph.silu(x), [[2, 3]]],
  mish: [([x]) => graph.mish(x), [[2, 3]]],
  activations: [
    ([x]) => [
      graph.leakyRelu(x),
      graph.elu(x),
      graph.selu(x),
      graph.celu(x),
      graph.hardSigmoid(x),
      graph.hardSwish(x),
      graph.softsign(x),
      graph.thresholdedRelu(x),
      graph.erf(x),
    ],
    [[2, 3]],
  ],
  prelu: [
    ([x, s]) => graph.prelu(x, s),
    [
      [2, 3, 4],
      [3, 1],
    ],
  ],
  trigonometry: [
    ([x]) => [
      graph.sin(x),
      graph.cos(x),
      graph.tan(x),
      graph.asin(x),
      graph.acos(x),
      graph.atan(x),
      graph.sinh(x),
      graph.cosh(x),
      graph.asinh(x),
      graph.acosh(x),
      graph.atanh(x),
    ],
    [[3]],
  ],
  arithmetic: [
    ([x, y]) => [
      graph.clip(x, { min: 0 }),
      graph.remainder(x, y),
      graph.sumOfTensors([x, y]),
      graph.meanOfTensors([x, y, x]),
    ],
    [[3], [3]],
  ],
  norms: [
    ([x]) => [
      graph.reduceProduct(x, { axes: [1] }),
      graph.logSumExp(x),
      graph.reduceL1(x),
      graph.reduceL2(x),
      graph.reduceLogSum(x),
    ],
    [[3, 2]],
  ],
  selection: [([x]) => [graph.topK(x, 2).values, graph.cumulativeSum(x, 1)], [[3, 4]]],
  indexing: [
    ([x]) => [
      graph.gatherElements(x, indices([0, 1, 0, 1], [2, 2])),
      graph.gatherND(x, indices([0, 1], [1, 2])),
      graph.gatherND(x, indices([0, 1], [2, 1]), 1),
      graph.scatterElements(x, indices([0, 1], [1, 2]), fill([1, 2], 1), { reduction: 'add' }),
      graph.scatterND(x, indices([0], [1, 1]), fill([1, 3], 2), 'add'),
    ],
    [[2, 3]],
  ],
  tokens: [([x]) => graph.takeTokens(x, indices([0, 1], [2, 1])), [[2, 3, 4]]],
  'layer-normalisation': [([x, s, b]) => graph.layerNormalisation(x, s, b), [[2, 4], [4], [4]]],
  'group-normalisation': [
    ([x, s, b]) => [graph.groupNormalisation(x, s, b, 2), graph.instanceNormalisation(x, s, b)],
    [[2, 4, 3], [4], [4]],
  ],
  'batch-normalisation': [
    ([x, s, b, m, v]) => emit('BatchNormalization', [x, s, b, m, v], { epsilon: 1e-5 }),
    [[2, 4, 3], [4], [4], [4], [4]],
  ],
  'response-normalisation': [([x]) => graph.localResponseNormalisation(x, { size: 5 }), [[2, 4, 3, 3]]],
  lengths: [([x]) => [graph.l2Normalise(x), emit('LpNormalization', [x], { axis: 1, p: 2 })], [[2, 4]]],
  pooling: [
    ([x]) => [
      graph.lpPool(x, { kernel: 2 }),
      emit('GlobalAveragePool', [x]),
      emit('GlobalMaxPool', [x]),
      emit('GlobalLpPool', [x], { p: 2 }),
      graph.adaptiveAveragePool(x, 3),
      graph.adaptiveMaxPool(x, 3),
    ],
    [[1, 2, 4, 4]],
  ],
  rearrangement: [
    ([x]) => [
      ...graph.split(x, [1, 3], 1),
      graph.tile(x, [2, 1]),
      graph.triangle(x, 'upper', 1),
      graph.padBorder(x, [1, 0], [0, 2], 'reflect'),
    ],
    [[3, 4]],
  ],
  blocks: [
    ([x]) => [
      graph.depthToSpace(x, 2),
      graph.depthToSpace(x, 2, 'CRD'),
      graph.spaceToDepth(x, 2),
      graph.pixelShuffle(x, 2),
    ],
    [[1, 8, 2, 2]],
  ],
  resize: [
    ([x]) => [
      graph.resize(x, { factor: 2 }),
      graph.resize(x, { factor: 1.5, mode: 'linear' }),
      graph.resize(x, { factor: 1.3, mode: 'cubic' }),
    ],
    [[1, 2, 4, 4]],
  ],
  grid: [
    ([x, gr]) => graph.gridSample(x, gr),
    [
      [1, 2, 4, 4],
      [1, 2, 2, 2],
    ],
  ],
  'grid-volume': [
    ([x, gr]) => graph.gridSample(x, gr),
    [
      [1, 2, 4, 4, 3],
      [1, 2, 2, 2, 3],
    ],
  ],
  regions: [
    ([x, r]) => graph.roiAlign(x, r, indices([0]), { size: [2, 2] }),
    [
      [1, 2, 4, 4],
      [1, 4],
    ],
  ],
  einsum: [
    ([a, b]) => graph.einsum('bnd,bmd->bnm', [a, b]),
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
  ],
  'inverse-square-root': [([x]) => graph.inverseSquareRoot(x, 3), [[3, 3]]],
  'sigmoid-cross-entropy': [([x, t]) => graph.sigmoidCrossEntropy(x, t), [[3], [3]]],
  lstm: [
    ([x, w, r, b, h, c, pp]) =>
      emitAll('LSTM', [x, w, r, b, undefined, h, c, pp], { ...recurrent, direction: 'forward' }),
    [
      [2, 2, 4],
      [1, 12, 4],
      [1, 12, 3],
      [1, 24],
      [1, 2, 3],
      [1, 2, 3],
      [1, 9],
    ],
  ],
  rnn: [
    ([x, w, r]) => emitAll('RNN', [x, w, r], { ...recurrent, activations: ['Relu', 'Relu'] }),
    [
      [2, 2, 4],
      [2, 3, 4],
      [2, 3, 3],
    ],
  ],
  'dilated-maximum': [([x]) => graph.maxPool(x, { kernel: 2, dilation: 2, stride: 1 }), [[1, 2, 6, 5]]],
  gru: [
    ([x, w, r]) => emitAll('GRU', [x, w, r], { ...recurrent, linearBeforeReset: 1 }),
    [
      [2, 2, 4],
      [2, 9, 4],
      [2, 9, 3],
    ],
  ],
};

const python = ['-c', 'import onnx'];
const checker = join(import.meta.dirname, '../reference/check_onnx.py');

test('files of every family pass the checker and load', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-onnx-'));
  try {
    for (const [name, [build, shapes]] of Object.entries(cases)) {
      const bytes = file(build, shapes);
      writeFileSync(join(folder, `${name}.onnx`), bytes);
      const session = await createSession(bytes, { threads: 1 });
      await session.release();
    }
    if (spawnSync('/usr/bin/python3', python).status !== 0) return t.skip('the onnx package is not installed');
    const paths = Object.keys(cases).map((name) => join(folder, `${name}.onnx`));
    const { status, stderr } = spawnSync('/usr/bin/python3', [checker, ...paths], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Outputs and gradients of the sum of their squares. */
function file(build: Build, shapes: readonly number[][]): Uint8Array {
  const inputs = shapes.map((shape, i) => placeholder(`x${i}`, 'float32', shape));
  const built = build(inputs);
  const outputs = Array.isArray(built) ? (built as readonly Tensor[]) : [built as Tensor];
  const loss = graph.sumOfTensors(outputs.map((y) => graph.reduceSum(graph.multiply(y, y))));
  const lowered = rewrite([...outputs, ...graph.gradients(loss, inputs)], standardLowerings);
  return encodeModel(toOnnx(inputs, Object.fromEntries(lowered.map((y, i) => [`y${i}`, y]))));
}
