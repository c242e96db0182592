// What is read in place: branches, functions; and what a model is in training.
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertClose } from '../../../test/operator-check.ts';
import { modelOf } from '../../../test/reader-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32, int64 } from '../../tensor/host-array.ts';
import { float } from './attributes.ts';
import { fromOnnx } from './import.ts';
import type { OnnxModel } from './model.ts';

const six = { x: [2, 3] };

/** The output for an input that counts from −3 up. */
async function run(model: OnnxModel): Promise<number[]> {
  const { inputs, outputs } = fromOnnx(model);
  const fed = new Map([[inputs.x, float32([2, 3], [-3, -2, -1, 0, 1, 2])]]);
  const [{ data }] = await evaluate([outputs.y], fed, processor, { threads: 1 });
  return Array.from(data as Float32Array);
}

const branch = (value: string): OnnxModel['graph'] => ({
  name: value,
  inputs: [],
  outputs: [{ name: value }],
  initialisers: new Map([[`${value}.by`, float32([], [value === 'doubled' ? 2 : 3])]]),
  nodes: [{ name: value, operator: 'Mul', domain: '', inputs: ['x', `${value}.by`], outputs: [value], attributes: {} }],
});

test('of a condition on shapes the branch that holds is read', async () => {
  const branches = {
    then_branch: { type: 'graph', value: branch('doubled') },
    else_branch: { type: 'graph', value: branch('tripled') },
  } as const;
  const model = (wanted: number) =>
    modelOf(
      17,
      six,
      [
        ['Shape', ['x'], ['shape']],
        ['Gather', ['shape', 'last'], ['length']],
        ['Equal', ['length', 'wanted'], ['holds']],
        ['If', ['holds'], ['y'], branches],
      ],
      { last: int64([], [1]), wanted: int64([], [wanted]) },
    );
  assert.deepEqual(await run(model(3)), [-6, -4, -2, 0, 2, 4]);
  assert.deepEqual(await run(model(4)), [-9, -6, -3, 0, 3, 6]);
});

test('functions of a model are written out, one within another, with attributes of the caller', async () => {
  const node = (operator: string, inputs: string[], outputs: string[], attributes = {}, domain = '') => ({
    ...{ name: '', operator, domain, inputs, outputs, attributes },
  });
  const leaky = {
    ...{ name: 'Leaky', domain: 'local', inputs: ['a'], outputs: ['b'], opsets: { '': 17 } },
    parameters: ['slope'],
    defaults: {},
    nodes: [
      node('LeakyRelu', ['a'], ['t'], { alpha: { type: 'parameter', value: 'slope', of: 'float' } }),
      node('Neg', ['t'], ['b']),
    ],
  };
  const twice = {
    ...{ name: 'Twice', domain: 'local', inputs: ['a'], outputs: ['b', 'a'], opsets: { '': 17 } },
    parameters: [],
    defaults: { slope: float(0.5) },
    nodes: [
      node('Leaky', ['a'], ['t'], { slope: { type: 'parameter', value: 'slope', of: 'float' } }, 'local'),
      node('Leaky', ['t'], ['b'], { slope: float(0.1) }, 'local'),
    ],
  };
  const model = modelOf(17, six, [
    ['local:Twice', ['x'], ['z', 'same']],
    ['Sub', ['z', 'same'], ['y']],
  ]);
  const found = await run({ ...model, functions: [leaky, twice] as OnnxModel['functions'] });
  // leaky(0.5) of −3 … 2 negated is 1.5 1 0.5 0 −1 −2; leaky(0.1) of that negated −1.5 −1 −0.5 0 0.1 0.2
  const expected = [1.5, 1, 0.5, 0, -0.9, -1.8];
  assertClose(found, expected, 1e-6, 'outputs');
  const other = { ...leaky, opsets: { '': 13 } };
  assert.throws(() => fromOnnx({ ...model, functions: [other, twice] as OnnxModel['functions'] }), {
    message: 'function Leaky is written in another operator set than the model (expected 17, found 13)',
  });
  const endless = { ...leaky, nodes: [node('Leaky', ['a'], ['b'], {}, 'local')] };
  const calling = modelOf(17, six, [['local:Leaky', ['x'], ['y']]]);
  assert.throws(() => fromOnnx({ ...calling, functions: [endless] as OnnxModel['functions'] }), {
    message: 'function Leaky calls itself',
  });
});

test('in training, normalisation goes by the batch and says what its stored statistics become', async () => {
  const names = ['scale', 'shift', 'mean', 'variance'];
  const stored = Object.fromEntries(names.map((name, i) => [name, float32([2], i + 1)]));
  const model = modelOf(15, { x: [3, 2] }, [['BatchNormalization', ['x', ...names], ['y']]], stored);
  const { inputs, parameters, updates } = fromOnnx(model, { training: true });
  const feeds = new Map([...parameters.values()].map(({ tensor: at, value }) => [at, value]));
  feeds.set(inputs.x, float32([3, 2], [1, 0, 3, 0, 5, 6]));
  const next = await evaluate([updates.get('mean')!, updates.get('variance')!], feeds, processor, { threads: 1 });
  // Means 3 and 2, biased variances 8/3 and 8, a tenth of the way from 3 and 4.
  const expected = [
    [3, 2.9],
    [4 * 0.9 + 0.8 / 3, 4.4],
  ];
  next.forEach(({ data }, i) => {
    assertClose(data as Float32Array, expected[i], 1e-5, `statistic ${i}`);
  });
  assert.equal(fromOnnx(model).updates.size, 0);
});
