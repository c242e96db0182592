import assert from 'node:assert/strict';
import test from 'node:test';
import { modelOf } from '../../../test/reader-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32, int64 } from '../../tensor/host-array.ts';
import { gradients } from '../gradient.ts';
import { reduceSum } from '../primitives.ts';
import { constantValue } from '../tensor.ts';
import { float, int, ints, string, tensor } from './attributes.ts';
import { fromOnnx, type ImportOptions } from './import.ts';
import type { OnnxModel } from './model.ts';

const counting = (shape: readonly number[]) =>
  float32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i - 3),
  );

/** The output for inputs that count from −3 up. */
async function run(model: OnnxModel, options: ImportOptions = {}): Promise<{ shape: number[]; data: number[] }> {
  const { inputs, outputs, parameters } = fromOnnx(model, options);
  const [output] = Object.values(outputs);
  const feeds = new Map([...parameters.values()].map(({ tensor: at, value }) => [at, value]));
  for (const input of Object.values(inputs)) feeds.set(input, counting(input.shape));
  const [value] = await evaluate([output], feeds, processor, { threads: 1 });
  return { shape: [...value.shape], data: Array.from(value.data as Float32Array) };
}

const list = (...values: number[]) => int64([values.length], values);
const six = { x: [2, 3] };

/** Pairs of models that say one thing in two versions of the operator set. */
const versions: Record<string, [OnnxModel, OnnxModel]> = {
  'axes of a sum': [
    modelOf(11, six, [['ReduceSum', ['x'], ['y'], { axes: ints([1]), keepdims: int(0) }]]),
    modelOf(13, six, [['ReduceSum', ['x', 'axes'], ['y'], { keepdims: int(0) }]], { axes: list(-1) }),
  ],
  'axes of a maximum': [
    modelOf(13, six, [['ReduceMax', ['x'], ['y'], { axes: ints([0]) }]]),
    modelOf(18, six, [['ReduceMax', ['x', 'axes'], ['y']]], { axes: list(0) }),
  ],
  'bounds of a clip': [
    modelOf(6, six, [['Clip', ['x'], ['y'], { min: float(-1), max: float(1) }]]),
    modelOf(13, six, [['Clip', ['x', 'low', 'high'], ['y']]], { low: float32([], [-1]), high: float32([], [1]) }),
  ],
  'ends of a slice': [
    modelOf(9, six, [['Slice', ['x'], ['y'], { starts: ints([1]), ends: ints([9]), axes: ints([1]) }]]),
    modelOf(13, six, [['Slice', ['x', 's', 'e', 'a', 't'], ['y']]], {
      ...{ s: list(1), e: list(Number.MAX_SAFE_INTEGER), a: list(-1), t: list(1) },
    }),
  ],
  'lengths of a pad': [
    modelOf(7, six, [['Pad', ['x'], ['y'], { pads: ints([0, 1, 0, 2]), value: float(5) }]]),
    modelOf(18, six, [['Pad', ['x', 'p', 'v', 'a'], ['y']]], { p: list(1, 2), v: float32([], [5]), a: list(1) }),
  ],
  'axes gained and lost': [
    modelOf(11, six, [
      ['Unsqueeze', ['x'], ['u'], { axes: ints([0, 3]) }],
      ['Squeeze', ['u'], ['y'], { axes: ints([3]) }],
    ]),
    modelOf(
      13,
      six,
      [
        ['Unsqueeze', ['x', 'in'], ['u']],
        ['Squeeze', ['u', 'out'], ['y']],
      ],
      { in: list(0, -1), out: list(-1) },
    ),
  ],
  'parts of a split': [
    modelOf(11, six, [
      ['Split', ['x'], ['a', 'b'], { axis: int(1), split: ints([2, 1]) }],
      ['Identity', ['a'], ['y']],
    ]),
    modelOf(18, six, [
      ['Split', ['x'], ['a', 'b'], { axis: int(1), num_outputs: int(2) }],
      ['Identity', ['a'], ['y']],
    ]),
  ],
  'a second operand laid along an axis': [
    modelOf(6, six, [['Add', ['x', 'b'], ['y'], { broadcast: int(1), axis: int(0) }]], { b: float32([2], [10, 20]) }),
    modelOf(7, six, [['Add', ['x', 'b'], ['y']]], { b: float32([2, 1], [10, 20]) }),
  ],
  'softmax over everything from the axis on': [
    modelOf(12, { x: [2, 3, 2] }, [['Softmax', ['x'], ['y'], { axis: int(1) }]]),
    modelOf(
      13,
      { x: [2, 3, 2] },
      [
        ['Flatten', ['x'], ['f'], { axis: int(1) }],
        ['Softmax', ['f'], ['s'], { axis: int(-1) }],
        ['Reshape', ['s', 'shape'], ['y']],
      ],
      { shape: list(0, 3, -1) },
    ),
  ],
  'padding by rule': [
    modelOf(
      11,
      { x: [1, 1, 5] },
      [['Conv', ['x', 'w'], ['y'], { auto_pad: string('SAME_UPPER'), strides: ints([2]) }]],
      {
        w: float32([1, 1, 4], [1, 2, 3, 4]),
      },
    ),
    modelOf(11, { x: [1, 1, 5] }, [['Conv', ['x', 'w'], ['y'], { pads: ints([1, 2]), strides: ints([2]) }]], {
      w: float32([1, 1, 4], [1, 2, 3, 4]),
    }),
  ],
  'output shape of a transposed convolution': [
    modelOf(
      11,
      { x: [1, 1, 3] },
      [['ConvTranspose', ['x', 'w'], ['y'], { output_shape: ints([6]), strides: ints([2]) }]],
      {
        w: float32([1, 1, 3], [1, 2, 3]),
      },
    ),
    modelOf(11, { x: [1, 1, 3] }, [['ConvTranspose', ['x', 'w'], ['y'], { pads: ints([1, 0]), strides: ints([2]) }]], {
      w: float32([1, 1, 3], [1, 2, 3]),
    }),
  ],
};
for (const [name, [older, newer]] of Object.entries(versions)) {
  test(`${name}, as older and newer operator sets write it`, async () => {
    const [first, second] = [await run(older), await run(newer)];
    assert.deepEqual(first, second);
    assert.ok(first.data.length > 1);
  });
}

test('operators built from others', async () => {
  const image = { x: [1, 2, 2, 3] };
  const mean = await run(modelOf(13, image, [['GlobalAveragePool', ['x'], ['y']]]));
  assert.deepEqual(mean, { shape: [1, 2, 1, 1], data: [-0.5, 5.5] });
  const most = await run(modelOf(13, image, [['GlobalMaxPool', ['x'], ['y']]]));
  assert.deepEqual(most.data, [2, 8]);
  const length = await run(modelOf(13, six, [['ReduceL2', ['x'], ['y'], { axes: ints([1]), keepdims: int(0) }]]));
  assert.deepEqual(
    length.data.map((value) => Math.round(value * value)),
    [14, 5],
  );
  const mixed = await run(
    modelOf(
      13,
      six,
      [
        ['Sum', ['x', 'x', 'x'], ['three']],
        ['Mean', ['three', 'x'], ['two']],
        ['Max', ['two', 'x', 'zero'], ['y']],
      ],
      { zero: float32([], [0]) },
    ),
  );
  assert.deepEqual(mixed.data, [0, 0, 0, 0, 2, 4]);
  const vectors = { a: [3], b: [3] };
  assert.deepEqual(await run(modelOf(13, vectors, [['MatMul', ['a', 'b'], ['y']]])), { shape: [], data: [14] });
  const ceil = { kernel_shape: ints([2]), strides: ints([2]), ceil_mode: int(1), count_include_pad: int(1) };
  const pooled = await run(modelOf(19, { x: [1, 1, 5] }, [['AveragePool', ['x'], ['y'], ceil]]));
  assert.deepEqual(pooled.data, [-2.5, -0.5, 1]);
});

test('arithmetic of shapes is done while reading', async () => {
  const model = modelOf(
    17,
    { x: ['batch', 2, 'height', 3] },
    [
      ['Shape', ['x'], ['shape']],
      ['Gather', ['shape', 'zero'], ['length']],
      ['Unsqueeze', ['length', 'axis0'], ['lengths']],
      ['Slice', ['shape', 'two', 'four'], ['spatial']],
      ['ReduceProd', ['spatial'], ['area'], { keepdims: int(1) }],
      ['Cast', ['area'], ['wide'], { to: int(1) }],
      ['Div', ['wide', 'half'], ['doubled']],
      ['Floor', ['doubled'], ['floored']],
      ['Cast', ['floored'], ['whole'], { to: int(7) }],
      ['Concat', ['lengths', 'whole'], ['target'], { axis: int(0) }],
      ['Reshape', ['x', 'target'], ['flat']],
      ['ConstantOfShape', ['target'], ['ones'], { value: tensor(float32([1], [1])) }],
      ['Add', ['flat', 'ones'], ['y']],
    ],
    { zero: int64([], [0]), axis0: list(0), two: list(2), four: list(4), half: float32([], [0.5]) },
  );
  const options = { dimensions: { batch: 2, height: 2 } };
  const { parameters, values } = fromOnnx(model, options);
  assert.equal(parameters.size, 0);
  assert.deepEqual(constantValue(values.target)?.data, BigInt64Array.of(2n, 12n));
  const { shape, data } = await run(model, options);
  assert.deepEqual(shape, [2, 12]);
  assert.deepEqual(
    data,
    Array.from({ length: 24 }, (_, i) => i - 2),
  );
});

test('weights are parameters, statistics buffers, numbers and indices constants', async () => {
  const channels = { scale: counting([4]), shift: counting([4]), mean: counting([4]), variance: float32([4], 2) };
  const model = modelOf(
    15,
    { x: [2, 3, 4, 4] },
    [
      ['Conv', ['x', 'conv.weight', 'conv.bias'], ['c']],
      ['BatchNormalization', ['c', 'scale', 'shift', 'mean', 'variance'], ['n']],
      ['Mul', ['n', 'factor'], ['m']],
      ['Dropout', ['m', 'ratio'], ['d', 'mask']],
      ['Gather', ['d', 'index'], ['y'], { axis: int(1) }],
    ],
    {
      'conv.weight': counting([4, 3, 1, 1]),
      'conv.bias': counting([4]),
      ...channels,
      ...{ factor: float32([1], [2]), ratio: float32([], [0.5]), index: list(3, -4), unused: counting([7]) },
    },
  );
  const { parameters, values, outputs, inputs } = fromOnnx(model);
  const kinds = Object.fromEntries([...parameters].map(([name, { kind }]) => [name, kind]));
  assert.deepEqual(kinds, {
    'conv.weight': 'parameter',
    'conv.bias': 'parameter',
    scale: 'parameter',
    shift: 'parameter',
    mean: 'buffer',
    variance: 'buffer',
  });
  for (const name of ['c', 'n', 'm', 'd', 'y']) assert.ok(values[name] !== undefined, `no tap ${name}`);
  const bias = parameters.get('conv.bias')!.tensor;
  const [dBias, dx] = gradients(reduceSum(outputs.y), [bias, inputs.x]);
  const feeds = new Map([...parameters.values()].map(({ tensor: at, value }) => [at, value]));
  feeds.set(inputs.x, counting([2, 3, 4, 4]));
  const [value, input] = await evaluate([dBias, dx], feeds, processor, { threads: 1 });
  // Channels 3 and 0 are gathered from 2 × 16 places; each is scaled by 2 · scale / √(2 + ε).
  const slope = (scale: number) => (32 * 2 * scale) / Math.sqrt(2 + 1e-5);
  const expected = [slope(-3), 0, 0, slope(0)];
  (value.data as Float32Array).forEach((found, i) => {
    assert.ok(Math.abs(found - expected[i]) < 1e-3, `${found} instead of ${expected[i]}`);
  });
  assert.deepEqual(input.shape, [2, 3, 4, 4]);
});

test('what cannot be read is named', () => {
  const refused: [OnnxModel, string, ImportOptions?][] = [
    [modelOf(17, six, [['Det', ['x'], ['y']]]), 'Det "node0": the operator Det is not known'],
    [
      modelOf(17, six, [['com.acme:Gizmo', ['x'], ['y']]]),
      'Gizmo "node0": the operator Gizmo of com.acme is not known',
    ],
    [
      modelOf(19, { x: [1, 1, 9] }, [['AveragePool', ['x'], ['y'], { kernel_shape: ints([2]), dilations: ints([2]) }]]),
      'AveragePool "node0": averages over dilated windows are not known',
    ],
    [modelOf(17, six, [['Loop', ['', 'x', 'x'], ['y']]]), 'Loop "node0": the operator Loop is not known'],
    [
      modelOf(17, { x: [] }, [['If', ['x'], ['y']]]),
      'If "node0": its input x depends on what is fed\n  hint: shapes and indices must be fixed by the file',
    ],
    [
      modelOf(17, six, [['LSTM', ['x', 'x', 'x'], ['y'], { clip: float(3) }]]),
      'LSTM "node0": clipped cells and coupled gates are not known',
    ],
    [
      modelOf(17, { x: [1, 1, 9] }, [
        ['MaxPool', ['x'], ['p', 'where'], { kernel_shape: ints([2]) }],
        ['Identity', ['where'], ['y']],
      ]),
      'MaxPool "node0": its output where is not computed',
    ],
    [
      modelOf(17, { x: [2] }, [['Reshape', ['x', 'x'], ['y']]]),
      'Reshape "node0": its input x depends on what is fed\n  hint: shapes and indices must be fixed by the file',
    ],
    [
      modelOf(17, { x: ['batch', 3] }, [['Relu', ['x'], ['y']]]),
      'axis 0 of input x has no fixed length (found batch)\n  hint: give batch in the option dimensions',
    ],
    [modelOf(17, six, [['Relu', ['z'], ['y']]]), 'nothing makes the value z'],
    [
      modelOf(17, { x: [2, 4] }, [['MatMul', ['x', 'w'], ['y']]], { w: counting([3, 2]) }),
      'MatMul "node0": inner lengths 4 and 3 of the product differ (found inputs [2, 4], [3, 2])\n  hint: operands are [2, 4] and [3, 2]; transpose one',
    ],
  ];
  for (const [model, message] of refused) assert.throws(() => fromOnnx(model), { name: 'SondeError', message });
});

test('an input of unnamed lengths takes the shape it is given', async () => {
  const model = modelOf(17, { x: ['', 3] }, [['Relu', ['x'], ['y']]]);
  assert.throws(() => fromOnnx(model), /axis 0 of input x has no fixed length/);
  assert.deepEqual((await run(model, { shapes: { x: [2, 3] } })).data, [0, 0, 0, 0, 1, 2]);
});
